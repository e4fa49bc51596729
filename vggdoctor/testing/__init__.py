"""Helpers for test suites: of trainings (``assert_healthy``, ``audit_source``) and of checks (``assert_keeps_contract``).

Nothing heavy is imported before it is needed. The pytest plugin is vggdoctor.pytest_plugin.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vggdoctor.api import Audit, audit
from vggdoctor.options import Options, silent
from vggdoctor.schema import Severity
from vggdoctor.testing.health import assert_sound

if TYPE_CHECKING:
    from vggdoctor.check import Check

__all__ = ["assert_healthy", "assert_keeps_contract", "audit_source"]


def assert_healthy(
    model: Any,
    train: Any,
    validation: Any = None,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    callbacks: Sequence[Any] | None = None,
    class_weight: Mapping[int, float] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: Severity = Severity.WARNING,
    budget: float = 60.0,
    seed: int = 0,
) -> Audit:
    """Audit live objects as :func:`vggdoctor.audit` does (see there for the arguments) and return the result.

    Raises AssertionError, with the findings in words, if one is at least as severe as ``fail_on``, if a check crashed, or if one
    of the checks named in ``select`` could not be determined: what was asked for and not examined is no pass.
    """
    result = audit(
        model=model,
        train=train,
        validation=validation,
        epochs=epochs,
        batch_size=batch_size,
        callbacks=callbacks,
        class_weight=class_weight,
        select=select,
        ignore=ignore,
        budget=budget,
        seed=seed,
        progress=silent,
    )
    assert_sound(result, fail_on, asked=select)
    return result


def audit_source(source: str | Path, *, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Audit:
    """Read a program without running it: the text of a script (str), or a file or folder (Path).

    Takes no TensorFlow and tens of milliseconds. Raises InputError as :func:`vggdoctor.audit` does.
    """
    if isinstance(source, Path):
        return _read(source, select, ignore)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "train.py"
        script.write_text(source, encoding="utf-8")
        return _read(script, select, ignore)


def assert_keeps_contract(check: type[Check], folder: Path) -> None:
    """Ask of one check what vggdoctor asks of its own: documentation, and that its cases come true. ``folder`` is scratch space.

    Raises AssertionError at the first promise that is broken.
    """
    from vggdoctor.testing.contract import assert_documented, promises

    assert_documented(check)
    for number, (promise, case, form) in enumerate(promises(check)):
        place = folder / str(number)
        place.mkdir()
        promise(check(), form(case, place))


def _read(path: Path, select: Sequence[str], ignore: Sequence[str]) -> Audit:
    return audit(Options(path=path, static=True, pictures=False, select=tuple(select), ignore=tuple(ignore)), silent)
