"""Runs the gatherers in order, each with its share of the budget, and joins what they found."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.evidence import DatasetEvidence, Evidence, ProbeSizes, Recipe
from vggdoctor.gather.merge import merge
from vggdoctor.gather.source import read
from vggdoctor.options import Options, Progress
from vggdoctor.project import Project
from vggdoctor.schema import GatherReport

Part = Literal["source", "capture", "dataset", "probe"]

SCAN_SHARE = 0.1
"""Of the budget, at most, for looking at pictures and comparing them; counting files is not bounded by it (ours)."""
STATIC_SCAN_SHARE = 0.8
"""The same where the program is not run (ours)."""
CAPTURE_SHARE = 0.6
"""Of the budget, for reaching fit and probing there; the rest is for trying the fixes (ours)."""
PROBE_SECONDS = 60.0
PROBE_SHARE = 0.7
"""The probe's own part: the design's default, and of a small budget no more than this share."""
MEMORY_SHARE = 0.8
"""Of the memory that is free now, what the child may use before it is ended (ours)."""


class Gathered(Struct, kw_only=True, frozen=True):
    """Everything that was gathered, and how each gatherer fared."""

    evidence: Evidence
    reports: dict[Part, GatherReport]
    environment: dict[str, str] = {}
    notices: tuple[str, ...] = ()


def gather(project: Project, options: Options, progress: Progress, features: Path | None = None) -> Gathered:
    """Read, scan, capture and probe; with ``options.static`` read only. ``features``: a folder for what later runs can use again.

    Raises InputError if ``options.entry`` names no file of the project.
    """
    started = time.monotonic()
    progress("source", f"reading {len(project.sources)} files", None)
    recipe = read(project, options.entry)
    source = _source_report(recipe, time.monotonic() - started)
    if options.static:
        return _static(project, recipe, source, options, progress)
    return _examined(project, recipe, source, options, progress, features)


def _static(project: Project, recipe: Recipe, source: GatherReport, options: Options, progress: Progress) -> Gathered:
    skipped = GatherReport(status="skipped", reason="static: nothing was run")
    dataset, scanned = None, GatherReport(status="skipped", reason="lint: the pictures were not scanned")
    if options.pictures:
        dataset, scanned = scan_pictures(project, recipe, options, progress)
    reports: dict[Part, GatherReport] = {"source": source, "dataset": scanned, "capture": skipped, "probe": skipped}
    return Gathered(
        evidence=Evidence(recipe=recipe, dataset=dataset, absent={"dataset": scanned.reason, "probe": skipped.reason}),
        reports=reports,
    )


def _examined(
    project: Project, recipe: Recipe, source: GatherReport, options: Options, progress: Progress, features: Path | None
) -> Gathered:
    dataset, scanned = scan_pictures(project, recipe, options, progress)
    first = Gathered(evidence=Evidence(recipe=recipe, dataset=dataset), reports={"source": source, "dataset": scanned})
    return run(project, first, options, options.budget * CAPTURE_SHARE, progress, features=features)


def scan_pictures(
    project: Project, recipe: Recipe, options: Options, progress: Progress
) -> tuple[DatasetEvidence | None, GatherReport]:
    """The picture folders, within their share of the budget: most of it where nothing else will run."""
    from vggdoctor.gather.dataset import scan  # what lint does not need must not slow its start

    progress("dataset", "scanning the pictures", None)
    share = STATIC_SCAN_SHARE if options.static else SCAN_SHARE
    return scan(project, recipe, options.data, options.budget * share, options.scan_cluster, options.scan_data)


def rerun(
    patched: Project,
    first: Gathered,
    options: Options,
    seconds: float,
    progress: Progress,
    features: Path | None = None,
    probed: bool = True,
) -> Gathered:
    """Read and capture a patched copy and, if ``probed``, probe it as the first time, within ``seconds``.

    The scan of the pictures is taken over.
    """
    sizes = first.evidence.probe.sizes if first.evidence.probe and probed else None
    evidence = replace(first.evidence, recipe=read(patched, options.entry))
    return run(patched, replace(first, evidence=evidence), options, seconds, progress, sizes, features, probed)


def run(
    project: Project,
    gathered: Gathered,
    options: Options,
    seconds: float,
    progress: Progress,
    sizes: ProbeSizes | None = None,
    features: Path | None = None,
    probed: bool = True,
) -> Gathered:
    """Capture and probe within ``seconds`` (as much as ``sizes``, where given), and join it with what was gathered before."""
    import psutil  # here and below: what lint does not need must not slow its start

    from vggdoctor.gather.capture import CaptureRequest, capture

    memory = psutil.virtual_memory()
    request = CaptureRequest(
        entry=options.entry,
        arguments=options.arguments,
        data=options.data,
        seconds=seconds,
        probe_seconds=min(PROBE_SECONDS, seconds * PROBE_SHARE) if probed else 0.0,
        memory_bytes=int(memory.available * MEMORY_SHARE),
        seed=options.seed,
        offline=options.offline,
        progress=progress,
        sizes=sizes,
        features=features,
    )
    recipe = gathered.evidence.recipe
    captured = capture(project, recipe, request)
    reasons = {
        "dataset": gathered.reports["dataset"].reason,
        "probe": captured.probe_report.reason or captured.capture.reason,
    }
    return Gathered(
        evidence=replace(
            gathered.evidence,
            recipe=merge(recipe, captured.recipe) if captured.recipe else recipe,
            probe=captured.probe,
            absent={name: reason for name, reason in reasons.items() if reason},
            machine_memory=memory.total,
        ),
        reports={**gathered.reports, "capture": captured.capture, "probe": captured.probe_report},
        environment=captured.environment,
        notices=captured.notices,
    )


def _source_report(recipe: Recipe, seconds: float) -> GatherReport:
    problems = [file for file in recipe.files if file.problem]
    reason = "; ".join(f"{file.path}: {file.problem}" for file in problems[:3])
    status: Literal["ok", "partial", "failed"] = "ok"
    if problems:
        status = "partial" if recipe.stages or len(problems) < len(recipe.files) else "failed"
    return GatherReport(status=status, reason=reason or recipe.scope_note, seconds=round(seconds, 3))
