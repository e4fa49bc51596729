from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check
from vggdoctor.checks.measurements import look_at
from vggdoctor.checks.model.end_repairs import changes_for, title_of
from vggdoctor.checks.model.ends import Ends, Mismatch, ends_of, mismatch_of, unknown_end
from vggdoctor.checks.trainings import trainings
from vggdoctor.evidence import Evidence, FirstLook, ProbeEvidence
from vggdoctor.schema import (
    Change,
    Finding,
    Location,
    Measure,
    Repair,
    Severity,
    Undetermined,
)

Found = tuple[tuple[Ends, Mismatch], ...]


class OutputLossMismatch(Check):
    """The last layer, the loss and the labels do not belong together.

    What it finds
        One unit with softmax; one unit under a categorical loss; a linear, relu or tanh output taken for probabilities; a
        squared error on class probabilities; integer labels under a one-hot loss and the reverse; more class numbers than a
        single unit can tell apart. As a note: pairs that Keras quietly trains as something else than what is written.

    Why it hurts
        At best fit stops at the shapes. At worst it runs: softmax over one unit always says 1, a categorical loss over one unit
        is always 0, and nothing tells that the network cannot learn. Binary cross-entropy under two softmax units trains, but a
        class that is right in 71 % of the cases is predicted with 87 % (measured; with categorical cross-entropy 71 %).

    How it is measured
        The number of units and the activation that really end the network, the loss and its from_logits, and the form of the
        labels as the loader gives them, read in the source or on the live objects. The behaviour of every combination was tried
        with Keras 3.15. Where the program was run, the labels themselves are looked at: fractions under a sparse loss, numbers
        outside of 0..1 under a binary one. Custom losses and models with several outputs are not judged.

    The fix
        The one of the three that does not go with the other two is changed.

    References
        keras.losses and keras.activations (Keras 3.15); https://keras.io/api/losses/probabilistic_losses/
    """

    id = "output-loss-mismatch"
    title = "Output, loss and labels do not fit"
    area = "model"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Finding | Undetermined]:
        for stage in evidence.recipe.stages:
            ends = ends_of(stage, look_at(evidence, stage))
            if isinstance(ends, Undetermined):
                yield ends
            elif mismatch_of(ends) is None and (reason := unknown_end(ends)):
                yield Undetermined(reason)
        for found in _mismatches(evidence):
            ends, mismatch = found[0]
            yield self.finding(
                mismatch.message,
                *_places(found),
                severity=mismatch.severity,
                confidence=max((ends.confidence for ends, _ in found), key=lambda c: c.rank),
                measured=_measures(ends),
            )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        found = next((found for found in _mismatches(evidence) if _places(found) == finding.locations), None)
        changes: dict[Change, None] = {}
        for ends, mismatch in found or ():
            needed = changes_for(ends, mismatch)
            if not needed or _serves_another(ends, found or (), evidence):
                return None
            changes.update(dict.fromkeys(needed))
        return Repair(title_of(found[0][1]), tuple(changes)) if found else None

    _SCALED = """\
import keras

x, y = load()
y = y / 255.0
model = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(x, y, epochs=30)
"""
    _FIT = Location("train.py", 7, 7)

    BAD = (
        Case(
            name="labels scaled along with the pictures",
            source=_SCALED,
            probe=ProbeEvidence(
                looks=(
                    FirstLook(
                        stage=_FIT,
                        moment="start",
                        pictures=64,
                        loss=1.4,
                        penalty=0.0,
                        label_range=(0.0, 0.0118),
                        whole_labels=False,
                    ),
                )
            ),
            lines=(6, 7),
            severity=Severity.ERROR,
            says="the labels are 0..0.0118 and no whole numbers",
        ),
        Case(
            name="softmax over one unit",
            source="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("data/train", target_size=(224, 224), class_mode="binary")
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(64, activation="relu"), Dense(1, activation="softmax")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10)
""",
            fixed="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("data/train", target_size=(224, 224), class_mode="binary")
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(64, activation="relu"), Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10)
""",
            lines=(10, 11),
            severity=Severity.ERROR,
            says="always 1",
        ),
        Case(
            name="categorical loss over one unit",
            source="""\
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("data", label_mode="binary", image_size=(128, 128))
model = keras.Sequential()
model.add(layers.Rescaling(1 / 255))
model.add(layers.Conv2D(32, 3, activation="relu"))
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(loss="categorical_crossentropy", optimizer="adam")
model.fit(train_ds, epochs=10)
""",
            lines=(9, 10),
            severity=Severity.ERROR,
            says="exactly 0",
        ),
        Case(
            name="linear output without from_logits",
            source="""\
import tensorflow as tf
from tensorflow.keras import layers

train_ds = tf.keras.utils.image_dataset_from_directory("flowers", image_size=(160, 160))
base = tf.keras.applications.EfficientNetB0(include_top=False, weights="imagenet")
base.trainable = False
inputs = tf.keras.Input(shape=(160, 160, 3))
x = base(inputs, training=False)
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(5)(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=10)
""",
            lines=(10, 12),
            says="without from_logits=True",
        ),
        Case(
            name="integer labels under a one-hot loss",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("flowers", image_size=(160, 160))
base = tf.keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=10)
""",
            fixed="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("flowers", image_size=(160, 160))
base = tf.keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=10)
""",
            lines=(3, 7),
            says="fit stops",
        ),
        Case(
            name="binary class_mode for two softmax units",
            source="""\
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.layers import Dense
from keras.models import Model
from keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("data/train", target_size=(224, 224), class_mode="binary")
val = datagen.flow_from_directory("data/val", target_size=(224, 224), class_mode="binary")
base = VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Model(base.input, Dense(2, activation="softmax")(base.output))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10)
""",
            fixed="""\
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.layers import Dense
from keras.models import Model
from keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("data/train", target_size=(224, 224), class_mode="categorical")
val = datagen.flow_from_directory("data/val", target_size=(224, 224), class_mode="categorical")
base = VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Model(base.input, Dense(2, activation="softmax")(base.output))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10)
""",
            lines=(7, 12),
        ),
        Case(
            name="squared error on probabilities",
            source="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("data/train", target_size=(224, 224), class_mode="categorical")
base = VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Sequential([base, Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
model.fit(train, epochs=10)
""",
            lines=(10, 11),
            severity=Severity.WARNING,
        ),
        Case(
            name="softmax on logits that the loss softens itself",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("flowers", image_size=(160, 160))
base = tf.keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train_ds, epochs=10)
""",
            lines=(6, 7),
            severity=Severity.NOTE,
        ),
    )

    GOOD = (
        Case(
            name="class numbers, as floats",
            source=_SCALED.replace("y = y / 255.0", 'y = y.astype("float32")'),
            probe=ProbeEvidence(
                looks=(
                    FirstLook(
                        stage=_FIT, moment="start", pictures=64, loss=1.4, penalty=0.0, label_range=(0.0, 3.0), whole_labels=True
                    ),
                )
            ),
        ),
        Case(
            name="linear output with from_logits (trap 7)",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("flowers", image_size=(160, 160))
base = tf.keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5)])
model.compile(optimizer="adam", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train_ds, epochs=10)
""",
        ),
        Case(
            name="two softmax units for a binary task (trap 7)",
            source="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("data/train", target_size=(224, 224), classes=["cats", "dogs"])
base = VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Sequential([base, Dense(2, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10)
""",
        ),
        Case(
            name="regression on pictures (trap 12)",
            source="""\
from tensorflow import keras

train = keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255).flow_from_dataframe(
    table(), x_col="file", y_col="age", class_mode="raw", target_size=(128, 128)
)
base = keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(128, 128, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
model.fit(train, epochs=10)
""",
        ),
        Case(
            name="an Activation layer ends the network",
            source="""\
import tensorflow as tf
from tensorflow.keras.layers import Activation, Dense

train_ds = tf.keras.utils.image_dataset_from_directory("data", image_size=(224, 224), label_mode="binary")
base = tf.keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, Dense(1), Activation("sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=10)
""",
        ),
    )


