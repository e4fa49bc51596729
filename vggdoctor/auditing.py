"""The one place where the stages of an audit are joined."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version

from msgspec.structs import replace

from vggdoctor import registry
from vggdoctor.config import fingerprint, read_config, silence
from vggdoctor.errors import InputError
from vggdoctor.gather.gathering import Gathered, gather, rerun
from vggdoctor.gather.source import read
from vggdoctor.judge import judge
from vggdoctor.options import Options, Progress, silent
from vggdoctor.project import Project
from vggdoctor.schema import AuditResult, Tool
from vggdoctor.summary import summarize
from vggdoctor.treatment import treat

RERUN_SHARE = 0.5
"""Of the first run's time, what must be left to try the patched copy (ours)."""


def audit(options: Options, progress: Progress = silent) -> AuditResult:
    """Gather evidence, judge it, work out the fixes and try them.

    Raises InputError if the path, the data folder, an id or the project's configuration cannot be used.
    """
    started = time.monotonic()
    project = Project(options.path)
    if not project.sources:
        raise InputError(f"{options.path} holds no Python script and no notebook")
    config = read_config(project.root)
    installed = registry.load()
    checks = installed.select(options.select or config.select, (*options.ignore, *config.ignore))
    gathered = gather(project, options, progress)
    progress("checks", f"{len(checks)} checks", None)
    outcomes, silenced = silence(project, fingerprint(project, judge(checks, gathered.evidence)))
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
        project=str(options.path),
        duration_s=round(time.monotonic() - started, 3),
        environment={"python": platform.python_version(), "platform": platform.platform(), **gathered.environment},
        gather=gathered.reports,
        outcomes=tuple(treated.outcomes),
        sections=summarize(gathered.evidence),
        notices=(*broken, *gathered.notices, *treated.notices),
        combined_fix=treated.combined,
        suppressed=silenced,
    )


def _is_too_late(gathered: Gathered, left: float) -> bool:
    """Whether a second run could not reach fit again, or nothing was run the first time."""
    capture = gathered.reports["capture"]
    return capture.status in ("skipped", "failed") or left < capture.seconds * RERUN_SHARE
