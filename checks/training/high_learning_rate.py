from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.learning_rate import (
    CLASSES,
    ROUNDING,
    StartingRate,
    is_written_elsewhere,
    limit_of,
    starting_rate,
    user_run,
    with_rate,
)
from vggdoctor.checks.trainings import trainings
from vggdoctor.evidence import Backbone, Evidence, Stage, TrainingRun
from vggdoctor.schema import Change, Confidence, Finding, Location, Measure, NotApplicable, Repair, Safety, Severity, Undetermined

UPDATE_LIMIT = 1e-2
"""Spread of one step's update over the kernel's: ten times the healthy 1e-3 (CS231n, "Ratio of weights:updates")."""
HEALTHY_UPDATE = 1e-3
NEAR = 0.3
"""Rates above this share of the limit are reported too where the measured update exceeds UPDATE_LIMIT (ours)."""


class Excess(Struct, frozen=True):
    """A stage that trains pretrained convolutions too fast."""

    stage: Stage
    backbone: Backbone
    start: StartingRate
    limit: float
    run: TrainingRun | None

    @property
    def shown(self) -> bool:
        """Whether the probe measured updates that are too large."""
        return bool(self.run and self.run.update_ratio is not None and self.run.update_ratio > UPDATE_LIMIT)

    @property
    def measured_below(self) -> bool:
        return bool(self.run and self.run.update_ratio is not None and not self.shown)


class HighLearningRate(Check):
    """Pretrained convolutions are trained at a rate that is meant for random ones.

    What it finds
        A backbone with pretrained weights, some or all of whose layers train, under Adam, RMSprop or a relative at 1e-3 or
        more, or under SGD at 1e-2 or more. These are the defaults of Keras, so leaving the rate out counts.

    Why it hurts
        The gradients of a random head are large, and an adaptive optimizer moves every weight by about the rate a step, a tenth
        of the spread of VGG16's deepest kernels: within a few steps the pretrained features are gone, and the network trains
        from scratch on a small set.

    How it is measured
        The rate and the layers that train are read or observed. Where the probe ran with the real weights, the spread of one
        step's update over the spread of the kernel says what the rate does: over 1 % confirms, below 0.1 % acquits.

    The fix
        1e-5 for adaptive optimizers, 1e-4 with momentum 0.9 for SGD.

    References
        https://keras.io/guides/transfer_learning/ ; CS231n, "Ratio of weights:updates"; F. Chollet, "Building powerful image
        classification models using very little data" (2016)
    """

    id = "high-learning-rate"
    title = "Rate too high for pretrained layers"
    area = "training"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        judged = [_excess(evidence, stage) for stage in evidence.recipe.stages]
        yield from (item for item in judged if isinstance(item, Undetermined))
        if all(isinstance(item, NotApplicable) for item in judged):
            yield from (item for item in judged if isinstance(item, NotApplicable))
        for group in _groups(evidence):
            yield self._report(group)

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        return ("unfrozen-backbone",)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        group = next((group for group in _groups(evidence) if _places(group) == finding.locations), ())
        changes: dict[Change, None] = {}
        for excess in group:
            needed = _slower(excess, group, evidence)
            if not needed:
                return None
            changes.update(dict.fromkeys(needed))
        if not changes:
            return None
        elsewhere = any(is_written_elsewhere(excess.start.optimizer, evidence.recipe) for excess in group)
        safety = Safety.REVIEW if elsewhere else Safety.SAFE
        return Repair("Fine-tune at a rate that keeps the pretrained features", tuple(changes), safety)

    def _report(self, group: tuple[Excess, ...]) -> Finding:
        first = next((excess for excess in group if excess.shown), group[0])
        optimizer, rate = first.start.optimizer, first.start.rate
        default = ", the default of Keras," if optimizer.rate_is_default else ""
        what = "all layers" if first.backbone.trainable.is_("all") else "some layers"
        message = f"{CLASSES[optimizer.name]} at {rate:.2g}{default} trains {what} of the pretrained {first.backbone.application}"
        measured = {
            "learning_rate": Measure(float(f"{rate:.4g}"), "1/step"),
            "limit": Measure(first.limit, "1/step"),
            "optimizer": Measure(optimizer.name),
        }
        if first.run and first.run.update_ratio is not None:
            message += f"; one step changes its kernels by {first.run.update_ratio:.2%} of their spread (measured)"
            measured["update_ratio"] = Measure(float(f"{first.run.update_ratio:.3g}"), "of the kernels' spread")
        doubtful = first.measured_below or first.start.rate < first.limit * ROUNDING
        confidence = Confidence.HIGH if first.shown else first.start.confidence
        return self.finding(
            message,
            *_places(group),
            severity=Severity.WARNING if doubtful else Severity.ERROR,
            confidence=max(confidence, Confidence.MEDIUM, key=lambda c: c.rank) if doubtful else confidence,
            measured=measured,
        )

    BAD = (
        Case(
            name="whole VGG16 under Adam's default",
            source="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
model = Sequential()
model.add(VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3)))
model.add(Flatten())
model.add(Dense(3, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10)
""",
            fixed="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
model = Sequential()
model.add(VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3)))
model.add(Flatten())
model.add(Dense(3, activation="softmax"))
model.compile(optimizer=Adam(learning_rate=1e-5), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10)
""",
            lines=(11,),
            severity=Severity.ERROR,
            says="Adam at 0.001, the default",
        ),
        Case(
            name="fine-tuning stage without a lower rate",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base_model = tf.keras.applications.ResNet50(include_top=False, weights="imagenet", pooling="avg")
base_model.trainable = False
inputs = tf.keras.Input(shape=(224, 224, 3))
x = tf.keras.applications.resnet50.preprocess_input(inputs)
x = base_model(x, training=False)
model = tf.keras.Model(inputs, tf.keras.layers.Dense(5, activation="softmax")(x))
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.001), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)

