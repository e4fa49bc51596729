"""unscaled-input: a network that starts from random weights is fed pixels of 0..255, or columns of a table as they are."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.backbones import FAMILIES, Mode
from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import answers_one_class, at_stage, learns, look_at
from vggdoctor.checks.preprocessing.contract import arrival, overall
from vggdoctor.checks.preprocessing.way import doubt, surest
from vggdoctor.checks.trainings import Training, is_name, takes_pictures, training_of, trainings
from vggdoctor.evidence import Evidence, FirstLook, InputContract, ProbeEvidence, Recipe, Role, Stage, TrainingRun
from vggdoctor.schema import (
    Change,
    Finding,
    InsertStatements,
    Location,
    Measure,
    NotApplicable,
    Repair,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

LARGE_SPAN = 35.0
"""Values spread evenly over this have a standard deviation of 10, above which the catalogue calls an input unscaled."""

LARGE_SPREAD = 10.0
"""Standard deviation of what reaches the first kernel, measured (catalogue); standardised data have 1, pixels about 60."""
FAR_ABOVE = 2.0
"""Times the loss of guessing at which the first loss lies far above it (ours: unscaled data gave 20 to 30, scaled 1.0 to 1.1)."""

READING_LAYERS = frozenset(
    {"Conv2D", "SeparableConv2D", "DepthwiseConv2D", "ZeroPadding2D", "MaxPooling2D", "AveragePooling2D", "Flatten", "Dense"}
)
"""First layers that take the values as they come: a BatchNormalization, or a layer of one's own, may scale them."""


class UnscaledInput(Check):
    """A network that starts from random weights is fed pixels of 0..255, or columns of a table in their own units.

    What it finds
        A network without pretrained weights whose inputs reach its first layer unscaled: no division, no Rescaling or
        Normalization layer, no BatchNormalization at the front.

    Why it hurts
        Initial weights are made for inputs of about unit size. Pixels of 0..255 make the first outputs, and so the first loss
        and its gradients, a hundred times too large: training starts by undoing that, at the cost of epochs, dead ReLU units, or
        a loss that never leaves its first value.

    How it is measured
        The range of the values is followed through every step up to the first layer: it is wider than 35, which
        for evenly spread values is a standard deviation of 10. Pixels span 255. Where the program was run, what reaches the first
        kernel is measured: a standard deviation over 10, and a first loss of more than twice that of guessing, or with a loss
        that has no such value, a short training after which the loss stands where it did or all answers are one class.

    The fix
        rescale=1/255 where an ImageDataGenerator feeds every call, else a Rescaling(1/127.5, offset=-1) in front of the model,
        which then also serves predict.

    References
        LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.3: normalising the inputs
        Glorot and Bengio, 2010: https://proceedings.mlr.press/v9/glorot10a.html
    """

    id = "unscaled-input"
    title = "Pixels of 0..255 into a network from scratch"
    area = "preprocessing"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for training in trainings(evidence.recipe):
            said = _judged(training[0], evidence)
            if isinstance(said, Undetermined | NotApplicable):
                yield said
            elif said is not None:
                yield self._found(training, said, evidence)

    def _found(self, training: Training, values: tuple[float, float], evidence: Evidence) -> Finding:
        stage = training[0]
        train, layers = stage.train, stage.model.layers
        holder = train.generator or train.loader
        steps = (*train.steps, *stage.model.input_steps)
        return self.finding(
            f"A network that starts from random weights is fed {values[0]:.4g}..{values[1]:.4g}; "
            f"its first layer is made for inputs of about 1{_shown(stage, evidence)}.",
            holder.place if holder else (*train.places[:1], stage.place)[0],
            stage.place,
            confidence=surest(steps),
            measured={
                "input minimum": Measure(values[0], "input value"),
                "input maximum": Measure(values[1], "input value"),
                "first layer": Measure(layers[0].kind if layers else stage.model.assigned_to),
            },
        )

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        """Pretrained weights would take such values."""
        return ("random-backbone",)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        training = training_of(finding, evidence.recipe)
        if training[0].train.having(Role.NORMALIZATION) or training[0].model.input_steps:
            return None
        return _in_generators(training, evidence.recipe) or _in_front(training[0])


