"""missing-lr-schedule: the learning rate stays where it began."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.trainings import Training, takes_pictures, training_of, trainings
from vggdoctor.evidence import Evidence, Stage
from vggdoctor.schema import (
    AppendItem,
    Change,
    Effect,
    Finding,
    Measure,
    NotApplicable,
    Repair,
    SetArgument,
    Severity,
    Undetermined,
)

MINIMUM_EPOCHS = 5
"""Fewer epochs in all leave no plateau to be seen: with patience 1 a plateau shows after epoch 3 at the earliest, and a lower
rate then needs an epoch or two to pay (ours)."""

FACTOR, PATIENCE, MINIMUM_RATE = "0.1", 5, "1e-6"
"""Arguments of ReduceLROnPlateau; factor is Keras' default (keras/src/callbacks/reduce_lr_on_plateau.py, 3.15.1), the others are
the customary ones of fine-tuning tutorials. The patience is at most a fifth of the epochs, and under EarlyStopping's (ours)."""

STEADY_CALLBACKS = {
    "BackupAndRestore", "BaseLogger", "CSVLogger", "EarlyStopping", "History", "ModelCheckpoint", "ProgbarLogger",
    "RemoteMonitor", "SwapEMAWeights", "TensorBoard", "TerminateOnNaN",
}  # fmt: skip
"""The callbacks of Keras that leave the rate alone. Any other one may change it."""


