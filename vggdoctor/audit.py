"""The one place where the stages of an audit are joined."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version

from vggdoctor import registry
from vggdoctor.config import fingerprint, read_config, silence
from vggdoctor.errors import InputError
from vggdoctor.gather.gathering import gather
from vggdoctor.judge import judge
from vggdoctor.options import Options, Progress, silent
from vggdoctor.project import Project
from vggdoctor.schema import AuditResult, Tool
from vggdoctor.summary import summarize


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
    outcomes = fingerprint(project, judge(checks, gathered.evidence))
    outcomes, silenced = silence(project, outcomes)
    broken = tuple(f"plugin {name} was refused: {reason}" for name, reason in installed.broken.items())
    return AuditResult(
        tool=Tool("vggdoctor", version("vggdoctor")),
        project=str(options.path),
        duration_s=round(time.monotonic() - started, 3),
        environment={"python": platform.python_version(), "platform": platform.platform(), **gathered.environment},
        gather=gathered.reports,
        outcomes=tuple(outcomes),
        sections=summarize(gathered.evidence),
        notices=(*broken, *gathered.notices),
        suppressed=silenced,
    )
