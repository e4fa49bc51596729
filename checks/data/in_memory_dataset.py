"""in-memory-dataset: all pictures become one array before training begins."""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.trainings import takes_pictures, training_of, trainings
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, Pipeline, SourceKind, Split, Stage
from vggdoctor.schema import (
    Bars,
    Confidence,
    Effect,
    Exhibit,
    Finding,
    LoadInBatches,
    Measure,
    NotApplicable,
    Repair,
    Safety,
    Severity,
    Undetermined,
)

WARNING_SHARE = 0.1
"""Part of the machine's memory from which the array is a warning, below it a note (ours: ten such arrays fill the machine, and
training, its copies and TensorFlow need room too)."""

WARNING_BYTES = 2**30
"""The same where the machine's memory is not known: 1 GiB, an eighth of a small laptop's (ours)."""

COPIES = 2
"""Arrays at the peak: np.array(list) copies the list's pictures while they are still held, and train_test_split copies the rows
again while the whole array is still bound."""

BYTES = {"uint8": 1, "int32": 4, "int64": 8, "float16": 2, "float32": 4, "float64": 8}
"""Bytes a value, by NumPy dtype. Dividing uint8 by 255.0 makes float64."""

CHANNELS = {"rgb": 3, "bgr": 3, "rgba": 4, "grayscale": 1}


class Held(Struct, frozen=True):
    """What is held: pictures, and bytes of one of them; None where not known. ``at_least``: the type of the values is not."""

    pictures: int | None
    picture_bytes: int | None
    at_least: bool

    @property
    def bytes(self) -> int | None:
        if self.pictures is None or self.picture_bytes is None:
            return None
        return self.pictures * self.picture_bytes


