"""optimizer-choice: an optimizer as it comes, or another that does clearly better."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import fmean, stdev

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import at_stage
from vggdoctor.checks.training.learning_rate import ADAPTIVE, CLASSES, with_rate
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.checks.trainings import takes_pictures
from vggdoctor.evidence import Evidence, Optimizer, OptimizerTrial, ProbeEvidence, Stage
from vggdoctor.schema import Finding, Location, Measure, NotApplicable, Repair, ReplaceExpression, Safety, Severity, Undetermined

MOMENTUM = "0.9"
"""Simonyan and Zisserman, 2014, section 3.1, and nearly every published training with SGD since."""
FINE_TUNING = "1e-5"
"""Keras' guide to transfer learning trains the unfrozen base with Adam at 1e-5."""


WORTH = 0.03
"""Balanced accuracy that another optimizer must gain on the average to be worth a note (ours)."""
QUANTILE = 3.96
"""Of Student's t, 4 degrees of freedom, at 1 - 0.05 / 6: a two-sided 95 % for five seeds and three rivals (Bonferroni)."""
FEWEST_SEEDS = 5


class OptimizerChoice(Check):
    """The optimizer stands at a default that was not made for this training.

    What it finds
        SGD without momentum; an adaptive optimizer (Adam, RMSprop ...) at the learning rate that it has by default, while
        pretrained convolutions train; an optimizer that another one clearly beats in short trainings of the same head.

    Why it hurts
        Plain SGD follows every slope of the batch at hand: with momentum it needs a fraction of the epochs. The default
        rate of the adaptive ones is meant for training from scratch: each step moves every weight by about that rate,
        which is large against pretrained kernels.

    How it is measured
        The optimizer given to compile is read, and observed, with what it takes for granted. A rate that is written down
        counts as chosen. The probe trains the head (or a whole small network) from the same weights with Adam, SGD with momentum
        and RMSprop at their usual rates and with the program's own, on the same five splits. Another wins where its balanced
        accuracy on the pictures held back is higher by 0.03 and by more than the noise of the splits. The program's own
        optimizer counts at its usual rate, too, where that is better: a rate is another question.

    The fix
        momentum=0.9 for SGD, 1e-5 for an adaptive optimizer on a base that trains, or the one that won.

    References
        Sutskever et al., 2013, On the importance of initialization and momentum: https://proceedings.mlr.press/v28/sutskever13
        Keras, transfer learning and fine-tuning: https://keras.io/guides/transfer_learning/
    """

    id = "optimizer-choice"
    title = "An optimizer at an unfit default"
    area = "training"
    severity = Severity.NOTE

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        seen: set[tuple[object, str]] = set()
        for stage in evidence.recipe.stages:
            if takes_pictures(stage) is False and not (evidence.probe and evidence.probe.optimizers):
                yield NotApplicable("no call of fit that trains on pictures")
                continue
            optimizer = _optimizer(stage)
            if optimizer is None:
                yield Undetermined("the optimizer is not known")
                continue
            fault = _fault(optimizer, stage) or _beaten(optimizer, stage, evidence)
            if fault and (optimizer.place, fault) not in seen:
                seen.add((optimizer.place, fault))
                compiled = stage.compiled.value
                yield self.finding(
                    fault,
                    optimizer.place or (compiled.place if compiled else None),
                    stage.place,
                    confidence=compiled.optimizer.confidence if compiled else stage.compiled.confidence,
                    measured={"optimizer": Measure(optimizer.name)},
                )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            optimizer = _optimizer(stage)
            if optimizer is None or stage.place not in finding.locations:
                continue
            winner = _winner(optimizer, stage, evidence)
            if winner is not None and _beaten(optimizer, stage, evidence) == finding.message:
                return _replaced(optimizer, winner)
            if _fault(optimizer, stage) != finding.message:
                continue
            is_plain = optimizer.name == "sgd"
            rate = optimizer.learning_rate.value
            if is_plain and rate is None:
                return None
            changes = with_rate(optimizer, f"{rate:g}" if is_plain else FINE_TUNING, MOMENTUM if is_plain else "")
            if changes:
                return Repair("Give SGD momentum" if is_plain else f"Train at {FINE_TUNING}", changes, Safety.REVIEW)
        return None


def _optimizer(stage: Stage) -> Optimizer | None:
    compiled = stage.compiled.value
    return compiled.optimizer.value if compiled else None


def _winner(optimizer: Optimizer, stage: Stage, evidence: Evidence) -> tuple[OptimizerTrial, OptimizerTrial] | None:
    """The best of the user's own optimizer, and another that beats it beyond the noise."""
    trials = at_stage(evidence.probe.optimizers, stage) if evidence.probe else []
    user = next((trial for trial in trials if trial.label == "user"), None)
    if user is None or user.optimizer != optimizer.name or len(user.accuracies) < FEWEST_SEEDS:
        return None
    own = max((trial for trial in trials if trial.optimizer == user.optimizer), key=lambda trial: fmean(trial.accuracies))
    better = [trial for trial in trials if trial.optimizer != user.optimizer and _is_better(trial, own)]
    return (own, max(better, key=lambda trial: fmean(trial.accuracies))) if better else None


