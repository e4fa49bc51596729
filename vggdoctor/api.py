"""``vggdoctor.audit``: an audit from a script or a notebook, of a project or of the live objects at hand."""

from __future__ import annotations

import html
import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from vggdoctor import registry
from vggdoctor.causes import diagnosed
from vggdoctor.errors import InputError
from vggdoctor.options import Options, Progress
from vggdoctor.schema import AuditResult, Tool

if TYPE_CHECKING:
    from vggdoctor.check import Check
    from vggdoctor.gather.gathering import Gathered
    from vggdoctor.report.progress import Display

LIVE_BUDGET = 60.0
"""Seconds for live objects: the probe's default."""
PAGE_HEIGHT = 720
"""Pixels of the report in a notebook; it scrolls."""


class Audit(AuditResult, kw_only=True):
    """An AuditResult that can show itself: in a notebook as the report, in a script with ``save`` and ``print``."""

    def save(self, folder: Path | str, formats: Sequence[str] = ("html", "json")) -> list[Path]:
        """Write ``report.<format>`` for each format into ``folder``; the paths.

        Raises OSError if the folder cannot be written to, ValueError for an unknown format.
        """
        from vggdoctor.report import write

        return write(self, Path(folder), formats)

    def _repr_html_(self) -> str:
        """The whole report in a frame of its own: its style stays inside, its security policy stays in force."""
        from vggdoctor.report import render

        page = html.escape(render(self, "html"), quote=True)
        style = f"width: 100%; height: {PAGE_HEIGHT}px; border: 1px solid #8884"
        return f'<iframe title="vggdoctor report" sandbox="allow-scripts" style="{style}" srcdoc="{page}"></iframe>'

    def __str__(self) -> str:
        """As on the terminal, without colours."""
        import io

        from rich.console import Console

        from vggdoctor.report import text

        console = Console(file=io.StringIO(), highlight=False, no_color=True)
        text.show(self, console)
        return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def audit(
    project: Options | Path | str | None = None,
    progress: Progress | None = None,
    *,
    model: Any = None,
    train: Any = None,
    validation: Any = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    callbacks: Sequence[Any] | None = None,
    class_weight: Mapping[int, float] | None = None,
    budget: float | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    seed: int = 0,
) -> Audit:
    """Audit a project (a path, or Options), or a compiled ``model`` with the data that it trains on.

    A project is read, and run in a guarded child process. Live objects are examined in this process, as no other has them: all
    is put back as it was, but one batch of a plain Python generator is used up. ``train`` and ``validation`` are what fit takes:
    a dataset, an iterator, a PyDataset, or (pictures, labels). ``epochs``, ``batch_size``, ``callbacks`` (an empty list: none)
    and ``class_weight`` are those of fit; what is not told is not judged. ``budget``: seconds of wall clock, 60 for live objects
    and 180 for a project. ``progress`` defaults to a display on standard error; ``vggdoctor.options.silent`` shows nothing.

    Raises InputError if there is nothing to audit, an id is unknown, or the model cannot be trained as it is given.
    """
    if (project is None) == (model is None):
        raise InputError("audit takes either a project, or a model with train= and validation=")
    if model is None:
        return _of_project(_options(project, budget, select, ignore, seed), progress)
    if train is None:
        raise InputError("a live model is examined on the data that it trains on: give train=")
    x, y = train if isinstance(train, tuple) and len(train) == 2 else (train, None)
    told = {
        "validation_data": validation,
        "epochs": epochs,
        "batch_size": batch_size,
        "callbacks": callbacks,
        "class_weight": class_weight,
    }
    given = {"x": x, "y": y, **{name: value for name, value in told.items() if value is not None}}
    return _of_objects(model, given, budget or LIVE_BUDGET, tuple(select), tuple(ignore), seed, progress)


def _options(
    project: Options | Path | str | None, budget: float | None, select: Sequence[str], ignore: Sequence[str], seed: int
) -> Options:
    if isinstance(project, Options):
        return project
    assert project is not None
    options = Options(path=Path(project), select=tuple(select), ignore=tuple(ignore), seed=seed)
    return options if budget is None else replace(options, budget=budget)


def _of_project(options: Options, progress: Progress | None) -> Audit:
    from vggdoctor.auditing import audit as audit_project

    if progress is not None:
        return shown(audit_project(options, progress))
    with _display() as display:
        return shown(audit_project(options, display.update))


def _of_objects(
    model: Any,
    given: dict[str, Any],
    budget: float,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    seed: int,
    progress: Progress | None,
) -> Audit:
    from vggdoctor.gather.inprocess import LiveFit, examine
    from vggdoctor.gather.inprocess.caller import frame_of_caller, where

    place, root = where(frame_of_caller())
    checks = registry.load().select(select, ignore)
    fit = LiveFit(model, given, place, root)
    started = time.monotonic()
    if progress is not None:
        gathered = examine(fit, budget, seed, progress)
    else:
        with _display() as display:
            gathered = examine(fit, budget, seed, display.update)
    return conclude(gathered, checks, f"the model {model.name} at {place}", started)


def conclude(gathered: Gathered, checks: Sequence[Check], subject: str, started: float) -> Audit:
    """The result of an audit without source. ``started``: when it began, in monotonic seconds."""
    from vggdoctor.summary import measurements, summarize

    evidence = gathered.evidence
    return Audit(
        tool=Tool("vggdoctor", version("vggdoctor")),
        project=subject,
        duration_s=round(time.monotonic() - started, 3),
        environment={"python": platform.python_version(), "platform": platform.platform(), **gathered.environment},
        gather=gathered.reports,
        outcomes=tuple(diagnosed(checks, evidence)),
        sections=summarize(evidence),
        measured=measurements(evidence.probe),
        notices=gathered.notices,
    )


def shown(result: AuditResult) -> Audit:
    """The same result, able to show itself."""
    return Audit(**asdict(result))


def _display() -> Display:
    from rich.console import Console

    from vggdoctor.report.progress import Display

    return Display(Console(stderr=True, highlight=False))