def _mismatches(evidence: Evidence) -> list[Found]:
    """The mismatches of each model, those of its later stages with the same message joined to the first."""
    joined: dict[tuple[int, str], Found] = {}
    for number, training in enumerate(trainings(evidence.recipe)):
        for stage in training:
            ends = ends_of(stage, look_at(evidence, stage))
            mismatch = None if isinstance(ends, Undetermined) else mismatch_of(ends)
            if mismatch and not isinstance(ends, Undetermined):
                key = (number, mismatch.message)
                joined[key] = (*joined.get(key, ()), (ends, mismatch))
    return list({_places(found): found for found in joined.values()}.values())


def _serves_another(ends: Ends, found: Found, evidence: Evidence) -> bool:
    """Whether the same compile or the same last layer also makes a training that is not at fault."""
    messages = {mismatch.message for _, mismatch in found}
    for stage in evidence.recipe.stages:
        compiled = stage.compiled.get(None)
        shares_compile = compiled is not None and compiled.place == ends.compiled.place
        output = stage.model.output.place
        if shares_compile or (output is not None and output == ends.model.output.place):
            other = ends_of(stage, look_at(evidence, stage))
            mismatch = None if isinstance(other, Undetermined) else mismatch_of(other)
            if mismatch is None or mismatch.message not in messages:
                return True
    return False


def _places(found: Found) -> tuple[Location, ...]:
    places = [place for _, mismatch in found for place in mismatch.places if place]
    return tuple(dict.fromkeys(places or [ends.stage.place for ends, _ in found]))


def _measures(ends: Ends) -> dict[str, Measure]:
    known = {
        "output_units": (ends.units, "units"),
        "output_activation": (ends.activation, ""),
        "loss": (ends.loss.name, ""),
        "from_logits": (ends.from_logits, ""),
        "labels": (ends.labels, ""),
        "classes": (ends.classes, "classes"),
    }
    return {name: Measure(value, unit) for name, (value, unit) in known.items() if value is not None}