def _is_better(trial: OptimizerTrial, own: OptimizerTrial) -> bool:
    gains = [other - mine for other, mine in zip(trial.accuracies, own.accuracies, strict=True)]
    return fmean(gains) > max(WORTH, QUANTILE * stdev(gains) / math.sqrt(len(gains)))


def _beaten(optimizer: Optimizer, stage: Stage, evidence: Evidence) -> str:
    found = _winner(optimizer, stage, evidence)
    if found is None:
        return ""
    own, winner = found
    beaten, ahead = (CLASSES.get(trial.optimizer, trial.optimizer) for trial in found)
    return (
        f"{ahead} at {winner.learning_rate:g} beats {beaten} at {own.learning_rate:g} in {winner.steps} steps: balanced accuracy "
        f"{fmean(winner.accuracies):.2f} instead of {fmean(own.accuracies):.2f} on {len(own.accuracies)} splits."
    )


def _replaced(optimizer: Optimizer, found: tuple[OptimizerTrial, OptimizerTrial]) -> Repair | None:
    winner = found[1]
    name = CLASSES.get(winner.optimizer)
    if optimizer.place is None or name is None or optimizer.schedule.get(None) is not None:
        return None
    momentum = f", momentum={MOMENTUM}" if winner.optimizer == "sgd" else ""
    source = f"${{keras.optimizers.{name}}}(learning_rate={winner.learning_rate:g}{momentum})"
    return Repair(f"Train with {name}", (ReplaceExpression(optimizer.place, source),), Safety.REVIEW)


def _fault(optimizer: Optimizer, stage: Stage) -> str:
    if optimizer.name == "sgd" and optimizer.momentum.is_(0.0):
        return "SGD has no momentum."
    backbone = stage.model.backbone.value
    if optimizer.name not in ADAPTIVE or not optimizer.rate_is_default or backbone is None:
        return ""
    if not backbone.trainable.is_("some", "all") or backbone.weights.get(None) is None:
        return ""
    rate = f" ({optimizer.learning_rate.value:g})" if optimizer.learning_rate.value is not None else ""
    return f"{optimizer.name} stays at its default learning rate{rate} while {backbone.application}'s pretrained layers train."


def _with(optimizer: str, trainable: bool = False) -> str:
    source = GENERATORS.replace('optimizer="adam"', f"optimizer={optimizer}").replace(', metrics=["accuracy"]', "")
    return (source.replace("base.trainable = False\n", "") if trainable else source) + FIT


FIT = "model.fit(train, validation_data=val, epochs=20)\n"


def _trials(place: Location, own: tuple[float, ...], other: tuple[float, ...]) -> ProbeEvidence:
    made = [
        OptimizerTrial(
            stage=place,
            label=label,
            optimizer=name,
            learning_rate=rate,
            steps=64,
            pictures=256,
            losses=(1.0,) * 5,
            accuracies=scores,
        )
        for label, name, rate, scores in (("user", "rmsprop", 0.001, own), ("sgd", "sgd", 0.01, other))
    ]
    return ProbeEvidence(optimizers=tuple(made))


AHEAD = _trials(Location("train.py", 16, 16), (0.60, 0.62, 0.58, 0.61, 0.60), (0.80, 0.83, 0.78, 0.80, 0.79))
WITHIN_NOISE = _trials(Location("train.py", 16, 16), (0.60, 0.62, 0.58, 0.61, 0.60), (0.80, 0.50, 0.75, 0.52, 0.79))
IMPORT = "from tensorflow.keras.optimizers import SGD\n"

OptimizerChoice.GOOD = (
    Case(name="another is ahead, within the noise", source=_with('"rmsprop"'), probe=WITHIN_NOISE),
    Case(name="SGD with momentum", source=IMPORT + _with("SGD(learning_rate=0.01, momentum=0.9)")),
    Case(name="Adam's default on a head", source=_with('"adam"')),
)
OptimizerChoice.BAD = (
    Case(
        name="another is ahead on all splits",
        source=_with('"rmsprop"'),
        probe=AHEAD,
        lines=(15, 16),
        says="SGD at 0.01 beats RMSprop at 0.001 in 64 steps: balanced accuracy 0.80 instead of 0.60",
    ),
    Case(
        name="SGD without momentum",
        source=IMPORT + _with("SGD(learning_rate=0.005)"),
        lines=(16, 17),
        fixed=IMPORT + _with("SGD(learning_rate=0.005, momentum=0.9)"),
        severity=Severity.NOTE,
        says="SGD has no momentum",
    ),
    Case(
        name="Adam's default on the whole network",
        source=_with('"adam"', trainable=True),
        lines=(14, 15),
        says="stays at its default",
    ),
)
