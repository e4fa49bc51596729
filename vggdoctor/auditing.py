"""The one place where the stages of an audit are joined."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version
from pathlib import Path

from msgspec.structs import replace

from vggdoctor import baseline, registry
from vggdoctor.config import Config, read_config
from vggdoctor.errors import InputError
from vggdoctor.fixing.stored import placed
from vggdoctor.gather.gathering import Gathered, gather, rerun
from vggdoctor.gather.source import read
from vggdoctor.judge import judge
from vggdoctor.options import Options, Progress, silent
from vggdoctor.project import Project
from vggdoctor.schema import AuditResult, Tool
from vggdoctor.scope import focus, with_severities
from vggdoctor.silencing import silence
from vggdoctor.summary import summarize
from vggdoctor.treatment import treat

RERUN_SHARE = 0.5
"""Of the first run's time, what must be left to try the patched copy (ours)."""


def audit(options: Options, progress: Progress = silent) -> AuditResult:
    """Gather evidence, judge it, work out the fixes and try them.

    Raises InputError if the path, the data folder, an id, the project's configuration or the baseline cannot be used.
    """
    started = time.monotonic()
    project = Project(options.path, files=options.files)
    if not project.sources:
        raise InputError(f"{options.path} holds no Python script and no notebook")
    config = read_config(project.root)
    installed = registry.load()
    installed.refuse_strangers(config.ids(), where=str(config.folder / "pyproject.toml"))
    checks = installed.select(options.select or config.select, _ignored(options, config))
    accepted = _accepted_before(options, config)
    gathered = gather(project, options, progress)
    progress("checks", f"{len(checks)} checks", None)
    judged = focus(with_severities(judge(checks, gathered.evidence), config.severity), gathered.evidence.recipe)
    outcomes, silenced = silence(project, baseline.fingerprint(project, judged), config)
    if options.write_baseline is not None:
        accepted = baseline.write(options.write_baseline, outcomes)
    outcomes, known = baseline.only_new(outcomes, accepted)
    outcomes = placed(project, outcomes)
    progress("fixes", "working out the fixes and trying them", None)
    left = options.budget - (time.monotonic() - started)
    treated = treat(
        project,
        checks,
        outcomes,
        gathered,
        examine=lambda patched: replace(gathered.evidence, recipe=read(patched, options.entry), probe=None),
        rerun=None if _is_too_late(gathered, left) else lambda copy: rerun(copy, gathered, options, left, progress),
        depth=options.fixes,
    )
    broken = tuple(f"plugin {name} was refused: {reason}" for name, reason in installed.broken.items())
    return AuditResult(
        tool=Tool("vggdoctor", version("vggdoctor")),
        project=", ".join(str(path) for path in options.files or (options.path,)),
        base=_base(project.root),
        duration_s=round(time.monotonic() - started, 3),
        environment={"python": platform.python_version(), "platform": platform.platform(), **gathered.environment},
        gather=gathered.reports,
        outcomes=tuple(treated.outcomes),
        sections=summarize(gathered.evidence),
        notices=(*broken, *gathered.notices, *treated.notices),
        combined_fix=treated.combined,
        suppressed=silenced,
        known=known,
    )


def _ignored(options: Options, config: Config) -> tuple[str, ...]:
    """The command line wins: what it selects is not ignored by the configuration."""
    return (*options.ignore, *(check for check in config.ignore if check not in options.select))


def _accepted_before(options: Options, config: Config) -> frozenset[str]:
    """Read before anything is gathered: a baseline that cannot be used is refused at once."""
    if options.write_baseline is not None:
        return frozenset()
    file = options.baseline or (config.folder / config.baseline if config.baseline else None)
    return baseline.read(file) if file else frozenset()


def _base(root: Path) -> str:
    here = Path.cwd().resolve()
    base = root.relative_to(here) if root.is_relative_to(here) else root
    return "" if base == Path() else base.as_posix()


def _is_too_late(gathered: Gathered, left: float) -> bool:
    """Whether a second run could not reach fit again, or nothing was run the first time."""
    capture = gathered.reports["capture"]
    return capture.status in ("skipped", "failed") or left < capture.seconds * RERUN_SHARE
