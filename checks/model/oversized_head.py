from __future__ import annotations

import math
import re
from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.evidence import Evidence, Fact, Layer, Stage
from vggdoctor.schema import (
    Confidence,
    Finding,
    Measure,
    NotApplicable,
    Repair,
    ReplaceExpression,
    Safety,
    Severity,
    Undetermined,
)

LARGE = 20_000_000
"""Weights of one Dense layer: more than all of VGG16's convolutions have (14.7 million), and a fifth of its own fc1."""
A_PICTURE = 10_000
"""Trainable weights of the head a training picture (ours: VGG16's whole classifier has 96 a picture of ImageNet)."""
AUTOMATIC = re.compile(r"(flatten(_\d+)?)?")
"""Names of a Flatten that the user did not name."""
FEATURE_MAPS = ("Conv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D")

LARGE_HEAD = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential()
model.add(base)
model.add(Flatten())
model.add(Dense(1024, activation="relu"))
model.add(Dense(3, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=10)
"""


class Head(Struct, frozen=True):
    """The dense part of a network. ``largest``: index of its largest Dense in the model's layers; weights are scalars."""

    largest: int
    layer: Layer
    weights: int
    all_weights: int | None
    pictures: int | None

    @property
    def a_picture(self) -> float:
        """Trainable weights for each training picture; 0 where either is not known."""
        return self.all_weights / self.pictures if self.all_weights and self.pictures else 0.0

    @property
    def is_oversized(self) -> bool:
        return self.weights > LARGE or self.a_picture > A_PICTURE


class OversizedHead(Check):
    """The layers behind the convolutions have far more weights than the pictures can determine.

    What it finds
        A trainable Dense layer of over 20 million weights, as Dense(4096) on VGG16's flattened 25,088 features (103 million), or
        dense layers of more than 10,000 trainable weights for each training picture.

    Why it hurts
        Such a head learns the training pictures by heart: training accuracy goes to 100 % and validation stays behind. Adam
        keeps 16 bytes a weight, 1.6 GB for those 103 million, and each saved model grows by 400 MB.

    How it is measured
        Inputs times units of each Dense layer, from the sizes in the source or the live kernels; the number of training pictures
        where it is known.

    The fix
        GlobalAveragePooling2D instead of Flatten (512 inputs instead of 25,088), one small Dense layer, Dropout.

    References
        M. Lin et al., "Network in Network" (2013), section 3.2; https://keras.io/guides/transfer_learning/
    """

    id = "oversized-head"
    title = "Head with far too many weights"
    area = "model"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage, evidence)))

    def _judge(self, stage: Stage, evidence: Evidence) -> Said | None:
        head = _head(stage, evidence)
        if not isinstance(head, Head):
            return head
        if not head.is_oversized:
            return None
        layer = head.layer
        measured = {"weights": Measure(head.weights, "weights in one layer")}
        message = f"Dense({layer.units.value}) on {layer.inputs.value:,} inputs has {head.weights / 1e6:.1f} million weights"
        if head.a_picture > A_PICTURE:
            measured["weights_a_picture"] = Measure(round(head.a_picture), "weights a training picture")
            message += f", and the head {head.a_picture:,.0f} for each of the {head.pictures:,} training pictures"
        flatten = _flatten_before(stage, head.largest)
        return self.finding(
            message,
            flatten.place if flatten else None,
            layer.place,
            confidence=max((layer.units.confidence, layer.inputs.confidence), key=lambda c: c.rank),
            measured=measured,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            head = _head(stage, evidence)
            if not isinstance(head, Head) or head.layer.place not in finding.locations:
                continue
            flatten, channels = _flatten_before(stage, head.largest), _channels(stage, head.largest)
            if flatten is None or flatten.place is None or channels is None or not _is_small_then(head, channels):
                return None
            change = ReplaceExpression(flatten.place, "${keras.layers.GlobalAveragePooling2D}()")
            return Repair("Average each feature map instead of flattening all", (change,), Safety.REVIEW)
        return None

    BAD = (
        Case(
            name="1,024 units on VGG16's flattened features",
            source=LARGE_HEAD,
            fixed=LARGE_HEAD.replace("Dense, Flatten", "Dense, Flatten, GlobalAveragePooling2D").replace(
                "Flatten())", "GlobalAveragePooling2D())"
            ),
            lines=(11, 12),
            severity=Severity.WARNING,
            says="25.7 million",
        ),
        Case(
            name="a network of one's own, flattened too early",
            source="""\
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(200, 200))
inputs = keras.Input((200, 200, 3))
x = layers.Rescaling(1 / 255)(inputs)
x = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
x = layers.MaxPooling2D()(x)
x = layers.Flatten()(x)
x = layers.Dense(128, activation="relu")(x)
model = keras.Model(inputs, layers.Dense(4, activation="softmax")(x))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
""",
            lines=(9, 10),
            says="640,000 inputs",
        ),
    )

    GOOD = (
        Case(name="averaged", source=LARGE_HEAD.replace("Flatten", "GlobalAveragePooling2D")),
        Case(name="a small layer", source=LARGE_HEAD.replace("1024", "256")),
        Case(name="the pooling of the base", source=LARGE_HEAD.replace("224, 3))", '224, 3), pooling="avg")')),
        Case(
            name="cut at fc2, whose weights are pretrained (trap 10)",
            source=LARGE_HEAD.replace(
                "include_top=False, input_shape=(224, 224, 3))",
                'include_top=True)\nbase = Model(base.input, base.get_layer("fc2").output)',
            ).replace("import Sequential", "import Model, Sequential"),
        ),
    )


def _head(stage: Stage, evidence: Evidence) -> Head | Undetermined | NotApplicable:
    dense = [(index, layer) for index, layer in enumerate(stage.model.layers) if layer.kind == "Dense"]
    trained = [(index, layer) for index, layer in dense if not layer.trainable.is_(False)]
    if not trained:
        return NotApplicable("no Dense layer is trained")
    sizes = {index: _weights(layer) for index, layer in trained}
    known = {index: size for index, size in sizes.items() if size is not None}
    # The last layer is as wide as there are classes: it is never what makes a head large, so its width need not be known.
    needed = [index for index, _ in trained if index != dense[-1][0]]
    unread = next((layer for index, layer in trained if index in needed and index not in known), None)
    if unread is not None and max(known.values(), default=0) <= LARGE:
        fact: Fact[int] = unread.inputs if not unread.inputs.known else unread.units
        return Undetermined(f"the size of a Dense layer is not known: {fact.reason}")
    if not known:
        return Undetermined("the size of the only Dense layer is not known") if needed else NotApplicable("one Dense layer alone")
    largest = max(known, key=lambda index: known[index])
    total = sum(known.values()) if all(index in known for index in needed) else None
    return Head(largest, stage.model.layers[largest], known[largest], total, _pictures(stage, evidence))


def _weights(layer: Layer) -> int | None:
    """Kernel and bias of a Dense."""
    if layer.inputs.value is None or layer.units.value is None:
        return None
    return (layer.inputs.value + 1) * layer.units.value


def _pictures(stage: Stage, evidence: Evidence) -> int | None:
    """How many pictures reach an epoch; None where not all of them are counted."""
    train = stage.train
    if train.pictures.known and train.pictures.confidence is Confidence.HIGH:
        return train.pictures.value
    split = evidence.dataset.split_for(train.directory.value) if evidence.dataset and train.directory.value else None
    return split.pictures if split is not None else None


def _flatten_before(stage: Stage, index: int) -> Layer | None:
    """The Flatten that the Dense at ``index`` is given, with only Dropout and the like between."""
    for layer in reversed(stage.model.layers[:index]):
        if layer.kind == "Flatten":
            return layer
        if layer.kind not in ("Dropout", "BatchNormalization"):
            return None
    return None


def _channels(stage: Stage, index: int) -> int | None:
    """Depth of the feature maps that are flattened before the Dense at ``index``; None where that is no plain Flatten of maps."""
    layers = stage.model.layers
    flatten = _flatten_before(stage, index)
    if flatten is None or not AUTOMATIC.fullmatch(flatten.name) or not stage.model.in_line.is_(True):
        return None
    before = layers[: layers.index(flatten)]
    if before and before[-1].kind in FEATURE_MAPS:
        return next((layer.units.value for layer in reversed(before) if layer.units.known), None)
    backbone = stage.model.backbone.value
    is_map = backbone is not None and backbone.pooling.is_(None) and backbone.include_top.is_(False)
    return 2048 if is_map and not before else None  # the deepest of the usual ones


def _is_small_then(head: Head, channels: int) -> bool:
    """Whether the head would be no more oversized with one input for each feature map."""
    layer = head.layer
    now = (channels + 1) * (layer.units.value or 0)
    total = math.inf if head.all_weights is None else head.all_weights - head.weights + now
    return now <= LARGE and (head.pictures is None or total / head.pictures <= A_PICTURE)
