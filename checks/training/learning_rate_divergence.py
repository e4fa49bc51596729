from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import fmean, pvariance

from msgspec import Struct

from vggdoctor import exhibits
from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import at_stage, learnt, runs_as_set
from vggdoctor.checks.training.learning_rate import runs_of, starting_rate, user_run, with_rate, written_rate
from vggdoctor.evidence import Evidence, ProbeEvidence, RateRange, Stage, TrainingRun
from vggdoctor.schema import (
    Confidence,
    Exhibit,
    Finding,
    Location,
    Measure,
    Repair,
    Safety,
    Severity,
    Undetermined,
)

RISE = 0.1
"""The last quarter of a run must lie this share above its first quarter to have risen (ours)."""
FALL = 0.02
"""The last quarter of a slower run must lie this share below its first to have fallen (ours)."""
NOISE = 2.0
"""A rise must exceed so many standard errors of the two quarters' means: about 95 % for a difference of noise alone."""
RECOVERY = 0.9
"""A last quarter below this share of the one before is on its way back: the first steps of an adaptive optimizer overshoot and
recover (seen with RMSprop's default on a frozen VGG16: 0.7, then 3.3, then 0.001)."""
BETTER = 0.75
"""Where the loss does not fall at the user's rate, it must end below this share of it at a smaller one (ours)."""
USUAL = {"sgd": 1e-2}
"""Keras' default rates, 1e-3 where it is not named here."""
FAR_BEYOND = 10.0
"""Times the usual rate above which nothing but the rate need be asked (ours)."""
FEWEST_STEPS = 8
"""Two steps a quarter; fewer show no trend (ours)."""
LONG = 64
"""Steps after which a loss that overshot at the start must have come back (ours)."""
MANY_STEPS = 16
"""Steps from which a rise is an error of high confidence; below, a warning (ours)."""


class Divergence(Struct, frozen=True):
    """``slower`` is the run at a smaller rate that falls, None where only the range test speaks."""

    stage: Stage
    run: TrainingRun
    slower: TrainingRun | None
    range: RateRange | None
    finite: bool


