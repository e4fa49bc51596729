"""Does the interval of a gain hold what a training ten times as long shows? Asked of programs audited with ``--keep``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import msgspec
from msgspec.structs import replace

from vggdoctor.fixing.comparison import compare
from vggdoctor.fixing.stored import patch_of
from vggdoctor.gather import gathering
from vggdoctor.gather.gathering import Gathered, gather, rerun
from vggdoctor.options import Options, silent
from vggdoctor.project import Project
from vggdoctor.schema import AuditResult, Comparison, Trial
from vggdoctor.trials import ACCURACY, metrics

TIMES = 10
SEED = 0
"""Of the audits: faulty programs have no other."""
BUDGET = 600.0
"""Seconds for each program; longer trainings take most of it."""


def compared(kept: Path, base: str, pictures: Path) -> Iterator[str]:
    """A line for each kept audit of a program made of ``base`` whose joint fix was proved: the gain it claimed, and the one after
    ``TIMES`` as many steps."""
    for folder in sorted(kept.glob(f"{base}+*-{SEED}")):
        result = msgspec.json.decode((folder / "report.json").read_bytes(), type=AuditResult)
        fix = result.combined_fix
        if fix is None or fix.verdict is None or fix.verdict.trial is not Trial.PROVED or fix.verdict.interval is None:
            continue
        project = Project(folder / "project")
        patched = project.with_changes(patch_of(fix, project).files)
        longer = _longer(project, patched, pictures)
        if longer is None:
            yield f"{folder.name}: nothing to compare"
            continue
        low, high = fix.verdict.interval
        holds = "holds" if low <= longer.gain <= high else "does not hold"
        yield f"{folder.name}: claimed {fix.verdict.gain:+.3f} ({low:+.3f} to {high:+.3f}), longer {longer.gain:+.3f}: {holds}"


def _longer(project: Project, patched: Project, pictures: Path) -> Comparison | None:
    data = pictures.resolve()
    options = Options(path=project.root, arguments=f"{data} {SEED}", data=data, seed=SEED, budget=BUDGET)
    with tempfile.TemporaryDirectory() as shared:
        first = gather(project, options, silent, Path(shared))
        probe = first.evidence.probe
        if probe is None:
            return None
        sizes = replace(probe.sizes, repeat_steps=TIMES * probe.sizes.repeat_steps)
        stretched = replace(first, evidence=replace(first.evidence, probe=replace(probe, sizes=sizes)))

        def run(copy: Project) -> Gathered:
            return rerun(copy, stretched, options, options.budget, silent, Path(shared))

        with mock.patch.object(gathering, "PROBE_SECONDS", BUDGET):
            before, after = (run(copy).evidence.probe for copy in (project, patched))
    if before is None or after is None or not before.repeats or not after.repeats:
        return None
    return compare(ACCURACY, metrics(before)[ACCURACY], metrics(after)[ACCURACY])