base_model.trainable = True
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.001), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
""",
            lines=(14,),
            says="all layers of the pretrained ResNet50",
        ),
        Case(
            name="last block under SGD",
            source="""\
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.layers import Dense
from keras.models import Model
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, pooling="avg")
for layer in base.layers[:15]:
    layer.trainable = False
model = Model(inputs=base.input, outputs=Dense(3, activation="softmax")(base.output))
model.compile(optimizer=SGD(learning_rate=0.05), loss="categorical_crossentropy")
model.fit(train, epochs=10)
""",
            fixed="""\
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.layers import Dense
from keras.models import Model
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, pooling="avg")
for layer in base.layers[:15]:
    layer.trainable = False
model = Model(inputs=base.input, outputs=Dense(3, activation="softmax")(base.output))
model.compile(optimizer=SGD(learning_rate=1e-4, momentum=0.9), loss="categorical_crossentropy")
model.fit(train, epochs=10)
""",
            lines=(12,),
            says="some layers",
        ),
    )

    GOOD = (
        Case(
            name="frozen after assembly, before compile (trap 8)",
            source="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, pooling="avg")
model = Model(inputs=base.input, outputs=Dense(3, activation="softmax")(base.output))
for layer in base.layers:
    layer.trainable = False
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=10)
""",
        ),
        Case(
            name="unfrozen with no compile since: what trained before trains on",
            source="""\
import keras

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = keras.applications.VGG16(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
base.trainable = True
model.fit(train_ds, epochs=5)
""",
        ),
        Case(
            name="low rate for the fine-tuning",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = tf.keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg")
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer=tf.keras.optimizers.Adam(1e-5), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
""",
        ),
        Case(
            name="random weights may learn fast",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = tf.keras.applications.ResNet50(include_top=False, weights=None, input_shape=(224, 224, 3), pooling="avg")
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
""",
        ),
    )


def _excess(evidence: Evidence, stage: Stage) -> Excess | Undetermined | NotApplicable | None:
    if not stage.model.backbone.known:
        return Undetermined(f"the network is not fully known: {stage.model.backbone.reason}")
    backbone = stage.model.backbone.value
    if backbone is None:
        return NotApplicable("no backbone of keras.applications is trained")
    if not backbone.weights.known:
        return Undetermined(f"the weights of {backbone.application} are not known: {backbone.weights.reason}")
    if backbone.weights.value is None:
        return NotApplicable(f"{backbone.application} starts from random weights")
    if not backbone.trainable.known:
        return Undetermined(f"which layers of {backbone.application} train is not known: {backbone.trainable.reason}")
    if backbone.trainable.value == "none":
        return NotApplicable("no pretrained layer trains")
    if stage.model.trainable_changed.is_(True):
        return NotApplicable("trainable was changed with no compile since: the layers that trained before train on")
    start = starting_rate(stage)
    if isinstance(start, Undetermined):
        return start
    limit = limit_of(start.optimizer)
    if limit is None:
        return Undetermined(f"no limit is known for the rate of {start.optimizer.name}")
    excess = Excess(stage, backbone, start, limit, user_run(evidence, stage))
    acquitted = excess.run and excess.run.update_ratio is not None and excess.run.update_ratio <= HEALTHY_UPDATE
    reached = start.rate >= limit * ROUNDING and not acquitted
    return excess if reached or (excess.shown and start.rate >= NEAR * limit) else None


def _groups(evidence: Evidence) -> list[tuple[Excess, ...]]:
    """The stages of one model that share the fault, as one finding."""
    found: list[tuple[Excess, ...]] = []
    for training in trainings(evidence.recipe):
        judged = [_excess(evidence, stage) for stage in training]
        group = tuple(item for item in judged if isinstance(item, Excess))
        if group and _places(group) not in [_places(other) for other in found]:
            found.append(group)
    return found


def _places(group: tuple[Excess, ...]) -> tuple[Location, ...]:
    return tuple(dict.fromkeys(excess.start.optimizer.place or excess.start.compiled.place for excess in group))


def _slower(excess: Excess, group: tuple[Excess, ...], evidence: Evidence) -> tuple[Change, ...]:
    """A lower rate, unless a stage without the fault is compiled by the same call."""
    faulty = [other.stage for other in group]
    for stage in evidence.recipe.stages:
        compiled = stage.compiled.get(None)
        if stage not in faulty and compiled and compiled.place == excess.start.compiled.place:
            return ()
    if excess.start.optimizer.name == "sgd":
        return with_rate(excess.start.optimizer, "1e-4", momentum="0.9")
    return with_rate(excess.start.optimizer, "1e-5")
