"""missing-augmentation: the model sees the same pixels in every epoch."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.augmentation.transforms import repair
from vggdoctor.checks.trainings import Training, is_fit_of, takes_pictures, training_of, trainings
from vggdoctor.evidence import Evidence, Role, Stage
from vggdoctor.schema import Effect, Finding, Measure, NotApplicable, Repair, Severity, Undetermined

SMALL_SET = 1000
"""Training pictures below which a gap between training and validation loss is laid to the want of pictures (ours)."""

PASSES = 2.0
"""Epochs that the probe must have seen: before the second, no picture came twice, so there is nothing to overfit (ours)."""

LOSS_GAP = 0.5
"""Training loss under this part of the validation loss counts as overfitting (ours; dropout makes the gap smaller)."""

SIGNS = ("mnist", "fashion_mnist")
"""Data sets of keras.datasets with 60,000 centred 28 x 28 pictures, where the usual transforms do more harm than good."""


class MissingAugmentation(Check):
    """No random transform stands between the training pictures and the model.

    What it finds
        A training on pictures in which no stage crops or shifts, flips, rotates, zooms, or changes the colours of
        them at random: not in the generator, not in a map over the dataset, not in a layer of the model.

    Why it hurts
        Every epoch shows the same pixels, so a network with millions of weights can learn the pictures by heart. On
        small sets random crops and flips stand in for pictures that were never taken; the published results of VGG16
        were trained with them.

    How it is measured
        Every step between the file and the model is read, and observed at fit. Where one of them is not understood
        nothing is said. It is a warning where the set is under 1000 pictures and the probe, after two passes over it,
        has a training loss of less than half of the validation loss.

    The fix
        Shifts, flips, small rotations, zoom and brightness or contrast, in the training set only, in the style at
        hand: arguments of the ImageDataGenerator (a second one, where validation uses the same), a map over the
        dataset, or layers in front of the model. Look whether a mirrored picture still belongs to its class: text,
        and left and right, do not.

    References
        Simonyan and Zisserman, 2014, section 3.1: random crops, horizontal flips and colour shifts: https://arxiv.org/abs/1409.1556
        Keras, image augmentation layers: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
        Shorten and Khoshgoftaar, 2019: https://doi.org/10.1186/s40537-019-0197-0
    """

    id = "missing-augmentation"
    title = "No augmentation of the training pictures"
    area = "augmentation"
    severity = Severity.NOTE
    effect = Effect.EPOCHS  # it keeps a network from learning few pictures by heart, and slows the first steps

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for training in trainings(evidence.recipe):
            pictures = takes_pictures(training[0])
            if pictures is False or _is_signs(training[0]):
                yield NotApplicable("the model is not trained on photographs")
            elif any(_augmentations(stage) for stage in training):
                continue
            elif pictures is None:
                yield Undetermined("whether the model is trained on pictures is not known")
            elif doubts := [doubt for stage in training if (doubt := _doubt(stage))]:
                yield Undetermined(doubts[0])
            else:
                yield self._found(training, evidence)

    def _found(self, training: Training, evidence: Evidence) -> Finding:
        train = training[0].train
        measured = {"random transforms": Measure(0)}
        if train.pictures.known:
            measured["training pictures"] = Measure(train.pictures.value, "pictures")
        message = "No random transform reaches training: no crop or shift, no flip, no rotation or zoom, no colour jitter."
        severity = self.severity
        losses = _overfitted(training, evidence)
        if losses:
            severity = Severity.WARNING
            measured["training loss of the probe"] = Measure(round(losses[0], 3))
            measured["validation loss of the probe"] = Measure(round(losses[1], 3))
            message = (
                f"{message[:-1]}; on {train.pictures.value} pictures the probe is already at a training loss of {losses[0]:.2f} "
                f"and a validation loss of {losses[1]:.2f}."
            )
        source = train.generator or train.loader
        places = [stage.place for stage in training]
        return self.finding(message, source.place if source else None, *places, severity=severity, measured=measured)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        return repair(training_of(finding, evidence.recipe), evidence)


def _augmentations(stage: Stage) -> bool:
    steps = (*stage.train.steps, *stage.model.input_steps)
    return any(step.role is Role.AUGMENTATION for step in steps)


def _is_signs(stage: Stage) -> bool:
    loader = stage.train.loader
    return loader is not None and any(f"datasets.{name}." in loader.function for name in SIGNS)


def _doubt(stage: Stage) -> str:
    """Which part of the way from file to model is not understood, empty if all is."""
    if not stage.train.complete.is_(True):
        return f"not every step of the training pipeline is understood: {stage.train.complete.reason or 'it is not complete'}"
    if not stage.model.complete.is_(True):
        return f"not every layer of the model is understood: {stage.model.complete.reason or 'it is not complete'}"
    if any(step.role is Role.UNKNOWN for step in (*stage.train.steps, *stage.model.input_steps)):
        return "a step before the model is not understood"
    return ""


def _overfitted(training: Training, evidence: Evidence) -> tuple[float, float] | None:
    """Training and validation loss of the probe, if they show overfitting on a small set."""
    pictures = training[0].train.pictures.get(None)
    if evidence.probe is None or not pictures or pictures >= SMALL_SET:
        return None
    runs = [run for run in evidence.probe.runs if any(is_fit_of(stage, run.stage) for stage in training)]
    predictions = [item for item in evidence.probe.predictions if any(is_fit_of(stage, item.stage) for stage in training)]
    validated = [item.loss for item in predictions if item.loss is not None]
    if not runs or not validated or len(runs[0].losses) * runs[0].batch_size < PASSES * pictures:
        return None
    last = [loss for loss in runs[0].losses[-len(runs[0].losses) // 4 :] if loss is not None]
    training_loss = statistics.fmean(last) if last else validated[0]
    return (training_loss, validated[0]) if training_loss < LOSS_GAP * validated[0] else None


SHARED_GENERATOR = """\
import tensorflow.keras as keras

