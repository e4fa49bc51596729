"""What the checks of the learning rate share: which rate a stage starts with, and how to set another."""

from __future__ import annotations

import math
import re

from msgspec import Struct

from vggdoctor.checks.class_counts import class_counts
from vggdoctor.checks.measurements import at_stage
from vggdoctor.evidence import Compile, Evidence, Optimizer, Recipe, Stage, TrainingRun
from vggdoctor.schema import Change, Confidence, ReplaceExpression, SetArgument, Undetermined

_NAME = re.compile(r"(?<![\d.])[A-Za-z_]")

CLASSES = {
    "adam": "Adam",
    "adamw": "AdamW",
    "adamax": "Adamax",
    "nadam": "Nadam",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
}
ADAPTIVE = ("adam", "adamw", "adamax", "nadam", "rmsprop")
"""Their step is about the rate itself for every weight, however small its gradient."""
ADAPTIVE_LIMIT = 1e-3
"""Keras' default of Adam and RMSprop, for training from scratch (keras.io's guide to transfer learning fine-tunes at 1e-5)."""
SGD_LIMIT = 1e-2
"""Keras' default of SGD; Chollet's fine-tuning of VGG16 takes 1e-4 with momentum 0.9 (blog.keras.io, 2016)."""
ROUNDING = 1 - 1e-6
"""Observed rates are float32: 1e-3 is read back as 0.00100000005 or a little less."""
FALLING_SCHEDULES = ("ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay")
"""Schedules of Keras that start at their highest rate and have no warm-up."""
LATER_CALLBACKS = ("ReduceLROnPlateau",)
"""Callbacks that never change the rate of the first epoch."""
SAME_RATE = 0.01
"""Relative difference below which a rate of the probe is the one that is set; float32 needs 1e-7 (ours)."""
USER_RUN = "user"
"""The label of the probe's run with the user's own settings."""


class StartingRate(Struct, frozen=True):
    """The optimizer and the rate at which a stage begins."""

    compiled: Compile
    optimizer: Optimizer
    rate: float
    confidence: Confidence


def starting_rate(stage: Stage) -> StartingRate | Undetermined:
    """The rate of the first epoch, or why it is not known: an unknown optimizer, a warm-up, a scheduler."""
    compiled = stage.compiled.get(None)
    if compiled is None:
        return Undetermined(f"the compile of this training is not known: {stage.compiled.reason}")
    optimizer = compiled.optimizer.get(None)
    if optimizer is None:
        return Undetermined(f"the optimizer is not known: {compiled.optimizer.reason}")
    rate = optimizer.learning_rate.get(None)
    if rate is None:
        return Undetermined(f"the learning rate is not known: {optimizer.learning_rate.reason}")
    schedule = optimizer.schedule.get(None)
    if schedule and schedule.name.rsplit(".", 1)[-1] not in FALLING_SCHEDULES:
        return Undetermined(f"{schedule.name} decides the learning rate, perhaps with a warm-up")
    for callback in stage.callbacks.get(()) or ():
        if callback.changes_rate and callback.name not in LATER_CALLBACKS:
            return Undetermined(f"{callback.name} decides the learning rate, perhaps with a warm-up")
    sure = optimizer.schedule.known and schedule is None and stage.callbacks.known
    lowest = Confidence.HIGH if sure else Confidence.MEDIUM
    confidence = max((lowest, compiled.optimizer.confidence, optimizer.learning_rate.confidence), key=lambda c: c.rank)
    return StartingRate(compiled, optimizer, rate, confidence)


def limit_of(optimizer: Optimizer) -> float | None:
    """The rate from which on an optimizer destroys pretrained kernels; None for one that is not known."""
    if optimizer.name in ADAPTIVE:
        return ADAPTIVE_LIMIT
    return SGD_LIMIT if optimizer.name == "sgd" else None


def user_run(evidence: Evidence, stage: Stage) -> TrainingRun | None:
    """The probe's run of a stage with the user's own settings, None if it was made at another rate than the stage has now."""
    run = next((run for run in runs_of(evidence, stage) if run.label == USER_RUN), None)
    start = starting_rate(stage)
    if run is None or isinstance(start, Undetermined):
        return run
    return run if math.isclose(start.rate, run.learning_rate, rel_tol=SAME_RATE) else None


def runs_of(evidence: Evidence, stage: Stage) -> list[TrainingRun]:
    """All runs of the probe at a stage."""
    return at_stage(evidence.probe.runs, stage) if evidence.probe else []


def planned_steps(stage: Stage, evidence: Evidence) -> int | None:
    """Steps of the whole fit, None if they are not known. A part held back by validation_split is not trained on."""
    epochs, batch = stage.epochs.value, stage.train.batch_size.value
    if epochs is None:
        return None
    if stage.steps_per_epoch.value:
        return epochs * stage.steps_per_epoch.value
    counts = class_counts(stage.train, evidence.dataset)
    pictures = sum(counts.counts.values()) if counts and not counts.sampled else None
    if not batch or not pictures or stage.train.validation_split.value:
        return None
    return int(epochs * -(-pictures // batch))


def with_rate(optimizer: Optimizer, rate: str, momentum: str = "") -> tuple[Change, ...]:
    """Edits that give an optimizer a rate (``momentum`` too, for SGD); empty where a schedule or the text forbids it."""
    place, name = optimizer.place, CLASSES.get(optimizer.name)
    if place is None or name is None or not optimizer.schedule.known or optimizer.schedule.value is not None:
        return ()
    arguments = f"learning_rate={rate}" + (f", momentum={momentum}" if momentum else "")
    is_bare = optimizer.rate_is_default and place.line == place.end_line
    if is_bare and place.end_column - place.column == len(optimizer.name) + 2:  # "adam" or Adam()
        return (ReplaceExpression(place, f"${{keras.optimizers.{name}}}({arguments})"),)
    written = optimizer.learning_rate.place
    if written and place.contains(written):
        changes: tuple[Change, ...] = (ReplaceExpression(written, rate),)
    else:
        changes = (SetArgument(place, "learning_rate", rate),)
    has_own = bool(optimizer.momentum.get(0.0)) or bool(optimizer.momentum.locations)
    return (*changes, SetArgument(place, "momentum", momentum)) if momentum and not has_own else changes


def is_written_elsewhere(optimizer: Optimizer, recipe: Recipe) -> bool:
    """Whether the rate comes from outside of the optimizer's call, a constant or the command line, which an edit would bypass."""
    written = optimizer.learning_rate.place
    use = next((use for use in recipe.keras_uses if optimizer.place and use.call == optimizer.place), None)
    if use is not None:
        text = use.arguments.get("learning_rate") or use.arguments.get("lr") or (use.plain[0][1] if use.plain else "1")
        return _NAME.search(text) is not None
    return not optimizer.rate_is_default and not (optimizer.place and written and optimizer.place.contains(written))


def written_rate(rate: float) -> str:
    """A rate cut to one digit, never rounded up, as people write it: ``3e-5``, ``0.01``."""
    mantissa, exponent = f"{rate:.6e}".split("e")
    digit, power = mantissa[0], int(exponent)
    return f"{float(f'{digit}e{power}'):g}" if -3 <= power <= 0 else f"{digit}e{power}"
