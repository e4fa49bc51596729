"""What the parts of the child share, and the mark that objects carry about where they were made."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from vggdoctor.gather.capture.guard import Guard
from vggdoctor.gather.capture.journal import ChildRequest, Journal, Supplied
from vggdoctor.gather.capture.places import Places
from vggdoctor.schema import Location

MARK = "_vggdoctor_made"
STANDARD = r"importlib|<frozen |/(subprocess|os|glob|pathlib|pathlib/.*)\.py$"
IN_BETWEEN = re.compile(STANDARD + "|^" + re.escape(os.path.dirname(__file__)))
"""Files whose frames lie between a statement of the user's and what it sets off."""


@dataclass
class Made:
    """Where and how an object of interest came to be. ``given``: the arguments that the user wrote, by name where they are
    known.
    """

    function: str
    place: Location | None
    given: dict[str, Any] = field(default_factory=dict)


class Observer(Protocol):
    """What observing live objects needs: their places in the user's text, and a way to use Keras without being seen.

    ``roots``: absolute folders; paths below one are told relative to it.
    """

    @property
    def places(self) -> Places: ...

    @property
    def roots(self) -> tuple[str, ...]: ...

    def own_work(self) -> AbstractContextManager[None]:
        """A context in which calls to Keras are the tool's, not the user's."""
        ...


@dataclass
class Session:
    """One run of the user's script. ``fetch(address, name)`` downloads one of Keras' weights files, None where that is not
    allowed.
    """

    order: ChildRequest
    journal: Journal
    places: Places
    guard: Guard
    fetch: Callable[[str, str], str] | None = None
    started: float = field(default_factory=time.monotonic)
    checkpoints: dict[str, Callable[[], None]] = field(default_factory=dict)
    """Absolute path of a file that a real fit would have written -> writes it, when somebody asks for it."""
    at_end: list[Callable[[], None]] = field(default_factory=list)
    """What is done when the script is over."""
    when_imported: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    """Module -> what is done to it once it is imported; see :meth:`on_import`."""
    invented: dict[str, str] = field(default_factory=dict)
    """What the script wanted to be told and got from the audit (``epochs``, ``batch_size`` ...) -> the answer."""
    inside: int = 0
    """Above 0 while the tool itself calls Keras: then nothing is recorded nor shortened."""

    @property
    def roots(self) -> tuple[str, ...]:
        """The scratch copy and the project."""
        return self.order.copy, self.order.root

    def on_import(self, name: str, change: Callable[[Any], None]) -> None:
        """Change a module when it is imported, or now if it is (Keras itself imports some where they are installed)."""
        if sys.modules.get(name) is not None:
            change(sys.modules[name])
            return
        before = self.when_imported.get(name)

        def both(module: Any) -> None:
            if before is not None:
                before(module)
            change(module)

        self.when_imported[name] = both

    def left(self) -> float:
        """Seconds until the parent ends this process."""
        return self.order.seconds - (time.monotonic() - self.started)

    def supplied(self, name: str, present: str) -> None:
        """Note that the user's code used a name that the installed Keras lacks."""
        self.journal.write(Supplied(name, present, self.places.of_caller(name.rsplit(".", 1)[-1])))

    def asked_by_user(self) -> bool:
        """Whether the import, or the start of a program, that happens now stands in the user's code."""
        frame = sys._getframe(2)
        while frame.f_back is not None and IN_BETWEEN.search(frame.f_code.co_filename):
            frame = frame.f_back
        return self.places.is_users(frame.f_code.co_filename)

    def own_work(self) -> _OwnWork:
        """A context in which calls to Keras are the tool's, not the user's."""
        return _OwnWork(self)


class _OwnWork:
    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        self._session.inside += 1

    def __exit__(self, *error: object) -> None:
        self._session.inside -= 1


def mark(thing: Any, made: Made) -> None:
    """Let ``thing`` remember how it was made; past Keras' own attribute tracking. Objects that take no attributes stay
    without.
    """
    try:
        object.__setattr__(thing, MARK, made)
    except (AttributeError, TypeError):
        return


def made(thing: Any) -> Made | None:
    """How ``thing`` was made, if it was marked."""
    found = getattr(thing, "__dict__", {}).get(MARK)
    return found if isinstance(found, Made) else None


def place_of(thing: Any) -> Location | None:
    """Where ``thing`` was made, if it was marked."""
    found = made(thing)
    return found.place if found else None


def replace_everywhere(original: Any, replacement: Any) -> None:
    """Put ``replacement`` wherever a module of Keras holds ``original`` under a public name."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("keras", "tensorflow.keras")) and module is not None:
            for attribute, value in list(vars(module).items()):
                if value is original:
                    setattr(module, attribute, replacement)
