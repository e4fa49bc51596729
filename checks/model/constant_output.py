"""constant-output: after a short training the network gives every picture the same answer."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import at_stage, learns, look_at
from vggdoctor.checks.model.probed import FIT, PROGRAM
from vggdoctor.checks.model.symptoms import CAUSES
from vggdoctor.evidence import Evidence, FirstLook, OneBatch, Predictions, ProbeEvidence, Stage, TrainingRun
from vggdoctor.schema import Confidence, Finding, Measure, Severity, Undetermined

NO_SPREAD = 1e-4
"""Standard deviation of an output over pictures below which it is constant: sound networks that have learnt nothing yet have
1e-3 and more (tests/benchmarks/small_classifiers)."""
FEWEST_PICTURES = 16
"""Of one class among several, before all answers being one means something (ours)."""

BY_HEART_STEPS = 60
"""Of a few pictures, before not knowing them means something: sound networks of tests/benchmarks/small_classifiers need 10 to 50,
and a probe that is short of time ends after fewer."""


class ConstantOutput(Check):
    """The network says the same whatever it is shown.

    What it finds
        All validation pictures given to one class after a short training, while there are several, by a network whose outputs do
        not depend on the picture, or that could not even learn sixteen pictures by heart.

    Why it hurts
        Such a network has the accuracy of the largest class, and its loss may well look calm. It is a symptom: a last layer that
        cannot do otherwise, a rate that threw the weights away, weights that start equal, a penalty that rules the loss.

    How it is measured
        The probe trains some steps as the program does, counts the classes of the validation pictures, and measures how the
        outputs vary over pictures. A network that gives one class because it has just begun to learn varies, and is left alone.

    The fix
        That of the finding that this one stands under.

    References
        A. Karpathy, "A Recipe for Training Neural Networks" (2019): overfit one batch
    """

    id = "constant-output"
    title = "The network gives one answer to everything"
    area = "model"
    severity = Severity.ERROR
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            probe = evidence.probe
            seen = next(iter(at_stage(probe.predictions, stage)), None) if probe else None
            if seen is None or sum(seen.actual) < FEWEST_PICTURES:
                yield Undetermined("what the network predicts after a short training is not known")
            elif _is_one_class(seen) and (why := _constant(evidence, stage)):
                total = sum(seen.predicted)
                yield self.finding(
                    f"After {seen.steps} steps all {total} validation pictures are given one class of {len(seen.actual)}; {why}.",
                    stage.place,
                    measured={
                        "pictures given to one class": Measure(total, "pictures"),
                        "its real share": Measure(round(_share(seen), 3), "share"),
                        **_spread(look_at(evidence, stage, "trained")),
                    },
                    confidence=Confidence.HIGH,
                )

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        return CAUSES


def _is_one_class(seen: Predictions) -> bool:
    several = sum(1 for count in seen.actual if count) > 1
    return several and max(seen.predicted) == sum(seen.predicted)


def _share(seen: Predictions) -> float:
    """Of the validation pictures that really are of the class that all are given."""
    given = seen.predicted.index(max(seen.predicted))
    return seen.actual[given] / max(1, sum(seen.actual)) if given < len(seen.actual) else 0.0


def _constant(evidence: Evidence, stage: Stage) -> str:
    """Why this is no mere beginning; empty if it may be one."""
    look = look_at(evidence, stage, "trained")
    if look is not None and look.spread is not None and look.spread < NO_SPREAD:
        return "its outputs do not depend on the picture"
    batch = next(iter(at_stage(evidence.probe.one_batch, stage)), None) if evidence.probe else None
    if batch is None or batch.accuracy is None or len(batch.losses) < BY_HEART_STEPS:
        return ""
    knows = batch.accuracy > batch.majority
    return "" if knows or learns(evidence, stage) is not False else f"nor can it learn {batch.pictures} pictures by heart"


def _spread(look: FirstLook | None) -> dict[str, Measure]:
    return {"spread of the outputs": Measure(float(f"{look.spread:.3g}"))} if look and look.spread is not None else {}


def _probe(
    predicted: tuple[int, ...], spread: float, by_heart: float, losses: tuple[float, ...], steps: int = 120
) -> ProbeEvidence:
    return ProbeEvidence(
        predictions=(Predictions(stage=FIT, predicted=predicted, actual=(20, 20, 24), steps=64),),
        looks=(FirstLook(stage=FIT, moment="trained", pictures=64, loss=losses[-1], penalty=0.0, spread=spread),),
        runs=(TrainingRun(stage=FIT, label="user", learning_rate=1e-3, losses=losses, chance_loss=1.1),),
        one_batch=(OneBatch(stage=FIT, pictures=16, rate=1e-3, losses=(1.1,) * steps, accuracy=by_heart, majority=0.375),),
    )


STILL = (1.1, 1.12, 1.09, 1.1, 1.11, 1.1, 1.09, 1.1) * 3
FALLING = tuple(1.1 - 0.03 * step for step in range(24))

ConstantOutput.GOOD = (
    Case(name="several classes are predicted", source=PROGRAM, probe=_probe((10, 30, 24), 0.2, 1.0, FALLING)),
    Case(name="one class, but it has only begun to learn", source=PROGRAM, probe=_probe((0, 64, 0), 0.02, 1.0, STILL)),
    Case(
        name="one class, and no time to learn a few pictures by heart",
        source=PROGRAM,
        probe=_probe((0, 64, 0), 0.02, 0.375, STILL, steps=12),
    ),
)
ConstantOutput.BAD = (
    Case(
        name="the outputs do not vary",
        source=PROGRAM,
        probe=_probe((0, 64, 0), 0.0, 1.0, STILL),
        lines=(16,),
        severity=Severity.ERROR,
        says="do not depend on the picture",
    ),
    Case(
        name="one class, and not even a few pictures can be learnt",
        source=PROGRAM,
        probe=_probe((0, 64, 0), 0.02, 0.375, STILL),
        lines=(16,),
        says="16 pictures by heart",
    ),
)