def _judged(stage: Stage, evidence: Evidence) -> tuple[float, float] | Undetermined | NotApplicable | None:
    """The unscaled range that reaches the first layer; None if it is scaled."""
    model = stage.model
    if not model.backbone.known:
        return Undetermined(f"the network is not fully known: {model.backbone.reason}")
    backbone = model.backbone.value
    if backbone is not None and not backbone.weights.is_(None):
        return NotApplicable("the network starts from pretrained weights")
    if backbone is not None and backbone.family in FAMILIES and FAMILIES[backbone.family].mode is Mode.BUILTIN:
        return NotApplicable(f"{backbone.application} rescales its input itself")
    contract = _measured(stage, evidence)
    if contract is not None and max(contract.std) <= LARGE_SPREAD:
        return None
    if contract is not None and _starts_far_off(stage, evidence):
        return float(f"{contract.minimum:.4g}"), float(f"{contract.maximum:.4g}")
    if contract is not None and not takes_pictures(stage):
        return None
    if takes_pictures(stage) is False:
        return NotApplicable("the network is not trained on pictures, and its inputs were not measured")
    if not stage.train.start_range.known:  # a table of numbers, or arrays of unknown making
        return Undetermined(f"where the pictures come from is not known: {stage.train.start_range.reason}")
    lost = any(step.role is Role.UNKNOWN for step in model.input_steps)
    if (reason := doubt(stage.train)) or lost:
        return Undetermined(reason or "a step at the front of the model is not understood")
    values = arrival(stage.train.start_range.value or (0.0, 255.0), (*stage.train.steps, *model.input_steps))
    if values is None:
        return Undetermined("what the pictures are at the first layer is not known")
    low, high = overall(values)
    if high - low <= LARGE_SPAN:
        return None
    if backbone is None and (not model.layers or model.layers[0].kind not in READING_LAYERS):
        first = model.layers[0].kind if model.layers else "not known"
        return None if first == "BatchNormalization" else Undetermined(f"what the first layer does ({first}) is not known")
    return low, high


def _measured(stage: Stage, evidence: Evidence) -> InputContract | None:
    """What reaches the first kernel of a network without a backbone, in training."""
    found = at_stage(evidence.probe.contracts, stage) if evidence.probe else []
    return next((contract for contract in found if contract.role == "train" and not contract.family), None)


def _starts_far_off(stage: Stage, evidence: Evidence) -> bool:
    """Whether the network is far from where it could learn: by its first loss, or where no loss of guessing is known for that
    (a loss of one's own), by a short training after which the loss stands where it did, or all answers are one class."""
    look = look_at(evidence, stage)
    if look is None or look.loss is None:
        return False
    if look.chance_loss is not None:
        return look.loss > FAR_ABOVE * look.chance_loss
    return learns(evidence, stage) is False or answers_one_class(evidence, stage)


def _shown(stage: Stage, evidence: Evidence) -> str:
    """What the probe saw of it, for the message."""
    contract, look = _measured(stage, evidence), look_at(evidence, stage)
    if contract is None or not _starts_far_off(stage, evidence) or look is None:
        return ""
    losses = "the network learns nothing in a short training"
    if look.chance_loss is not None:
        losses = f"the first loss {look.loss:.3g}, that of guessing {look.chance_loss:.3g}"
    return f" (their standard deviation is {max(contract.std):.3g}, {losses})"


def _in_generators(training: Training, recipe: Recipe) -> Repair | None:
    """``rescale`` in every generator that feeds this network, where all that feeds it are such."""
    pipelines = [stage.train for stage in training]
    pipelines += [validation for stage in training if (validation := stage.validation.get(None))]
    numbers = {recipe.stages.index(stage) for stage in training}
    for evaluation in recipe.evaluations:
        if evaluation.stage in numbers and (pipeline := evaluation.pipeline.get(None)):
            pipelines.append(pipeline)
    generators = [pipeline.generator for pipeline in pipelines]
    changes: dict[Change, None] = {}
    for generator in generators:
        if generator is None or not generator.function.endswith("ImageDataGenerator"):
            return None
        changes[SetArgument(generator.place, "rescale", "1.0 / 255")] = None
    return Repair("Scale the pixels to 0..1", tuple(changes))


def _in_front(stage: Stage) -> Repair | None:
    """A Rescaling layer before the network, put there before it is compiled."""
    name, compiled = stage.model.assigned_to, stage.compiled.get(None)
    shape = stage.model.input_shape.get(None) or ()
    shape = shape[1:] if len(shape) == 4 else shape
    if not is_name(name) or compiled is None or len(shape) != 3:
        return None
    source = (
        f"{name} = ${{keras.Sequential}}([\n    ${{keras.Input}}(shape={shape!r}),\n"
        f"    ${{keras.layers.Rescaling}}(1 / 127.5, offset=-1),\n    {name},\n])"
    )
    return Repair("Scale the pixels to -1..1 in front of the network", (InsertStatements(compiled.place, source),), Safety.REVIEW)


SCRATCH = """\
import tensorflow as tf
from tensorflow.keras import layers, models

train = tf.keras.utils.image_dataset_from_directory("blood/train", image_size=(120, 120), label_mode="categorical")
test = tf.keras.utils.image_dataset_from_directory("blood/test", image_size=(120, 120), label_mode="categorical")

model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=(120, 120, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dense(4, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10, validation_data=test)
"""