class MissingLrSchedule(Check):
    """The learning rate is the same from the first step to the last, in every stage of the training.

    What it finds
        A model none of whose calls of fit has a callback that changes the learning rate (ReduceLROnPlateau,
        LearningRateScheduler ...), and whose optimizer has a plain number for a rate, not a schedule object.

    Why it hurts
        A rate that is large enough to learn fast at first is too large to settle later: the validation loss levels
        off, or jumps about its minimum. Dividing the rate when that happens usually brings the last points of
        accuracy.

    How it is measured
        The callbacks and the optimizer of all stages of a model are read, and observed at fit. A callback that is not
        one of Keras' may change the rate: then nothing is said. Trainings of fewer than 5 epochs in all are left
        alone.

    The fix
        ReduceLROnPlateau is added to the callbacks. It watches val_loss, or loss where there is no validation data,
        and its patience is at most a fifth of the epochs and less than half of EarlyStopping's, so that it acts
        before the training ends.

    References
        Keras, ReduceLROnPlateau: https://keras.io/api/callbacks/reduce_lr_on_plateau/
        Simonyan and Zisserman, 2014, section 3.1: VGG's own training divided the rate by 10 when validation accuracy
        stopped improving: https://arxiv.org/abs/1409.1556
    """

    id = "missing-lr-schedule"
    title = "The learning rate never changes"
    area = "training"
    severity = Severity.NOTE
    effect = Effect.EPOCHS

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for training in trainings(evidence.recipe):
            if takes_pictures(training[0]) is False or training[0].method == "train_on_batch":
                yield NotApplicable("no call of fit that trains on pictures")
                continue
            if any(_changes_rate(stage) for stage in training):
                continue
            epochs = _epochs(training)
            if epochs is not None and epochs < MINIMUM_EPOCHS:
                yield NotApplicable(f"{epochs} epochs in all are too few for a schedule to act")
                continue
            doubts = [doubt for stage in training if (doubt := _doubt(stage))]
            if takes_pictures(training[0]) is None:
                doubts.append("whether the model is trained on pictures is not known")
            if doubts:
                yield Undetermined(doubts[0])
                continue
            yield self._found(training, epochs)

    def _found(self, training: Training, epochs: int | None) -> Finding:
        first = training[0].compiled.value
        optimizer = first.optimizer.value if first else None
        rate = optimizer.learning_rate.get(None) if optimizer else None
        measured = {}
        if epochs is not None:
            measured["epochs"] = Measure(epochs, "epochs")
        if rate is not None:
            measured["learning rate"] = Measure(rate)
        at = "The learning rate stays the same" if rate is None else f"The learning rate stays at {rate:g}"
        return self.finding(
            f"{at}{'' if epochs is None else f' for all {epochs} epochs'}: no callback and no schedule lowers it.",
            *(stage.place for stage in training),
            measured=measured,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        stages = training_of(finding, evidence.recipe)
        changes = [_change(stage) for stage in stages if stage.callbacks_display or not stage.callbacks.get(())]
        return Repair("Lower the learning rate when the loss stops falling", tuple(dict.fromkeys(changes))) if changes else None


def _changes_rate(stage: Stage) -> bool:
    compiled = stage.compiled.get(None)
    optimizer = compiled.optimizer.get(None) if compiled else None
    return any(use.changes_rate for use in stage.callbacks.get(())) or bool(optimizer and optimizer.schedule.get(None))


def _doubt(stage: Stage) -> str:
    """Why it is not known whether this stage changes the rate, empty if it is known that it does not."""
    if not stage.callbacks.known:
        return f"the callbacks of fit are not known: {stage.callbacks.reason}"
    strangers = [use.name for use in stage.callbacks.value or () if use.name not in STEADY_CALLBACKS]
    if strangers:
        return f"the callback {strangers[0]} may change the learning rate"
    compiled = stage.compiled.get(None)
    if compiled is None:
        return f"the compile is not known: {stage.compiled.reason}"
    optimizer = compiled.optimizer.get(None)
    if optimizer is None:
        return f"the optimizer is not known: {compiled.optimizer.reason}"
    if not optimizer.schedule.known:
        return f"the learning rate is not known: {optimizer.schedule.reason}"
    if "decay" in optimizer.settings:
        return "decay= lowers the rate in Keras 2 and is ignored by Keras 3"
    return ""


def _epochs(training: Training) -> int | None:
    """Epochs of all stages, None if one is not known; fit's ``epochs`` is the number of the last one."""
    total = 0
    for stage in training:
        last, first = stage.epochs.get(None), stage.settings.get("initial_epoch", 0)
        if last is None or not isinstance(first, int):
            return None
        total += last - first
    return total


def _change(stage: Stage) -> Change:
    source = (
        f'${{keras.callbacks.ReduceLROnPlateau}}(monitor="{"val_loss" if stage.validation.get(None) else "loss"}", '
        f"factor={FACTOR}, patience={_patience(stage)}, min_lr={MINIMUM_RATE})"
    )
    if stage.callbacks_display:
        return AppendItem(stage.callbacks_display, source)
    return SetArgument(stage.place, "callbacks", f"[{source}]")


def _patience(stage: Stage) -> int:
    stops = [use.settings.get("patience") for use in stage.callbacks.get(()) if use.name == "EarlyStopping"]
    limits = [patience // 2 for patience in stops if isinstance(patience, int)]
    if stage.epochs.known and stage.epochs.value:
        limits.append(stage.epochs.value // 5)
    return max(1, min([PATIENCE, *limits]))


EARLY_STOPPING = """\
import os
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator

DATA = "dataset"
EPOCHS = 25


def build_model(classes):
    base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
    for layer in base.layers:
        layer.trainable = False
    x = GlobalAveragePooling2D()(base.output)
    x = Dense(128, activation="relu")(x)
    x = Dropout(0.4)(x)
    model = Model(inputs=base.input, outputs=Dense(classes, activation="softmax")(x))
    model.compile(optimizer=Adam(learning_rate=1e-4), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=20, horizontal_flip=True)
    val_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
    train = train_datagen.flow_from_directory(os.path.join(DATA, "train"), target_size=(224, 224), class_mode="categorical")
    val = val_datagen.flow_from_directory(os.path.join(DATA, "validation"), target_size=(224, 224), class_mode="categorical")
    model = build_model(10)
    checkpoint = ModelCheckpoint("best.keras", monitor="val_accuracy", save_best_only=True)
    early_stop = EarlyStopping(monitor="val_accuracy", patience=5, restore_best_weights=True)
    model.fit(train, epochs=EPOCHS, validation_data=val, callbacks=[checkpoint, early_stop])


if __name__ == "__main__":
    main()
"""

CIFAR = """\
import tensorflow as tf
from tensorflow.keras import layers

(x_train, y_train), _ = tf.keras.datasets.cifar10.load_data()
x_train = x_train.astype("float32") / 255.0

model = tf.keras.Sequential([
    layers.Input(shape=(32, 32, 3)),
    layers.RandomFlip("horizontal"),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=64, epochs=20)
"""


MissingLrSchedule.GOOD = (
    Case(
        name="ReduceLROnPlateau in the list of callbacks",
        source="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau
from tensorflow.keras.layers import Dense, Dropout, Flatten
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, rotation_range=15)
val_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = train_datagen.flow_from_directory("data/train", target_size=(224, 224), batch_size=32, class_mode="categorical")
val = val_datagen.flow_from_directory("data/val", target_size=(224, 224), batch_size=32, class_mode="categorical")

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
x = Flatten()(base.output)
x = Dropout(0.5)(x)
model = Model(base.input, Dense(4, activation="softmax")(x))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])

callbacks = [
    EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True),
    ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=3),
]
model.fit(train, validation_data=val, epochs=40, callbacks=callbacks)
""",
    ),
    Case(
        name="a schedule object in the optimizer",
        source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="training", seed=1)
val_ds = tf.keras.utils.image_dataset_from_directory("flowers", validation_split=0.2, subset="validation", seed=1)

model = tf.keras.Sequential([
    tf.keras.Input(shape=(256, 256, 3)),
    tf.keras.layers.Rescaling(1.0 / 255),
    tf.keras.layers.Conv2D(32, 3, activation="relu"),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(5, activation="softmax"),
])
schedule = tf.keras.optimizers.schedules.ExponentialDecay(1e-3, decay_steps=1000, decay_rate=0.9)
model.compile(
    optimizer=tf.keras.optimizers.Adam(learning_rate=schedule),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(train_ds, validation_data=val_ds, epochs=30)
""",
    ),
    Case(
        name="three epochs only",
        source="""\
from tensorflow import keras

train_ds = keras.utils.image_dataset_from_directory("pets/train", image_size=(160, 160), label_mode="binary")

model = keras.Sequential([
    keras.Input(shape=(160, 160, 3)),
    keras.layers.Rescaling(1.0 / 255),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=3)
""",
    ),
)
MissingLrSchedule.BAD = (
    Case(
        name="a list of callbacks without one",
        source=EARLY_STOPPING,
        fixed=EARLY_STOPPING.replace(
            "from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint\n",
            "from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau\n",
        ).replace(
            "    model.fit(train, epochs=EPOCHS, validation_data=val, callbacks=[checkpoint, early_stop])\n",
            """\
    model.fit(train, epochs=EPOCHS, validation_data=val, callbacks=[checkpoint, early_stop,
        ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=2, min_lr=1e-6)])
""",
        ),
        lines=(34,),
        severity=Severity.NOTE,
        says="stays at 0.0001 for all 25 epochs",
    ),
    Case(
        name="no callbacks and no validation",
        source=CIFAR,
        fixed=CIFAR.replace(
            "model.fit(x_train, y_train, batch_size=64, epochs=20)\n",
            """\
model.fit(x_train, y_train, batch_size=64, epochs=20,
          callbacks=[tf.keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.1, patience=4, min_lr=1e-6)])
""",
        ),
        lines=(16,),
        says="stays at 0.01 for all 20 epochs",
    ),
)
