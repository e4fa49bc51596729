"""The one place where the stages of an audit are joined."""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from msgspec.structs import replace

from vggdoctor import baseline, registry
from vggdoctor.causes import diagnosed
from vggdoctor.check import Check
from vggdoctor.config import Config, read_config
from vggdoctor.errors import InputError
from vggdoctor.evidence import Evidence
from vggdoctor.fixing.stored import placed
from vggdoctor.gather.gathering import Gathered, gather, rerun
from vggdoctor.gather.source import read
from vggdoctor.options import Options, Progress, silent
from vggdoctor.project import Project
from vggdoctor.schema import AuditResult, Outcome, Tool
from vggdoctor.scope import focus, with_severities
from vggdoctor.silencing import silence
from vggdoctor.summary import measurements, summarize
from vggdoctor.treatment import treat
from vggdoctor.trials import Rerunner, Trials


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
    with tempfile.TemporaryDirectory(prefix="vggdoctor-features-") as shared:
        gathered = gather(project, options, progress, Path(shared))
        progress("checks", f"{len(checks)} checks", None)
        outcomes, silenced = _judged(project, checks, gathered.evidence, config)
        if options.write_baseline is not None:
            accepted = baseline.write(options.write_baseline, outcomes)
        outcomes, known = baseline.only_new(outcomes, accepted)
        outcomes = placed(project, outcomes)
        progress("fixes", "working out the fixes and trying them", None)

        def judge_copy(copy: Project, evidence: Evidence) -> list[Outcome]:
            return baseline.only_new(_judged(copy, checks, evidence, config)[0], accepted)[0]

        def again(copy: Project, seconds: float, probed: bool) -> Gathered:
            return rerun(copy, gathered, options, seconds, progress, Path(shared), probed)

        treated = treat(
            project,
            checks,
            outcomes,
            gathered.evidence,
            examine=lambda copy: replace(gathered.evidence, recipe=read(copy, options.entry), probe=None),
            judge=judge_copy,
            trials=_trials(gathered, outcomes, judge_copy, again, options.budget - (time.monotonic() - started)),
            depth=options.fixes,
            safe_only=options.safe_only,
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
        measured=measurements(gathered.evidence.probe),
        notices=(*broken, *gathered.notices, *treated.notices),
        combined_fix=treated.combined,
        suppressed=silenced,
        known=known,
    )


def _judged(project: Project, checks: Sequence[Check], evidence: Evidence, config: Config) -> tuple[list[Outcome], int]:
    """What the checks say of a project, by its own settings; and how many findings it silences."""
    judged = focus(with_severities(diagnosed(checks, evidence), config.severity), evidence.recipe)
    return silence(project, baseline.fingerprint(project, judged), config)


def _trials(
    gathered: Gathered,
    outcomes: Sequence[Outcome],
    judge_copy: Callable[[Project, Evidence], list[Outcome]],
    again: Rerunner,
    left: float,
) -> Trials | None:
    """None where nothing may be run."""
    if gathered.reports["capture"].status == "skipped":
        return None
    return Trials(gathered, outcomes, judge_copy, again, left)


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