class LearningRateDivergence(Check):
    """At the rate that is set the loss grows or breaks; at a smaller one the same network learns.

    What it finds
        A learning rate at which the loss of a short training is not finite, or ends clearly above its start, while it falls
        from the same start, on the same batches, at a tenth or a hundredth of the rate. So too where the loss does not fall at
        all, and ends a quarter lower at a smaller rate.

    Why it hurts
        Each step overshoots the minimum that it aims at and lands higher up. More epochs don't mend that; a network that
        recovers has lost what its pretrained weights knew.

    How it is measured
        The probe trains some steps with the program's own optimizer, rate, loss and batches, and again at smaller rates. The
        first and the last quarter of the losses are compared, against their noise. A range test, one step at each of growing
        rates, shows the largest rate that is stable and the one at which the loss falls fastest.

    The fix
        The rate at which the loss falls fastest in the range test, to one digit; without one, the smaller rate that was tried.

    References
        L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3
    """

    id = "learning-rate-divergence"
    title = "The loss diverges at this learning rate"
    area = "training"
    severity = Severity.ERROR
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        if not any(runs_of(evidence, stage) for stage in evidence.recipe.stages):
            yield Undetermined("the probe made no training run" + _why(evidence.probe))
        for stage in evidence.recipe.stages:
            judged = _divergence(evidence, stage) if runs_of(evidence, stage) else None
            if isinstance(judged, Undetermined):
                yield judged
            elif judged:
                yield self._report(judged)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            judged = _divergence(evidence, stage)
            start = starting_rate(stage)
            if isinstance(judged, Divergence) and _places(judged) == finding.locations and not isinstance(start, Undetermined):
                rate = _better(judged)
                changes = with_rate(start.optimizer, written_rate(rate)) if rate else ()
                return Repair(f"Train at {written_rate(rate)}", changes, Safety.REVIEW) if rate and changes else None
        return None

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        """Where the rate itself is nothing unusual, what makes it too high."""
        rate, optimizer = finding.measured["learning_rate"].value, finding.measured.get("optimizer", Measure("")).value
        usual = USUAL.get(str(optimizer), 1e-3)
        other = ("unscaled-input", "missing-normalization", "double-normalization", "poor-initialization")
        is_usual = isinstance(rate, float) and rate <= FAR_BEYOND * usual
        return ("output-loss-mismatch", "high-learning-rate", *(other if is_usual else ()))

    def _report(self, found: Divergence) -> Finding:
        run, slower = found.run, found.slower
        if found.finite and not _rises(run.losses):
            happened = f"does not fall ({run.losses[0]:.3g} at the start, {_end(run.losses):.3g} at the end)"
        elif found.finite:
            happened = f"rises from {_start(run.losses):.3g} to {_end(run.losses):.3g}"
        else:
            happened = f"is no longer finite after {len(run.losses)} step{'' if len(run.losses) == 1 else 's'}"
        message = f"at the learning rate {run.learning_rate:.2g} the loss {happened}"
        measured = {
            "learning_rate": Measure(float(f"{run.learning_rate:.4g}"), "1/step"),
            "steps": Measure(len(run.losses), "steps"),
        }
        start = starting_rate(found.stage)
        if not isinstance(start, Undetermined):
            measured["optimizer"] = Measure(start.optimizer.name)
        if found.finite:
            measured["loss_start"] = Measure(round(_start(run.losses), 4), "loss")
            measured["loss_end"] = Measure(round(_end(run.losses), 4), "loss")
        if slower:
            fall = f"falls from {_start(slower.losses):.3g} to {_end(slower.losses):.3g}"
            message += f"; at {slower.learning_rate:.2g} it {fall} in {len(slower.losses)} steps"
            measured["smaller_rate"] = Measure(float(f"{slower.learning_rate:.4g}"), "1/step")
            measured["smaller_rate_loss_end"] = Measure(round(_end(slower.losses), 4), "loss")
        if found.range and found.range.largest_stable:
            measured["largest_stable_rate"] = Measure(float(f"{found.range.largest_stable:.2g}"), "1/step")
        sure = slower is not None and (len(run.losses) >= MANY_STEPS or not found.finite)
        return self.finding(
            message,
            *_places(found),
            severity=Severity.ERROR if sure else Severity.WARNING,
            confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
            measured=measured,
            exhibits=_exhibits(found),
        )

    _PROGRAM = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import SGD
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Sequential([base, Dense(3, activation="softmax")])
model.compile(optimizer=SGD(learning_rate=5.0), loss="categorical_crossentropy")
model.fit(train, epochs=10)
"""
    _FIT = Location("train.py", 12, 12)
    _RISING = (2.1, 8.0, 21.0, 40.0, 33.0, 51.0, 60.0, 48.0, 70.0, 66.0, 81.0, 64.0, 75.0, 90.0, 70.0, 99.0)
    _FALLING = (2.1, 1.9, 1.6, 1.4, 1.2, 1.1, 0.9, 0.8, 0.7, 0.6)

    BAD = (
        Case(
            name="the loss rises, and falls at a tenth",
            source=_PROGRAM,
            fixed=_PROGRAM.replace("5.0", "0.1"),
            lines=(11,),
            severity=Severity.ERROR,
            says="rises from",
            probe=ProbeEvidence(
                pretrained=True,
                runs=(
                    TrainingRun(stage=_FIT, label="user", learning_rate=5.0, losses=_RISING),
                    TrainingRun(stage=_FIT, label="rate/10", learning_rate=0.5, losses=_FALLING),
                ),
                ranges=(
                    RateRange(
                        stage=_FIT,
                        rates=(1e-4, 1e-3, 1e-2, 1e-1, 1.0),
                        losses=(2.1, 2.1, 1.9, 1.2, 9.0),
                        user_rate=5.0,
                        largest_stable=0.1,
                        steepest=0.1,
                    ),
                ),
            ),
        ),
        Case(
            name="the loss never falls, and does at a hundredth",
            source=_PROGRAM,
            lines=(11,),
            says="does not fall (1.1 at the start, 1.1 at the end)",
            probe=ProbeEvidence(
                pretrained=True,
                runs=(
                    TrainingRun(stage=_FIT, label="user", learning_rate=5.0, losses=(1.1, 1.09, 1.11, 1.1) * 4),
                    TrainingRun(
                        stage=_FIT, label="rate/100", learning_rate=0.05, losses=(1.1, 0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.1)
                    ),
                ),
            ),
        ),
        Case(
            name="the loss is not finite, and falls at a hundredth",
            source=_PROGRAM,
            lines=(11,),
            says="no longer finite after 3 steps",
            probe=ProbeEvidence(
                pretrained=True,
                runs=(
                    TrainingRun(stage=_FIT, label="user", learning_rate=5.0, losses=(2.1, 900.0, None)),
                    TrainingRun(stage=_FIT, label="rate/10", learning_rate=0.5, losses=(2.1, 90.0, None)),
                    TrainingRun(stage=_FIT, label="rate/100", learning_rate=0.05, losses=_FALLING),
                ),
            ),
        ),
    )

    GOOD = (
        Case(
            name="the loss falls, noisily",
            source=_PROGRAM,
            probe=ProbeEvidence(
                pretrained=True,
                runs=(
                    TrainingRun(
                        stage=_FIT, label="user", learning_rate=5.0, losses=(1.1, 1.6, 0.9, 1.3, 0.8, 1.2, 0.7, 1.0, 0.6, 0.9)
                    ),
                ),
            ),
        ),
        Case(
            name="the first steps overshoot, and the loss comes back",
            source=_PROGRAM,
            probe=ProbeEvidence(
                pretrained=True,
                runs=(
                    TrainingRun(stage=_FIT, label="user", learning_rate=5.0, losses=(0.7, 0.9, 3.3, 4.1, 2.9, 2.2, 1.7, 1.3)),
                    TrainingRun(stage=_FIT, label="rate/10", learning_rate=0.5, losses=_FALLING),
                ),
            ),
        ),
        Case(
            name="the loss only jitters about its start",
            source=_PROGRAM,
            probe=ProbeEvidence(
                pretrained=True,
                runs=(
                    TrainingRun(
                        stage=_FIT, label="user", learning_rate=5.0, losses=(0.8, 1.5, 1.0, 1.4, 0.9, 1.1, 0.8, 1.6, 1.0, 1.2)
                    ),
                    TrainingRun(stage=_FIT, label="rate/10", learning_rate=0.5, losses=_FALLING),
                ),
            ),
        ),
    )


def _divergence(evidence: Evidence, stage: Stage) -> Divergence | Undetermined | None:
    run = user_run(evidence, stage)
    tested = next(iter(at_stage(evidence.probe.ranges if evidence.probe else (), stage)), None)
    if run is None:
        return _at_another_rate(evidence, stage, tested)
    finite = all(loss is not None for loss in run.losses)
    if finite and len(run.losses) < FEWEST_STEPS:
        return Undetermined(f"the probe had time for {len(run.losses)} steps only, which show no trend")
    if finite and not _rises(run.losses):
        return _stuck(evidence, stage, run, tested)
    what = f"the loss {'rises' if finite else 'is not finite'} at the rate that is set"
    if evidence.probe and evidence.probe.substituted:
        return Undetermined(f"{what}, but with random weights in the place of the pretrained ones")
    others = [other for other in runs_of(evidence, stage) if other.learning_rate < run.learning_rate]
    falling = [other for other in others if _falls(other.losses)]
    if falling:
        return Divergence(stage, run, max(falling, key=lambda other: other.learning_rate), tested, finite)
    if others:
        return Undetermined(f"{what}, but does not fall at smaller ones either")
    if tested and tested.largest_stable and tested.largest_stable < run.learning_rate and tested.steepest:
        return Divergence(stage, run, None, tested, finite)
    return Undetermined(f"{what}, and no smaller one was tried" + _why(evidence.probe))


def _stuck(evidence: Evidence, stage: Stage, run: TrainingRun, tested: RateRange | None) -> Divergence | None:
    """A loss that never falls, in any order of the pictures, and ends a quarter lower at a smaller one."""
    _, third, last = _quarters(run.losses)
    is_back = len(run.losses) < LONG and fmean(last) <= RECOVERY * fmean(third)
    if len(run.losses) < MANY_STEPS or is_back or any(map(learnt, runs_as_set(evidence, stage))):
        return None
    slower = [each for each in runs_of(evidence, stage) if each.learning_rate < run.learning_rate and learnt(each)]
    better = [each for each in slower if _end(each.losses) < BETTER * _end(run.losses)]
    return Divergence(stage, run, max(better, key=lambda each: each.learning_rate), tested, True) if better else None


def _at_another_rate(evidence: Evidence, stage: Stage, tested: RateRange | None) -> Undetermined | None:
    """The stage now has a rate that the user's run was not made at: was it seen to be stable?"""
    start = starting_rate(stage)
    if isinstance(start, Undetermined):
        return start
    shown = [run.learning_rate for run in runs_of(evidence, stage) if _falls(run.losses)]
    stable = max([*shown, (tested.largest_stable if tested else None) or 0.0])
    return None if start.rate <= stable else Undetermined("the probe trained at another rate than the one that is set")