GENERATORS = """\
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(horizontal_flip=True)
test_datagen = ImageDataGenerator()
train = train_datagen.flow_from_directory("data/train", target_size=(64, 64), class_mode="binary")
test = test_datagen.flow_from_directory("data/test", target_size=(64, 64), class_mode="binary")

model = Sequential([
    Conv2D(32, (3, 3), activation="relu", input_shape=(64, 64, 3)),
    MaxPooling2D(),
    Flatten(),
    Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=test, epochs=25)
"""

TABLE = """\
import keras
import pandas as pd

table = pd.read_csv("wine.csv")
x, y = table.drop(columns="quality").to_numpy(), table["quality"].to_numpy()
model = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(6, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(x, y, epochs=30)
"""


def _probe(std: float, loss: float, chance: float | None = 1.792, runs: tuple[TrainingRun, ...] = ()) -> ProbeEvidence:
    fit = Location("train.py", 8, 8)
    contract = InputContract(
        stage=fit,
        role="train",
        family="",
        tensor="dense",
        pictures=64,
        minimum=-2 * std,
        maximum=5 * std,
        mean=(0.1,),
        std=(std,),
    )
    look = FirstLook(stage=fit, moment="start", pictures=64, loss=loss, penalty=0.0, chance_loss=chance)
    return ProbeEvidence(contracts=(contract,), looks=(look,), runs=runs)


def _run(*losses: float) -> TrainingRun:
    return TrainingRun(stage=Location("train.py", 8, 8), label="user", learning_rate=1e-3, losses=losses * 24)


OWN_LOSS = TABLE.replace('"sparse_categorical_crossentropy"', "focal")

UnscaledInput.BAD = (
    Case(
        name="a loss of one's own that does not fall",
        source=OWN_LOSS,
        probe=_probe(44.2, 3.1, None, (_run(3.1),)),
        lines=(4, 8),
        says="the network learns nothing in a short training",
    ),
    Case(
        name="a table in its own units",
        source=TABLE,
        probe=_probe(44.2, 34.6),
        lines=(4, 8),
        severity=Severity.WARNING,
        says="their standard deviation is 44.2, the first loss 34.6",
    ),
    Case(
        name="a dataset from a folder",
        source=SCRATCH,
        fixed=SCRATCH.replace(
            "model.compile(",
            """\
model = tf.keras.Sequential([
    tf.keras.Input(shape=(120, 120, 3)),
    layers.Rescaling(1 / 127.5, offset=-1),
    model,
])
model.compile(""",
        ),
        lines=(4, 13),
        severity=Severity.WARNING,
        says="is fed 0..255",
    ),
    Case(
        name="generators without rescale",
        source=GENERATORS,
        fixed=GENERATORS.replace(
            "ImageDataGenerator(horizontal_flip=True)", "ImageDataGenerator(horizontal_flip=True, rescale=1.0 / 255)"
        ).replace("ImageDataGenerator()", "ImageDataGenerator(rescale=1.0 / 255)"),
        lines=(5, 17),
    ),
    Case(
        name="VGG16 without its weights",
        source="""\
import keras

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 3), pooling="max")
model = keras.Sequential([base, keras.layers.Dense(10, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, validation_data=(x_test, y_test))
""",
        lines=(3, 7),
    ),
)
UnscaledInput.GOOD = (
    Case(
        name="a loss of one's own that falls",
        source=OWN_LOSS,
        probe=_probe(
            44.2,
            3.1,
            None,
            (
                TrainingRun(
                    stage=Location("train.py", 8, 8),
                    label="user",
                    learning_rate=1e-3,
                    losses=(3.1, 2.5, 2.0, 1.6, 1.2, 0.9, 0.7, 0.6),
                ),
            ),
        ),
    ),
    Case(name="a standardised table, values outside of -1..1", source=TABLE, probe=_probe(1.0, 1.9)),
    Case(name="a large spread that does no harm", source=TABLE, probe=_probe(20.0, 1.9)),
    Case(
        name="1/255 without pretrained weights (trap 6)", source=GENERATORS.replace("Generator(", "Generator(rescale=1. / 255, ")
    ),
    Case(
        name="a Rescaling layer at the front",
        source=SCRATCH.replace("model.add(layers.Conv2D", "model.add(layers.Rescaling(1 / 255))\nmodel.add(layers.Conv2D", 1),
    ),
    Case(
        name="a BatchNormalization at the front",
        source=GENERATORS.replace("    Conv2D(32", "    BatchNormalization(input_shape=(64, 64, 3)),\n    Conv2D(32").replace(
            "import Conv2D", "import BatchNormalization, Conv2D"
        ),
    ),
    Case(
        name="a backbone that rescales its input itself",
        source="""\
import keras

train = keras.utils.image_dataset_from_directory("food", image_size=(224, 224))
base = keras.applications.EfficientNetB0(include_top=False, weights=None, pooling="avg", input_shape=(224, 224, 3))
model = keras.Sequential([base, keras.layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=30)
""",
    ),
)
