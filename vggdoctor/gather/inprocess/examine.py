"""What is gathered from a live model and the data that it trains on, and everything put back as it was."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from msgspec.structs import replace

from vggdoctor.evidence import Evidence, Recipe, SourceKind, Stage, unknown
from vggdoctor.gather.capture.child import environment
from vggdoctor.gather.capture.observe_fit import observe
from vggdoctor.gather.capture.observe_stage import Fit
from vggdoctor.gather.capture.places import Places
from vggdoctor.gather.capture.session import Made
from vggdoctor.gather.capture.snapshot import Snapshot
from vggdoctor.gather.gathering import Gathered, scan_pictures
from vggdoctor.gather.inprocess.networks import looks_altered, networks
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe import probe
from vggdoctor.gather.probe.state import untouched
from vggdoctor.options import Options, Progress
from vggdoctor.project import Project
from vggdoctor.schema import GatherReport, Location

NO_SOURCE = "live objects carry no source: `vggdoctor audit PATH` reads it, and works out the corrections as diffs"


@dataclass(frozen=True)
class LiveFit:
    """A model, and the arguments by name that its fit gets; what is not among them is not known. ``place`` is a call in the
    user's code, relative to ``root``."""

    model: Any
    given: dict[str, Any]
    place: Location
    root: Path
    method: str = "audit"


class Here:
    """The Observer of this process: nothing is instrumented, so nothing has to be told apart."""

    def __init__(self, root: Path) -> None:
        self.places = Places(root.as_posix())
        self.roots = (str(root),)

    def own_work(self) -> AbstractContextManager[None]:
        return nullcontext()


def examine(fit: LiveFit, seconds: float, seed: int, progress: Progress) -> Gathered:
    """Observe, scan the picture folders if there are any, and probe for what is left of ``seconds`` of wall clock.

    Weights, optimizer, random states and Keras' iterators are as before when this returns. Two things cannot be undone: a model
    without input shape is built, and one batch of a plain Python generator is gone for each source.
    """
    started = time.monotonic()
    progress("capture", "looking at the model and the data", seconds)
    with observed(fit) as live:
        recipe = Recipe(stages=(live.stage,))
        seen = GatherReport(status="ok", seconds=round(time.monotonic() - started, 2))
        dataset, scanned = None, GatherReport(status="skipped", reason="the data does not come from a folder that is known")
        if _names_a_folder(live.stage):
            project, options = Project(fit.root), Options(path=fit.root, budget=seconds)
            dataset, scanned = scan_pictures(project, recipe, options, progress)
        left = seconds - (time.monotonic() - started)
        progress("probe", "short trainings with your settings", left)
        measured = probe(live, left, seed, lambda so_far: progress("probe", "short trainings with your settings", None))
    return Gathered(
        evidence=Evidence(
            recipe=recipe,
            dataset=dataset,
            probe=measured,
            absent={"dataset": scanned.reason},
            machine_memory=psutil.virtual_memory().total,
        ),
        reports={
            "source": GatherReport(status="skipped", reason=NO_SOURCE),
            "capture": seen,
            "dataset": scanned,
            "probe": GatherReport(status="ok", seconds=round(measured.seconds, 2)),
        },
        environment=environment(),
    )


@contextmanager
def observed(fit: LiveFit) -> Iterator[LiveStage]:
    """The live stage of a fit. Everything is put back at the end of the context."""
    given = fit.given
    snapshot = Snapshot(fit.model, given.get("x"), given.get("validation_data"))
    with untouched(fit.model, snapshot.restore):
        built = networks(fit.model, fit.place)
        call = Fit(fit.model, given, fit.place, fit.method, compiled=_compiled(fit.model, fit.place))
        live = observe(call, built, Here(fit.root)).live
        if not built and looks_altered(fit.model):
            backbone = unknown("the model starts like a network of keras.applications, but was altered")
            live.stage = replace(live.stage, model=replace(live.stage.model, backbone=backbone))
        live.stage = _as_told(live.stage, given)
        yield live


def _as_told(stage: Stage, given: dict[str, Any]) -> Stage:
    """The stage without what an unseen call of fit may say otherwise."""
    untold = unknown("the call of fit was not seen, and this was not told")
    names = {"callbacks": "callbacks", "epochs": "epochs", "class_weight": "class_weight", "steps_per_epoch": "steps_per_epoch"}
    names["validation"] = "validation_data"
    stage = replace(stage, **{field: untold for field, name in names.items() if name not in given})
    if not stage.train.kind.is_(SourceKind.ARRAYS):
        return stage
    own = {name: untold for name in ("batch_size", "shuffle") if name not in given}
    return replace(stage, train=replace(stage.train, **own))


def _compiled(model: Any, place: Location) -> Made | None:
    """The last compile, by what it left on the model (keras/src/trainers/trainer.py, 3.15.1)."""
    if not getattr(model, "compiled", False):
        return None
    metrics = getattr(model, "_compile_metrics", None)
    loss = getattr(getattr(model, "_compile_loss", None), "_user_loss", None)
    return Made("compile", place, {"loss": loss, "metrics": getattr(metrics, "_user_metrics", None)})


def _names_a_folder(stage: Stage) -> bool:
    validation = stage.validation.value
    return any(pipeline.directory.known for pipeline in (stage.train, validation) if pipeline is not None)
