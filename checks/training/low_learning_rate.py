"""low-learning-rate: the steps are too small to get anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean, median

from msgspec import Struct, structs

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import at_stage, look_at, runs_as_set
from vggdoctor.checks.training.learning_rate import (
    SAME_RATE,
    planned_steps,
    runs_of,
    starting_rate,
    user_run,
    with_rate,
    written_rate,
)
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import Evidence, FirstLook, LayerSignal, ProbeEvidence, RateRange, Stage, TrainingRun
from vggdoctor.schema import Confidence, Finding, Location, Measure, Repair, Safety, Severity, Undetermined

STANDSTILL = 0.01
"""A loss that changes by less than this share in the whole run stands still (catalogue)."""
FALL = 0.05
"""At the larger rate the loss must fall by this share to have fallen clearly (ours, five times the standstill)."""
SMALLEST_FACTOR, LARGEST_FACTOR = 10.0, 100.0
"""How many times larger the better rate of a range test is (catalogue); beyond, it may only have met a lucky step. Whole
trainings at larger rates count as they are."""
REACH = 1.0
"""Update of one step over weight, times the planned steps, from which on the weights can get anywhere they need to (ours: CS231n
calls 1e-3 a step healthy, and a thousand steps a short training)."""
NOWHERE = 1e-3
"""The same, under which what the loss does from batch to batch (dropout, other pictures) is no learning (ours)."""
ORDINARY = {"sgd": 1e-3}
ORDINARY_ADAPTIVE = 1e-4
"""Rates that people train with, a tenth of Keras' defaults: from there on it takes the planned steps to say that a rate is too
low, for some networks (recurrent ones) stand still for hundreds of steps before they learn (ours)."""
FEWEST_STEPS = 8
"""Two steps a quarter; fewer show no trend (ours)."""
LEARNT = 0.5
"""Below this share of the loss of guessing a network has learnt already, and a standstill is no fault of the rate (ours)."""


class Standstill(Struct, frozen=True):
    """``rate`` is the larger one that works, ``fall`` by which share the loss falls there. ``reach``: how far the planned steps
    move the weights, as a share of their spread; None where that is not known."""

    stage: Stage
    run: TrainingRun
    change: float
    rate: float
    fall: float
    reach: float | None = None


class LowLearningRate(Check):
    """At the rate that is set the loss does not move; at 10 to 100 times the rate it falls.

    What it finds
        A learning rate at which the loss of a short training changes by less than 1 %, while at a rate 10 to 100 times as
        large it clearly falls.

    Why it hurts
        The training takes 10 to 100 times the epochs that it needs, and mostly ends, or is stopped, long before it has
        learnt what it could. It looks as though the network or the data were to blame.

    How it is measured
        The probe trains some steps with the program's own optimizer, rate, loss and batches, and makes a range test: one
        step at each of growing rates. First and last quarter of the losses are compared. A network whose loss is already
        below half of that of guessing is left alone, and so is a small rate with so many steps that it comes far nevertheless:
        the update of one step, measured, times the steps that are planned. Where that is less than a thousandth of the
        weights' spread, a loss that moves is one of other batches. An ordinary rate (1e-4 and more, SGD 1e-3) is judged only
        where the planned steps are known.

    The fix
        The rate at which the loss falls fastest in the range test, to one digit.

    References
        L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3
    """

    id = "low-learning-rate"
    title = "The learning rate is too small to learn"
    area = "training"
    severity = Severity.WARNING
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        if not any(runs_of(evidence, stage) for stage in evidence.recipe.stages):
            yield Undetermined("the probe made no training run")
        for stage in evidence.recipe.stages:
            judged = _standstill(evidence, stage)
            if isinstance(judged, Undetermined):
                yield judged
            elif judged is not None:
                yield self._found(judged)

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        """What keeps the loss where it is at any usual rate."""
        return ("output-loss-mismatch", "poor-initialization", "strong-regularization")

    def _found(self, found: Standstill) -> Finding:
        run = found.run
        happens = f"the loss changes by {abs(found.change):.1%} in {len(run.losses)} steps"
        if found.reach is not None and abs(found.change) >= STANDSTILL:
            happens = f"all planned steps together move the weights by {found.reach:.1g} of their spread"
        return self.finding(
            f"At the learning rate {run.learning_rate:.2g} {happens}; at {found.rate:.2g} the loss falls by {found.fall:.0%}.",
            *_places(found.stage),
            confidence=Confidence.MEDIUM,
            measured={
                "learning_rate": Measure(float(f"{run.learning_rate:.4g}"), "1/step"),
                "steps": Measure(len(run.losses), "steps"),
                "change": Measure(round(found.change, 4)),
                "larger_rate": Measure(float(f"{found.rate:.4g}"), "1/step"),
            },
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            judged, start = _standstill(evidence, stage), starting_rate(stage)
            if not isinstance(judged, Standstill) or isinstance(start, Undetermined) or stage.place not in finding.locations:
                continue
            changes = with_rate(start.optimizer, written_rate(judged.rate))
            return Repair(f"Train at {written_rate(judged.rate)}", changes, Safety.REVIEW) if changes else None
        return None


def _standstill(evidence: Evidence, stage: Stage) -> Standstill | Undetermined | None:
    """None where the loss moves, or where no larger rate is known to do better."""
    run = user_run(evidence, stage)
    if run is None or evidence.probe is None:
        return None
    losses = [loss for loss in run.losses if loss is not None]
    if len(losses) < len(run.losses):
        return None
    if len(losses) < FEWEST_STEPS:
        return Undetermined(f"{len(losses)} steps of the probe show no trend")
    change = median(_change(_finite(each)) for each in runs_as_set(evidence, stage) if len(_finite(each)) >= FEWEST_STEPS)
    reach = _reach(evidence, stage)
    if reach is not None and reach >= REACH:
        return None
    if reach is None and run.learning_rate >= (1 - SAME_RATE) * _ordinary(stage):
        return Undetermined(f"the loss stands still at a rate of {run.learning_rate:.2g}, and how long it trains is not known")
    moves = abs(change) >= STANDSTILL and (reach is None or reach >= NOWHERE)
    if moves or (run.chance_loss is not None and losses[0] < LEARNT * run.chance_loss):
        return None
    better = [
        (each.learning_rate, -_change(_finite(each))) for each in runs_of(evidence, stage) if len(_finite(each)) >= FEWEST_STEPS
    ]
    low, high = (factor * run.learning_rate for factor in (SMALLEST_FACTOR * (1 - SAME_RATE), LARGEST_FACTOR * (1 + SAME_RATE)))
    tested = [tried for each in at_stage(evidence.probe.ranges, stage) if (tried := _steepest(each)) and tried[0] <= high]
    falling = [(rate, fall) for rate, fall in better if rate >= low and fall >= FALL]
    falling = falling or [(rate, fall) for rate, fall in tested if rate >= low and fall >= FALL]
    return Standstill(stage, run, change, *max(falling, key=lambda each: each[1]), reach) if falling else None


def _ordinary(stage: Stage) -> float:
    compiled = stage.compiled.value
    optimizer = compiled.optimizer.value if compiled else None
    return ORDINARY.get(optimizer.name, ORDINARY_ADAPTIVE) if optimizer else ORDINARY_ADAPTIVE


def _reach(evidence: Evidence, stage: Stage) -> float | None:
    """How far the planned steps together move the weights, as a share of their spread; None where that is not known."""
    look, planned = look_at(evidence, stage), planned_steps(stage, evidence)
    ratios = [layer.update_ratio for layer in look.layers if layer.update_ratio is not None] if look else []
    return median(ratios) * planned if planned is not None and ratios else None


def _steepest(test: RateRange) -> tuple[float, float] | None:
    """(the rate at which the loss falls fastest, the share that it has fallen by there)."""
    losses = dict(zip(test.rates, test.losses, strict=False))
    first, there = test.losses[0] if test.losses else None, losses.get(test.steepest or 0.0)
    if test.steepest is None or not first or there is None:
        return None
    return test.steepest, (first - there) / first


def _finite(run: TrainingRun) -> list[float]:
    return [loss for loss in run.losses if loss is not None]


def _change(losses: Sequence[float]) -> float:
    """How the mean of the last quarter differs from that of the first, as a share of it."""
    quarter = len(losses) // 4
    first = fmean(losses[:quarter])
    return (fmean(losses[-quarter:]) - first) / first if first else 0.0


def _places(stage: Stage) -> tuple[Location | None, ...]:
    compiled = stage.compiled.value
    optimizer = compiled.optimizer.value if compiled else None
    return (optimizer.place if optimizer else None, stage.place)


SLOW = (
    GENERATORS.replace('optimizer="adam"', "optimizer=Adam(learning_rate=1e-7)")
    .replace(', metrics=["accuracy"]', "")
    .replace(
        "from tensorflow.keras.preprocessing", "from tensorflow.keras.optimizers import Adam\nfrom tensorflow.keras.preprocessing"
    )
    + "model.fit(train, validation_data=val, epochs=20)\n"
)
FIT = Location("train.py", 17, 17)
STILL = (2.51, 2.47, 2.50, 2.48, 2.49, 2.51, 2.47, 2.50)
WAVERING = (2.51, 2.47, 2.62, 2.48, 2.44, 2.61, 2.39, 2.40)
FALLING = (2.51, 2.44, 2.31, 2.20, 2.11, 1.98, 1.93, 1.85)


def _probe(losses: tuple[float, ...], steepest: float, *others: TrainingRun) -> ProbeEvidence:
    test = RateRange(
        stage=FIT,
        rates=(1e-7, 1e-6, 1e-5, 1e-4),
        losses=(2.5, 2.45, 2.1, 9.0),
        user_rate=1e-7,
        largest_stable=1e-5,
        steepest=steepest,
    )
    run = TrainingRun(stage=FIT, label="user", learning_rate=1e-7, losses=losses, chance_loss=2.485)
    return ProbeEvidence(pretrained=True, runs=(run, *others), ranges=(test,))


def _many(steps: float, losses: tuple[float, ...] = STILL) -> ProbeEvidence:
    """A small update, of which there are many."""
    layer = LayerSignal(name="dense", kind="Dense", units=12, activation="softmax", update_ratio=1 / steps)
    look = FirstLook(stage=FIT, moment="start", pictures=64, loss=2.5, penalty=0.0, layers=(layer,))
    return structs.replace(_probe(losses, 1e-5), looks=(look,))


LowLearningRate.GOOD = (
    Case(
        name="a tiny rate, and steps enough",
        source=SLOW.replace("epochs=20", "epochs=20, steps_per_epoch=500"),
        probe=_many(9_000),
    ),
    Case(name="the loss falls", source=SLOW, probe=_probe(FALLING, 1e-5)),
    Case(
        name="the loss wavers, and the weights get somewhere",
        source=SLOW.replace("epochs=20", "epochs=20, steps_per_epoch=500"),
        probe=_many(1e6, WAVERING),
    ),
    Case(name="no larger rate does better", source=SLOW, probe=_probe(STILL, 1e-6)),
    Case(name="it has learnt already", source=SLOW, probe=_probe(tuple(loss / 10 for loss in STILL), 1e-5)),
)
LowLearningRate.BAD = (
    Case(
        name="too few steps for such a rate",
        source=SLOW.replace("epochs=20", "epochs=20, steps_per_epoch=500"),
        lines=(16, 17),
        probe=_many(90_000),
    ),
    Case(
        name="the loss wavers from batch to batch, and the weights stay where they are",
        source=SLOW.replace("epochs=20", "epochs=20, steps_per_epoch=500"),
        lines=(16, 17),
        says="all planned steps together move the weights by 0.0001 of their spread",
        probe=_many(1e8, WAVERING),
    ),
    Case(
        name="it stands still, and falls at 100 times the rate",
        source=SLOW,
        fixed=SLOW.replace("learning_rate=1e-7", "learning_rate=1e-5"),
        lines=(16, 17),
        severity=Severity.WARNING,
        says="at 1e-05 the loss falls by 16%",
        probe=_probe(STILL, 1e-5),
    ),
    Case(
        name="a second run at ten times the rate falls",
        source=SLOW,
        lines=(16, 17),
        says="at 1e-06 the loss falls by",
        probe=_probe(STILL, 1e-4, TrainingRun(stage=FIT, label="rate*10", learning_rate=1e-6, losses=FALLING)),
    ),
)
