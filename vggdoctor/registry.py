"""Finds checks through the entry-point group ``vggdoctor.checks``; built-in ones come the same way as anybody's."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from vggdoctor.check import AREAS, HEADINGS, Check, discover
from vggdoctor.errors import InputError, PluginError
from vggdoctor.schema import Severity

GROUP = "vggdoctor.checks"


class Registry:
    """The checks that are installed, by id. ``broken`` maps an entry point's name to why it was refused."""

    def __init__(self) -> None:
        self.checks: dict[str, Check] = {}
        self.broken: dict[str, str] = {}

    def add(self, check: type[Check]) -> None:
        """Register one check.

        Raises PluginError if it breaks the rules for checks or its id is taken.
        """
        problem = problem_of(check)
        if problem:
            raise PluginError(f"{check.__module__}.{check.__name__}: {problem}")
        if check.id in self.checks:
            other = type(self.checks[check.id])
            raise PluginError(f"{check.__module__}.{check.__name__}: id {check.id!r} is taken by {other.__module__}")
        self.checks[check.id] = check()

    def select(self, wanted: tuple[str, ...] = (), ignored: tuple[str, ...] = ()) -> list[Check]:
        """The checks named in ``wanted`` (all if empty) but not in ``ignored``, by id.

        Raises InputError for an id that no check has.
        """
        self.refuse_strangers({*wanted, *ignored})
        names = [name for name in wanted or sorted(self.checks) if name not in ignored]
        return [self.checks[name] for name in dict.fromkeys(names)]

    def refuse_strangers(self, ids: Iterable[str], where: str = "") -> None:
        """Raises InputError for ids that no check has; ``where`` says who named them."""
        strangers = sorted(set(ids) - self.checks.keys())
        if strangers:
            raise InputError(f"{where}{': ' if where else ''}no check is called {', '.join(strangers)} (see: vggdoctor checks)")


def load(points: tuple[EntryPoint, ...] | None = None) -> Registry:
    """All installed checks. An entry point that fails is kept in ``broken`` by name and the others go on."""
    registry = Registry()
    for point in points if points is not None else entry_points(group=GROUP):
        try:
            for check in classes_of(point):
                registry.add(check)
        except Exception as error:  # noqa: BLE001 - a third party's module may raise anything at import
            registry.broken[point.name] = f"{type(error).__name__}: {error}"
    return registry


def classes_of(point: EntryPoint) -> list[type[Check]]:
    """The checks behind an entry point: a Check class, or a module or package whose checks are discovered."""
    target = point.load()
    if isinstance(target, ModuleType):
        return list(discover(target.__name__).values())
    if inspect.isclass(target) and issubclass(target, Check):
        return [target]
    raise PluginError(f"entry point {point.name} = {point.value} is neither a Check nor a module with checks")


def is_id(name: str) -> bool:
    """Whether a check may have this id: kebab-case, two words or more."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name) is not None


def problem_of(check: type[Check]) -> str:
    """What rule for checks this class breaks, empty if none."""
    for name in ("id", "title", "area", "severity"):
        if not getattr(check, name, None):
            return f"has no {name}"
    if not is_id(check.id):
        return f"id {check.id!r} is not kebab-case"
    if check.area not in AREAS:
        return f"area {check.area!r} is not one of {', '.join(AREAS)}"
    severity: object = check.severity
    if not isinstance(severity, Severity):
        return "severity is not a Severity"
    missing = [heading for heading in HEADINGS if not check.about().get(heading)]
    if missing:
        return f"docstring lacks the sections {', '.join(missing)}"
    return ""