model = keras.applications.vgg16.VGG16(include_top=False, weights="imagenet", input_shape=(224, 224, 3))
for layer in model.layers:
    layer.trainable = False

x = keras.layers.Flatten()(model.output)
x = keras.layers.Dense(256, activation="relu")(x)
x = keras.layers.Dropout(0.2)(x)
x = keras.layers.Dense(1, activation="sigmoid")(x)
model = keras.models.Model(inputs=model.input, outputs=x)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])

datagen = keras.preprocessing.image.ImageDataGenerator(
    preprocessing_function=keras.applications.vgg16.preprocess_input, validation_split=0.2
)
train_generator = datagen.flow_from_directory(
    "data/train", target_size=(224, 224), subset="training", class_mode="binary", batch_size=16
)
validation_generator = datagen.flow_from_directory(
    "data/train", target_size=(224, 224), subset="validation", class_mode="binary", batch_size=16
)
model.fit(train_generator, epochs=5, validation_data=validation_generator)
"""

MAPPED_DATASET = """\
import tensorflow as tf
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input

IMG = (224, 224)
train_ds = tf.keras.utils.image_dataset_from_directory("leaves/train", image_size=IMG, label_mode="categorical")
val_ds = tf.keras.utils.image_dataset_from_directory("leaves/val", image_size=IMG, label_mode="categorical")
class_names = train_ds.class_names

train_ds = train_ds.map(lambda x, y: (preprocess_input(x), y)).prefetch(tf.data.AUTOTUNE)
val_ds = val_ds.map(lambda x, y: (preprocess_input(x), y)).prefetch(tf.data.AUTOTUNE)

base = ResNet50(include_top=False, weights="imagenet", input_shape=IMG + (3,), pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(len(class_names), activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=15)
"""

BUILT_AND_FORGOTTEN = MAPPED_DATASET.replace(
    "class_names = ",
    'augment = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal"), tf.keras.layers.RandomZoom(0.2)])\nclass_names = ',
)
USED = """\
train_ds = train_ds.map(
    lambda images, labels: (augment(images, training=True), labels),
    num_parallel_calls=tf.data.AUTOTUNE,
)
"""


MissingAugmentation.GOOD = (
    Case(
        name="arguments of the training generator",
        source="""\
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.layers import Dense, Flatten
from keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=0.2, horizontal_flip=True)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)

training_set = train_datagen.flow_from_directory("data/train", target_size=(224, 224), batch_size=32, class_mode="categorical")
test_set = test_datagen.flow_from_directory("data/test", target_size=(224, 224), batch_size=32, class_mode="categorical")

vgg = VGG16(input_shape=(224, 224, 3), weights="imagenet", include_top=False)
for layer in vgg.layers:
    layer.trainable = False

