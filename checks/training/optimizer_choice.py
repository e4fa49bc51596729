"""optimizer-choice: an optimizer as it comes, where a little more would do better."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.learning_rate import ADAPTIVE, with_rate
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.checks.trainings import takes_pictures
from vggdoctor.evidence import Evidence, Optimizer, Stage
from vggdoctor.schema import Finding, Measure, NotApplicable, Repair, Safety, Severity, Undetermined

MOMENTUM = "0.9"
"""Simonyan and Zisserman, 2014, section 3.1, and nearly every published training with SGD since."""
FINE_TUNING = "1e-5"
"""Keras' guide to transfer learning trains the unfrozen base with Adam at 1e-5."""


class OptimizerChoice(Check):
    """The optimizer stands at a default that was not made for this training.

    What it finds
        SGD without momentum; an adaptive optimizer (Adam, RMSprop ...) at the learning rate that it has by default, while
        pretrained convolutions train.

    Why it hurts
        Plain SGD follows every slope of the batch at hand: with momentum it needs a fraction of the epochs. The default
        rate of the adaptive ones is meant for training from scratch: each step moves every weight by about that rate,
        which is large against pretrained kernels.

    How it is measured
        The optimizer given to compile is read, and observed, with what it takes for granted. A rate that is written down
        counts as chosen.

    The fix
        momentum=0.9 for SGD, and 1e-5 for an adaptive optimizer on a base that trains.

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
            if takes_pictures(stage) is False:
                yield NotApplicable("no call of fit that trains on pictures")
                continue
            optimizer = _optimizer(stage)
            if optimizer is None:
                yield Undetermined("the optimizer is not known")
                continue
            fault = _fault(optimizer, stage)
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
            if optimizer is None or stage.place not in finding.locations or _fault(optimizer, stage) != finding.message:
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
IMPORT = "from tensorflow.keras.optimizers import SGD\n"

OptimizerChoice.GOOD = (
    Case(name="SGD with momentum", source=IMPORT + _with("SGD(learning_rate=0.01, momentum=0.9)")),
    Case(name="Adam's default on a head", source=_with('"adam"')),
)
OptimizerChoice.BAD = (
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
