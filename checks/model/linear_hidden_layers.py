from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.evidence import Evidence, Layer, Stage
from vggdoctor.schema import Finding, NotApplicable, Repair, SetArgument, Severity, Undetermined

MIXING = ("Dense", "Conv2D")
"""Layers that are a linear map and an activation."""
LINEAR = frozenset(
    [
        "Dropout", "SpatialDropout2D", "GaussianDropout", "Flatten", "Reshape", "Permute", "GlobalAveragePooling2D",
        "AveragePooling2D", "BatchNormalization", "ZeroPadding2D", "Cropping2D", "Identity", "UpSampling2D",
    ]
)  # fmt: skip
"""Layers that, in use, are linear in their input, or affine."""

LINEAR_DENSE = """\
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(64, 64), label_mode="categorical")
model = keras.Sequential(
    [
        keras.Input((64, 64, 3)),
        layers.Rescaling(1 / 255),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(128),
        layers.Dropout(0.4),
        layers.Dense(20, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train_ds, epochs=25)
"""


class LinearHiddenLayers(Check):
    """Two layers follow each other with nothing but linear operations between, so that they are worth one.

    What it finds
        A hidden Dense or Conv2D without an activation whose result goes to the next Dense or Conv2D through nothing, dropout,
        flattening, padding, averaging or BatchNormalization alone.

    Why it hurts
        A linear map of a linear map is a linear map: the layer adds weights, time and overfitting, but the network can tell no
        more apart than without it.

    How it is measured
        The activation of each layer and what lies between, in networks whose layers follow one another. Networks with branches
        are not judged: linear layers beside a shortcut have their use.

    The fix
        activation="relu".

    References
        I. Goodfellow et al., "Deep Learning" (2016), section 6.1
    """

    id = "linear-hidden-layers"
    title = "Hidden layer without activation"
    area = "model"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage)))

    def _judge(self, stage: Stage) -> Said | None:
        model = stage.model
        if not model.in_line.known:
            return Undetermined(f"how the layers follow one another is not known: {model.in_line.reason}")
        if not model.in_line.value:
            return NotApplicable("the network has branches, or operations between its layers")
        found = _linear(model.layers)
        if not found:
            return _unread(model.layers)
        named = ", ".join(f"{layer.kind}({layer.units.value})" if layer.units.known else layer.kind for layer, _ in found)
        followers = dict.fromkeys(after.place for _, after in found)
        return self.finding(
            f"{named}: no activation before the next layer, so both together are one linear layer",
            *(layer.place for layer, _ in found),
            *followers,
            confidence=max((layer.activation.confidence for layer, _ in found), key=lambda c: c.rank),
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            found = [layer for layer, _ in _linear(stage.model.layers)] if stage.model.in_line.is_(True) else []
            places = [layer.place for layer in found if layer.place is not None and not layer.activation.locations]
            if places and len(places) == len(found) and finding.locations[0] == places[0]:
                changes = tuple(SetArgument(place, "activation", '"relu"') for place in dict.fromkeys(places))
                return Repair("Give the hidden layers an activation", changes)
        return None

    BAD = (
        Case(
            name="Dense before the last Dense",
            source=LINEAR_DENSE,
            fixed=LINEAR_DENSE.replace("Dense(128)", 'Dense(128, activation="relu")'),
            lines=(12, 14),
            severity=Severity.WARNING,
            says="Dense(128)",
        ),
        Case(
            name="two convolutions on end, and BatchNormalization alone",
            source="""\
from tensorflow import keras
from tensorflow.keras.layers import BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(64, 64))
model = keras.Sequential()
model.add(keras.layers.Rescaling(1 / 255, input_shape=(64, 64, 3)))
model.add(Conv2D(32, 3))
model.add(BatchNormalization())
model.add(Conv2D(64, 3, activation="relu"))
model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=25)
""",
            lines=(7, 9),
            says="Conv2D(32)",
        ),
    )

    GOOD = (
        Case(name="with an activation", source=LINEAR_DENSE.replace("Dense(128)", 'Dense(128, activation="relu")')),
        Case(
            name="the activation is a layer of its own",
            source=LINEAR_DENSE.replace("layers.Dense(128),", "layers.Dense(128),\n        layers.LeakyReLU(),"),
        ),
        Case(
            name="max pooling is not linear",
            source=LINEAR_DENSE.replace("Dense(128)", 'Dense(128, activation="relu")').replace('3, activation="relu"),', "3),"),
        ),
        Case(
            name="linear output with from_logits (trap 7)",
            source=LINEAR_DENSE.replace("Dense(128)", 'Dense(128, activation="relu")')
            .replace(', activation="softmax")', ")")
            .replace('"categorical_crossentropy"', "keras.losses.CategoricalCrossentropy(from_logits=True)"),
        ),
        Case(
            name="a shortcut beside linear convolutions",
            source="""\
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(64, 64))
inputs = keras.Input((64, 64, 3))
x = layers.Conv2D(32, 3, padding="same", activation="relu")(layers.Rescaling(1 / 255)(inputs))
y = layers.Conv2D(32, 1)(x)
y = layers.BatchNormalization()(y)
y = layers.Conv2D(32, 3, padding="same")(y)
x = layers.ReLU()(layers.Add()([x, y]))
outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x))
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=25)
""",
        ),
    )


def _linear(layers: tuple[Layer, ...]) -> list[tuple[Layer, Layer]]:
    """Each hidden layer that is linear, with the layer that takes its result."""
    found = []
    for index, layer in enumerate(layers):
        if layer.kind in MIXING and layer.activation.is_("linear"):
            after = next((other for other in layers[index + 1 :] if other.kind not in LINEAR), None)
            if after is not None and after.kind in MIXING:
                found.append((layer, after))
    return found


def _unread(layers: tuple[Layer, ...]) -> Undetermined | None:
    for layer in layers[:-1]:
        if layer.kind in MIXING and not layer.activation.known:
            return Undetermined(f"the activation of a {layer.kind} is not known: {layer.activation.reason}")
    return None