model = Sequential([vgg, Flatten(), Dense(3, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(training_set, validation_data=test_set, epochs=5)
""",
    ),
    Case(
        name="layers at the front of the model",
        source="""\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

train_ds = keras.utils.image_dataset_from_directory("cats_and_dogs/train", image_size=(180, 180), batch_size=32)
validation_ds = keras.utils.image_dataset_from_directory("cats_and_dogs/validation", image_size=(180, 180), batch_size=32)

conv_base = keras.applications.vgg16.VGG16(weights="imagenet", include_top=False)
conv_base.trainable = False

data_augmentation = keras.Sequential([
    layers.RandomFlip("horizontal"),
    layers.RandomRotation(0.1),
    layers.RandomZoom(0.2),
])

inputs = keras.Input(shape=(180, 180, 3))
x = data_augmentation(inputs)
x = keras.applications.vgg16.preprocess_input(x)
x = conv_base(x)
x = layers.Flatten()(x)
x = layers.Dense(256)(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
model.fit(train_ds, epochs=50, validation_data=validation_ds)
""",
    ),
    Case(
        name="random functions in a map",
        source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("birds/train", image_size=(224, 224), label_mode="categorical")
val_ds = tf.keras.utils.image_dataset_from_directory("birds/val", image_size=(224, 224), label_mode="categorical")


def augment(image, label):
    image = tf.image.random_flip_left_right(image)
    image = tf.image.random_brightness(image, 20.0)
    return image, label


train_ds = train_ds.map(augment, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)

base = tf.keras.applications.EfficientNetB0(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(20, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=10)
""",
    ),
)
MissingAugmentation.BAD = (
    Case(
        name="one generator for both subsets",
        source=SHARED_GENERATOR,
        fixed=SHARED_GENERATOR.replace(
            "train_generator = datagen.flow_from_directory(\n",
            """\
augmented_datagen = keras.preprocessing.image.ImageDataGenerator(
    preprocessing_function=keras.applications.vgg16.preprocess_input,
    validation_split=0.2,
    rotation_range=15,
    width_shift_range=0.1,
    height_shift_range=0.1,
    zoom_range=0.1,
    horizontal_flip=True,
    brightness_range=(0.8, 1.2),
)
train_generator = augmented_datagen.flow_from_directory(
""",
        ),
        lines=(14, 23),
        severity=Severity.NOTE,
        says="no crop or shift, no flip",
    ),
    Case(
        name="a plain training generator, from a dataframe",
        source="""\
import pandas as pd
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

df = pd.read_csv("train.csv", dtype=str)
train_df = df.sample(frac=0.8, random_state=1)
val_df = df.drop(train_df.index)

train_gen = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_dataframe(
    train_df, directory="images", x_col="file", y_col="label", target_size=(224, 224), class_mode="categorical"
)
val_gen = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_dataframe(
    val_df, directory="images", x_col="file", y_col="label", target_size=(224, 224), class_mode="categorical", shuffle=False
)

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
out = Dense(6, activation="softmax")(GlobalAveragePooling2D()(base.output))
model = Model(base.input, out)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(train_gen, validation_data=val_gen, epochs=20)
""",
        lines=(12, 24),
    ),
    Case(
        name="a dataset with preprocessing in a map",
        source=MAPPED_DATASET,
        fixed=MAPPED_DATASET.replace(
            "train_ds = train_ds.map(lambda x, y: (preprocess_input(x), y)).prefetch(tf.data.AUTOTUNE)\n",
            """\
data_augmentation = tf.keras.Sequential([
    tf.keras.layers.RandomFlip("horizontal"),
    tf.keras.layers.RandomRotation(0.05),
    tf.keras.layers.RandomTranslation(0.1, 0.1),
    tf.keras.layers.RandomZoom(0.1),
    tf.keras.layers.RandomContrast(0.2),
])
train_ds = train_ds.map(
    lambda images, labels: (data_augmentation(images, training=True), labels),
    num_parallel_calls=tf.data.AUTOTUNE,
)
train_ds = train_ds.map(lambda x, y: (preprocess_input(x), y)).prefetch(tf.data.AUTOTUNE)
""",
        ),
        lines=(5, 16),
    ),
    Case(
        name="a cached dataset, rescaled in the model",
        source="""\
import tensorflow as tf
from tensorflow.keras import layers

train_ds = tf.keras.utils.image_dataset_from_directory("flower_photos", validation_split=0.2, subset="training", seed=123)
val_ds = tf.keras.utils.image_dataset_from_directory("flower_photos", validation_split=0.2, subset="validation", seed=123)
class_names = train_ds.class_names
train_ds = train_ds.cache().shuffle(1000).prefetch(buffer_size=tf.data.AUTOTUNE)
val_ds = val_ds.cache().prefetch(buffer_size=tf.data.AUTOTUNE)

model = tf.keras.Sequential([
    layers.Input(shape=(256, 256, 3)),
    layers.Rescaling(1.0 / 255),
    layers.Conv2D(16, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(32, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(128, activation="relu"),
    layers.Dense(5, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=10)
""",
        lines=(4, 22),
    ),
    Case(
        name="arrays of a ready-made set, in a class",
        source="""\
from tensorflow import keras


class Cifar:
    def __init__(self, epochs):
        self.epochs = epochs
        self.model = None

    def build(self):
        base = keras.applications.VGG16(weights="imagenet", include_top=False, input_shape=(32, 32, 3))
        base.trainable = False
        x = keras.layers.Flatten()(base.output)
        x = keras.layers.Dense(128, activation="relu")(x)
        self.model = keras.Model(base.input, keras.layers.Dense(10, activation="softmax")(x))
        self.model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    def train(self):
        (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
        x_train = keras.applications.vgg16.preprocess_input(x_train.astype("float32"))
        x_test = keras.applications.vgg16.preprocess_input(x_test.astype("float32"))
        self.model.fit(x_train, y_train, epochs=self.epochs, batch_size=64, validation_data=(x_test, y_test))


experiment = Cifar(epochs=12)
experiment.build()
experiment.train()
""",
        lines=(18, 21),
    ),
    Case(
        name="layers that are built and forgotten",
        source=BUILT_AND_FORGOTTEN,
        lines=(5, 17),
        fixed=BUILT_AND_FORGOTTEN.replace("train_ds = train_ds.map(lambda", USED + "train_ds = train_ds.map(lambda"),
    ),
)