def _rises(losses: Sequence[float | None]) -> bool:
    first, third, last = _quarters(losses)
    error = math.sqrt(pvariance(first) / len(first) + pvariance(last) / len(last))
    risen = fmean(last) - fmean(first) > max(RISE * abs(fmean(first)), NOISE * error)
    return risen and fmean(last) > RECOVERY * fmean(third)


def _falls(losses: Sequence[float | None]) -> bool:
    if len(losses) < FEWEST_STEPS or any(loss is None for loss in losses):
        return False
    return _end(losses) < _start(losses) * (1 - FALL)


def _quarters(losses: Sequence[float | None]) -> tuple[list[float], list[float], list[float]]:
    """The first, the third and the last quarter of the finite losses."""
    finite = [loss for loss in losses if loss is not None]
    part = max(1, len(finite) // 4)
    return finite[:part], finite[-2 * part : -part] or finite[:part], finite[-part:]


def _start(losses: Sequence[float | None]) -> float:
    return fmean(_quarters(losses)[0])


def _end(losses: Sequence[float | None]) -> float:
    return fmean(_quarters(losses)[2])


def _better(found: Divergence) -> float | None:
    """The rate to propose: the steepest one if it is stable and below the user's, else the smaller one that was seen to work."""
    tested, rate = found.range, found.run.learning_rate
    if tested and tested.steepest and tested.steepest < rate and tested.steepest <= (tested.largest_stable or 0.0):
        return tested.steepest
    return found.slower.learning_rate if found.slower else None


def _places(found: Divergence) -> tuple[Location, ...]:
    start = starting_rate(found.stage)
    if isinstance(start, Undetermined):
        compiled = found.stage.compiled.get(None)
        return (compiled.place if compiled else found.stage.place,)
    return (start.optimizer.place or start.compiled.place,)


def _exhibits(found: Divergence) -> tuple[Exhibit, ...]:
    runs = [found.run] + ([found.slower] if found.slower else [])
    curve = exhibits.losses("Loss of a short training", {f"rate {run.learning_rate:.2g}": run for run in runs})
    rates = exhibits.rate_range(found.range) if found.range else None
    return (curve, rates) if rates else (curve,)


def _why(probe: ProbeEvidence | None) -> str:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in (probe.skipped if probe else {}).items())
    return f" ({reasons})" if reasons else ""