class InMemoryDataset(Check):
    """The whole picture set is read into one list or array before training begins.

    What it finds
        A loop that reads every picture and appends it to a list that becomes one array, which fit is then given.

    Why it hurts
        Memory grows with the number of pictures: at 224 x 224 in float64 one picture takes 1.2 MB, 10,000 take 12 GB,
        and copies come on top. The program that works on a sample is killed on the full set, and nothing is trained
        before the last picture is read.

    How it is measured
        Bytes of the array: pictures x height x width x channels x bytes a value, with the files counted on disk; at
        its peak twice that, for the list and the split copy it. It is an error above the memory of this machine, a
        warning from a tenth of it (from 1 GiB where it is not known), and else a note. Where the pictures cannot be
        counted it is a warning of medium confidence. The ready-made sets of keras.datasets are no finding.

    The fix
        The paths are split instead of the pictures, and a keras.utils.PyDataset reads them a batch at a time with the
        operations of the loop. Where the arrays are used in other ways too, the change is yours:
        image_dataset_from_directory does it for folders of classes.

    References
        Keras, PyDataset: https://keras.io/api/utils/python_utils/#pydataset-class
        Keras, image_dataset_from_directory: https://keras.io/api/data_loading/image/
    """

    id = "in-memory-dataset"
    title = "All pictures are held in memory at once"
    area = "data"
    severity = Severity.WARNING
    effect = Effect.REPORT

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for training in trainings(evidence.recipe):
            stage = training[0]
            train = stage.train
            if takes_pictures(stage) is False:
                yield NotApplicable("the model is not trained on pictures")
            elif not train.held_in_memory.known:
                yield Undetermined(f"whether all pictures are held in memory is not known: {train.held_in_memory.reason}")
            elif not train.held_in_memory.value:
                continue
            elif train.kind.is_(SourceKind.DIRECTORY, SourceKind.DATAFRAME):
                yield NotApplicable("fit is given features, which are small beside the pictures")
            elif train.ready_made or (train.loader and ".datasets." in train.loader.function):
                yield NotApplicable("a ready-made set of keras.datasets, which comes as arrays")
            elif finding := self._found(stage, evidence):
                yield finding

    def _found(self, stage: Stage, evidence: Evidence) -> Finding | None:
        train = stage.train
        held = _held(stage, evidence.dataset)
        severity = _severity(held, evidence.machine_memory)
        if train.picture_loop is None and (severity is Severity.NOTE or held.bytes is None):
            return None
        measured = {}
        if held.pictures is not None:
            measured["pictures"] = Measure(held.pictures, "pictures")
        if held.picture_bytes is not None:
            measured["one picture"] = Measure(held.picture_bytes, "bytes")
        if held.bytes is not None:
            measured["the array"] = Measure(held.bytes, "bytes")
            measured["at the peak"] = Measure(held.bytes * COPIES, "bytes")
        if evidence.machine_memory:
            measured["memory of this machine"] = Measure(evidence.machine_memory, "bytes")
        return self.finding(
            _message(held, evidence.machine_memory, severity),
            train.picture_loop,
            *train.held_in_memory.locations,
            stage.place,
            severity=severity,
            exhibits=_exhibits(held, evidence.machine_memory),
            confidence=train.held_in_memory.confidence if held.bytes is not None else Confidence.MEDIUM,
            measured=measured,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        stage = training_of(finding, evidence.recipe)[0]
        if stage.train.picture_loop is None:
            return None
        change = LoadInBatches(stage.train.picture_loop, stage.place)
        return Repair("Read the pictures a batch at a time", (change,), Safety.REVIEW)


def _held(stage: Stage, dataset: DatasetEvidence | None) -> Held:
    train = stage.train
    shape = train.array_shape.get(None) or ()
    picture = shape[1:] if len(shape) == 4 else _picture_shape(train)
    bytes_a_value = BYTES.get(train.array_dtype.get(""))
    picture_bytes = math.prod(picture) * (bytes_a_value or 1) if picture else None
    return Held(_pictures(stage, dataset), picture_bytes, bytes_a_value is None)


def _picture_shape(train: Pipeline) -> tuple[int, ...]:
    if not train.size.known or train.size.value is None:
        return ()
    return (*train.size.value, CHANNELS.get(train.color_mode.get("rgb"), 3))


def _pictures(stage: Stage, dataset: DatasetEvidence | None) -> int | None:
    """Pictures of the full set: those on disk, else those given to fit for training and for validation."""
    train = stage.train
    if dataset and train.picture_loop:
        only = dataset.splits[0] if len(dataset.splits) == 1 else None
        split = dataset.split_for(train.directory.value) if train.directory.value else only
        if split:
            return split.pictures
    rows = train.pictures.get(None) or next(iter(train.array_shape.get(())), None)
    validation = stage.validation.get(None)
    held_back = validation.pictures.get(0) if validation and validation.held_in_memory.is_(True) else 0
    return rows + (held_back or 0) if rows else None


def _severity(held: Held, memory: int | None) -> Severity:
    if held.bytes is None:
        return Severity.WARNING
    if memory and held.bytes * COPIES > memory:
        return Severity.ERROR
    is_large = held.bytes >= (WARNING_SHARE * memory if memory else WARNING_BYTES)
    return Severity.WARNING if is_large else Severity.NOTE


def _exhibits(held: Held, memory: int | None) -> tuple[Exhibit, ...]:
    if held.bytes is None or not memory:
        return ()
    bars = {"the array": held.bytes / 1e9, "at the peak": held.bytes * COPIES / 1e9, "this machine": memory / 1e9}
    return (Bars("Memory", "GB", bars),)


def _message(held: Held, memory: int | None, severity: Severity) -> str:
    least = "at least " if held.at_least else ""
    if held.picture_bytes is None:
        return "Every picture is read into one array before training: memory grows with the number of pictures."
    if held.bytes is None:
        return (
            f"Every picture is read into one array before training: {least}{_size(held.picture_bytes)} a picture, so "
            f"{least}{_size(held.picture_bytes * 10_000)} for 10,000 of them."
        )
    message = (
        f"All {held.pictures} pictures are read into one array before training: {least}{_size(held.bytes)}, about "
        f"{_size(held.bytes * COPIES)} at the peak"
    )
    if severity is Severity.ERROR and memory:
        return f"{message}, more than the {_size(memory)} of this machine."
    return f"{message} of {_size(memory)} in this machine." if memory else f"{message}."


def _size(count: int) -> str:
    """Bytes in decimal units, as memory is sold."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count} bytes"


FOLDERS = (ClassFolder(name="with_mask", files=60_000), ClassFolder(name="without_mask", files=40_000))
SPLIT = Split(path="dataset", role="unknown", classes=FOLDERS)
HUNDRED_THOUSAND = DatasetEvidence(splits=(SPLIT,), pictures=100_000, examined=400)

LOOP = """\
import os

import cv2
import numpy as np
from imutils import paths
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer
from tensorflow.keras.applications import VGG16
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Model

data = []
labels = []
for image_path in paths.list_images("dataset"):
    label = image_path.split(os.path.sep)[-2]
    image = cv2.imread(image_path)
    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    image = cv2.resize(image, (224, 224))
    data.append(image)
    labels.append(label)

data = np.array(data) / 255.0
labels = LabelBinarizer().fit_transform(np.array(labels))
(trainX, testX, trainY, testY) = train_test_split(data, labels, test_size=0.2, stratify=labels, random_state=42)

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
x = Flatten()(base.output)
model = Model(inputs=base.input, outputs=Dense(1, activation="sigmoid")(x))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(trainX, trainY, batch_size=8, validation_data=(testX, testY), epochs=25)
"""

InMemoryDataset.GOOD = (
    Case(
        name="a generator reads batches",
        source="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10)
train = datagen.flow_from_directory("dataset", target_size=(224, 224), class_mode="binary")
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10)
""",
    ),
    Case(
        name="a ready-made set comes as arrays",
        source="""\
from tensorflow import keras

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0

model = keras.Sequential([
    keras.layers.Input(shape=(32, 32, 3)),
    keras.layers.Conv2D(32, 3, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, validation_data=(x_test, y_test))
""",
    ),
)
InMemoryDataset.BAD = (
    Case(
        name="cv2 in a loop over paths",
        source=LOOP,
        fixed=LOOP.replace(
            """\
from tensorflow.keras.models import Model

""",
            """\
from tensorflow.keras.models import Model
from tensorflow.keras.utils import PyDataset

""",
        )
        .replace(
            """\
for image_path in paths.list_images("dataset"):
    label = image_path.split(os.path.sep)[-2]
""",
            """\


def load_picture(image_path):
""",
        )
        .replace(
            "    data.append(image)\n",
            """\
    return np.array(image) / 255.0


class PictureBatches(PyDataset):
    def __init__(self, paths, labels, batch_size, shuffle=False):
        super().__init__()
        self.paths, self.labels = paths, labels
        self.batch_size, self.shuffle = batch_size, shuffle
        self.order = np.arange(len(paths))
        self.on_epoch_end()

    def __len__(self):
        return -(-len(self.order) // self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        pictures = [load_picture(self.paths[row]) for row in rows]
        return np.stack(pictures), self.labels[rows]

    def on_epoch_end(self):
        if self.shuffle:
            np.random.shuffle(self.order)


for image_path in paths.list_images("dataset"):
    label = image_path.split(os.path.sep)[-2]
    data.append(image_path)
""",
        )
        .replace(
            "data = np.array(data) / 255.0\n",
            "data = np.array(data)\n",
        )
        .replace(
            "model.fit(trainX, trainY, batch_size=8, validation_data=(testX, testY), epochs=25)\n",
            """\
model.fit(PictureBatches(trainX, trainY, 8, shuffle=True), validation_data=PictureBatches(testX, testY, 8), epochs=25)
""",
        ),
        lines=(14, 22, 31),
        severity=Severity.WARNING,
        says="1.2 MB a picture",
    ),
    Case(
        name="load_img over folders of classes, a hundred thousand pictures",
        dataset=HUNDRED_THOUSAND,
        source="""\
import os

import numpy as np
from tensorflow.keras.applications.mobilenet_v2 import MobileNetV2, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import img_to_array, load_img
from tensorflow.keras.utils import to_categorical

DIRECTORY = "dataset"
CATEGORIES = ["with_mask", "without_mask"]

data = []
labels = []
for number, category in enumerate(CATEGORIES):
    path = os.path.join(DIRECTORY, category)
    for name in os.listdir(path):
        image = load_img(os.path.join(path, name), target_size=(224, 224))
        image = img_to_array(image)
        image = preprocess_input(image)
        data.append(image)
        labels.append(number)

data = np.array(data, dtype="float32")
labels = to_categorical(labels)

base = MobileNetV2(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, GlobalAveragePooling2D(), Dense(2, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(data, labels, batch_size=32, validation_split=0.2, epochs=20)
""",
        severity=Severity.WARNING,
        says="All 100000 pictures are read into one array before training: 60.2 GB",
    ),
)
