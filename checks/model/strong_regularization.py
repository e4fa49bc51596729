from __future__ import annotations

import math
from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.measurements import learns, look_at
from vggdoctor.evidence import Evidence, FirstLook, Layer, ProbeEvidence, Stage, TrainingRun
from vggdoctor.schema import (
    Change,
    Effect,
    Finding,
    Location,
    Measure,
    NotApplicable,
    Repair,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

DROPOUT_LIMIT = 0.5
"""The strongest that N. Srivastava et al., "Dropout" (2014), section A.4, recommend for hidden layers."""
WEAKER = "1e-4"
"""A coefficient whose term stays small beside the loss for layers of up to about a thousand units (ours)."""

PENALISED = """\
from tensorflow.keras import regularizers
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Dropout, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential()
model.add(base)
model.add(Flatten())
model.add(Dense(256, activation="relu", kernel_regularizer=regularizers.l2(0.01)))
model.add(Dropout(0.5))
model.add(Dense(2, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=10)
"""


class StrongRegularization(Check):
    """What is meant against overfitting outweighs what is to be learnt.

    What it finds
        An l1 or l2 penalty that at the start is larger than the loss of guessing, ln C for C classes; Dropout of more than half
        of the values.

    Why it hurts
        While the penalty is the larger part of the loss, the optimizer shrinks the weights first and fits the pictures later: the
        first epochs show a loss that falls and an accuracy that does not rise. Of dropout over 0.5 the layer behind sees so
        little that it has to be wider, or underfits.

    How it is measured
        The coefficient times the expected sum of squares (or absolute values) of the kernel at the start, which follows from the
        initializer and the size: inputs * units * 2 / (inputs + units) for Glorot. Where the program was run, the penalty and the
        loss of the data in the first step. The rate of each Dropout, and whether the loss falls beside it in a short training.

    The fix
        l2 of 1e-4, dropout of 0.5 or less.

    References
        N. Srivastava et al., "Dropout" (2014), section A.4; X. Glorot and Y. Bengio (2010), equation 16
    """

    id = "strong-regularization"
    title = "Regularization stronger than the loss"
    area = "model"
    severity = Severity.NOTE

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages for item in self._judge(stage, evidence))

    def _judge(self, stage: Stage, evidence: Evidence) -> Iterator[Said]:
        layers = stage.model.layers
        if not layers:
            yield NotApplicable("no layer is put on the backbone")
        strong = [layer for layer in layers if _rate(layer) > DROPOUT_LIMIT]
        if strong:
            rates = ", ".join(f"{_rate(layer):g}" for layer in strong)
            stands = learns(evidence, stage) is False
            yield self.finding(
                f"Dropout({rates}) drops more than half of what the next layer is to learn from"
                + (", and the loss does not fall" if stands else ""),
                *(layer.place for layer in strong),
                severity=Severity.WARNING if stands else Severity.NOTE,
                measured={"rate": Measure(max(_rate(layer) for layer in strong), "share of the values")},
            )
        penalised = [layer for layer in layers if _is_penalised(layer)]
        terms = {index: _term(layer) for index, layer in enumerate(penalised)}
        total = sum(term for term in terms.values() if term is not None)
        guessing = _guessing(stage)
        look = look_at(evidence, stage)
        if look is not None and look.penalty is not None and look.loss is not None:
            if look.penalty > max(look.loss, guessing or 0.0):
                yield self._measured(stage, penalised, look.penalty, look.loss)
        elif guessing is None and total > 0:
            yield Undetermined(f"the number of classes is not known: {stage.model.output.units.reason}")
        elif guessing is not None and total > guessing:
            yield self.finding(
                f"the penalty on the weights starts at about {total:.2g}, the loss of guessing is {guessing:.2g}",
                *(penalised[index].place for index, term in terms.items() if term),
                measured={"penalty": Measure(float(f"{total:.3g}"), "at the start"), "guessing": Measure(round(guessing, 3))},
            )
        elif None in terms.values():
            yield Undetermined("the size of a layer whose weights are penalised is not known")

    def _measured(self, stage: Stage, penalised: list[Layer], penalty: float, loss: float) -> Finding:
        return self.finding(
            f"the penalty on the weights starts at {penalty:.3g}, the loss of the data at {loss:.3g} (measured)",
            *([layer.place for layer in penalised] or [stage.place]),
            measured={"penalty": Measure(float(f"{penalty:.3g}"), "at the start"), "loss": Measure(round(loss, 3))},
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        changes: dict[Change, None] = {}
        for stage in evidence.recipe.stages:
            for layer in stage.model.layers:
                if layer.place is None or layer.place not in finding.locations:
                    continue
                if _rate(layer) > DROPOUT_LIMIT:
                    changes[SetArgument(layer.place, "rate", "0.5")] = None
                elif _is_penalised(layer) and layer.l1.is_(0.0):
                    changes[SetArgument(layer.place, "kernel_regularizer", f"${{keras.regularizers.l2}}({WEAKER})")] = None
        if not changes:
            return None
        only_dropout = all(isinstance(change, SetArgument) and change.name == "rate" for change in changes)
        effect = Effect.EPOCHS if only_dropout else None  # with less of it any short training learns faster
        return Repair("Weaken the regularization", tuple(changes), Safety.REVIEW, effect)

    BAD = (
        Case(
            name="a penalty that was measured",
            source=PENALISED.replace("l2(0.01)", "strength"),
            probe=ProbeEvidence(
                looks=(FirstLook(stage=Location("train.py", 17, 17), moment="start", pictures=64, loss=0.7, penalty=569.0),)
            ),
            lines=(17,),
            says="starts at 569, the loss of the data at 0.7 (measured)",
        ),
        Case(
            name="dropout beside a loss that does not fall",
            source=PENALISED.replace("l2(0.01)", "l2(1e-4)").replace("Dropout(0.5)", "Dropout(0.9)"),
            probe=ProbeEvidence(
                runs=(
                    TrainingRun(
                        stage=Location("train.py", 17, 17), label="user", learning_rate=1e-3, losses=(0.7,) * 24, chance_loss=0.69
                    ),
                )
            ),
            lines=(14,),
            severity=Severity.WARNING,
            says="and the loss does not fall",
        ),
        Case(
            name="l2 of 0.01 on 25,088 inputs",
            source=PENALISED,
            fixed=PENALISED.replace("l2(0.01)", "l2(1e-4)"),
            lines=(13,),
            severity=Severity.NOTE,
            says="starts at about 5.1",
        ),
        Case(
            name="dropout of 0.7",
            source=PENALISED.replace("l2(0.01)", "l2(1e-4)").replace("Dropout(0.5)", "Dropout(0.7)"),
            fixed=PENALISED.replace("l2(0.01)", "l2(1e-4)"),
            lines=(14,),
            says="Dropout(0.7)",
        ),
    )

    GOOD = (
        Case(
            name="l2 of 0.01, and little of it in the first step",
            source=PENALISED,
            probe=ProbeEvidence(
                looks=(FirstLook(stage=Location("train.py", 17, 17), moment="start", pictures=64, loss=0.7, penalty=0.4),)
            ),
        ),
        Case(name="weak l2, dropout of a half", source=PENALISED.replace("l2(0.01)", "l2(1e-4)")),
        Case(name="l2 of 0.001 on the same layer", source=PENALISED.replace("l2(0.01)", "l2(0.001)")),
        Case(name="none", source=PENALISED.replace(", kernel_regularizer=regularizers.l2(0.01)", "")),
    )


def _rate(layer: Layer) -> float:
    """The share that a Dropout drops; 0 for other layers and where it is not known."""
    rate = layer.settings.get("rate") if layer.kind == "Dropout" else None
    return float(rate) if isinstance(rate, int | float) else 0.0


def _is_penalised(layer: Layer) -> bool:
    return bool(layer.l1.value or layer.l2.value) and not layer.trainable.is_(False)


def _term(layer: Layer) -> float | None:
    """The penalty's expected value at the start; None where it cannot be worked out (convolutions included)."""
    inputs, units = layer.inputs.value, layer.units.value
    if layer.kind != "Dense" or not inputs or not units or not layer.l1.known or not layer.l2.known:
        return None
    kind, _, shape = (layer.initializer.value or "").partition("_")
    variance = {"glorot": 2 / (inputs + units), "he": 2 / inputs, "lecun": 1 / inputs}.get(kind)
    if variance is None:
        return None
    spread = math.sqrt(variance)
    absolute = spread * (math.sqrt(3) / 2 if shape == "uniform" else math.sqrt(2 / math.pi))
    return inputs * units * ((layer.l2.value or 0.0) * variance + (layer.l1.value or 0.0) * absolute)


def _guessing(stage: Stage) -> float | None:
    """The loss of a network that gives every class the same probability: ln C."""
    units = stage.model.output.units.value
    return math.log(max(units, 2)) if units else None
