"""Ordinary programs, each run once in a real child."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.capture.pictures import class_folders, tree_hash
from vggdoctor.evidence import Origin, Recipe, Role, SourceKind
from vggdoctor.gather.capture import Captured, CaptureRequest, capture
from vggdoctor.gather.weights import vgg16_weights
from vggdoctor.project import Project

pytestmark = pytest.mark.slow

STAND_IN = '''
import numpy as np
from vggdoctor.evidence import ProbeEvidence

def probe(live, seconds, seed, report):
    """Trains for real, so that the restoring is seen, and tells what it was given."""
    before = live.model.get_weights()
    report(ProbeEvidence(skipped={"first": "report"}))
    live.model.fit(live.train, y=live.y, epochs=1, steps_per_epoch=1 if live.y is None else None, verbose=0)
    changed = any(not np.array_equal(old, new) for old, new in zip(before, live.model.get_weights()))
    live.restore()
    same = all(np.array_equal(old, new) for old, new in zip(before, live.model.get_weights()))
    told = {"changed": changed, "restored": same, "layers": len(live.backbone_layers), "validation": live.validation is not None,
            "loss": live.compile_arguments.get("loss"), "seed": seed}
    return ProbeEvidence(pretrained=live.pretrained, skipped={name: str(value) for name, value in told.items()}, seconds=0.5)
'''

TWO_STAGES = """\
import os
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator


class Trainer:
    def __init__(self, folder):
        augmenting = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True,
                                        rotation_range=10, validation_split=0.25)
        self.train = augmenting.flow_from_directory(folder, target_size=(32, 32), batch_size=4, subset="training", seed=1)
        self.held = augmenting.flow_from_directory(folder, target_size=(32, 32), batch_size=4, subset="validation", shuffle=False)
        self.base = VGG16(weights="imagenet", include_top=False, input_shape=(32, 32, 3))
        self.base.trainable = False
        inputs = keras.Input((32, 32, 3))
        x = self.base(inputs, training=False)
        x = layers.GlobalAveragePooling2D()(x)
        outputs = layers.Dense(2, activation="softmax")(x)
        self.model = keras.Model(inputs, outputs)

    def compile(self, rate):
        self.model.compile(optimizer=keras.optimizers.Adam(learning_rate=rate), loss="categorical_crossentropy",
                           metrics=["accuracy", keras.metrics.AUC()])

    def run(self):
        self.compile(1e-3)
        best = keras.callbacks.ModelCheckpoint("out/best.weights.h5", save_best_only=True, save_weights_only=True)
        first = self.model.fit(self.train, validation_data=self.held, epochs=7, callbacks=[best], class_weight={0: 1.0, 1: 2.0})
        self.model.load_weights("out/best.weights.h5")
        for layer in self.base.layers[-4:]:
            layer.trainable = True
        self.base.trainable = True
        for layer in self.base.layers[:-4]:
            layer.trainable = False
        self.compile(1e-5)
        second = self.model.fit(self.train, validation_data=self.held, epochs=3,
                                callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
        return first, second


if __name__ == "__main__":
    trainer = Trainer(os.path.join("data", "train"))
    first, second = trainer.run()
    plt.plot(range(7), first.history["val_auc"])
    plt.plot(range(10), first.history["loss"] + second.history["loss"])
    plt.savefig("curves.png")
    plt.show()
    loss, accuracy, auc = trainer.model.evaluate(trainer.held)
    scores = trainer.model.predict(trainer.held)
    assert scores.shape == (len(trainer.held.classes), 2), scores.shape
    trainer.model.save("final.keras")
    print("reached the end")
"""


def line(text: str, source: str = TWO_STAGES) -> int:
    """The number of the first line that holds ``text``."""
    return next(number for number, written in enumerate(source.splitlines(), start=1) if text in written)


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stand_in")
    (folder / "stand_in.py").write_text(STAND_IN)
    return folder


def run(folder: Path, entry: str, stand_in: Path, **more: object) -> Captured:
    """Capture with the stand-in for the probe, offline."""
    before = tree_hash(folder)
    request = CaptureRequest(entry=entry, seconds=150, probe_seconds=20, offline=True, probe="stand_in:probe", **more)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(stand_in))
        captured = capture(Project(folder), Recipe(), request)
    assert tree_hash(folder) == before
    return captured


@pytest.fixture(scope="module")
def two_stages(tmp_path_factory: pytest.TempPathFactory, stand_in: Path) -> Captured:
    folder = tmp_path_factory.mktemp("flowers")
    class_folders(folder / "data" / "train", {"daisy": 8, "rose": 12})
    (folder / "train.py").write_text(TWO_STAGES)
    (folder / "curves.png").write_bytes(b"the user's own")
    return run(folder, "train.py", stand_in)


def test_the_script_comes_to_its_end(two_stages: Captured) -> None:
    assert two_stages.capture.status == "ok", (two_stages.capture, two_stages.output)
    assert two_stages.output.rstrip().endswith("reached the end")
    assert two_stages.environment["keras"]
    assert two_stages.peak_bytes > 100 * 2**20


def test_the_probe_measures_the_first_stage_and_everything_is_put_back(two_stages: Captured) -> None:
    assert two_stages.probe_report.status == "ok", two_stages.probe_report
    assert two_stages.probe is not None
    assert two_stages.probe.pretrained == (vgg16_weights() is not None)
    assert two_stages.probe.skipped == {
        "changed": "True",
        "restored": "True",
        "layers": "18",
        "validation": "True",
        "loss": "categorical_crossentropy",
        "seed": "0",
    }


def test_both_stages_are_recorded_with_what_trains(two_stages: Captured) -> None:
    assert two_stages.recipe is not None
    first, second = two_stages.recipe.stages
    assert (first.place.line, second.place.line) == (line("first = self.model.fit"), line("second = self.model.fit"))
    assert (first.follows, second.follows) == (None, 0)
    assert (first.epochs.value, second.epochs.value) == (7, 3)
    assert (first.class_weight.value, second.class_weight.value) == (True, False)
    one, two = first.model.backbone.value, second.model.backbone.value
    assert one is not None and two is not None
    assert (one.application, one.family, one.place.line) == ("VGG16", "vgg16", line("VGG16(weights"))
    assert (one.weights.value, one.include_top.value, one.training_argument.value) == ("imagenet", False, False)
    assert one.is_cut.value is False
    assert (one.trainable.value, two.trainable.value, two.trainable_from.value) == ("none", "some", "block5_conv1")
    assert [layer.kind for layer in first.model.layers] == ["GlobalAveragePooling2D", "Dense"]
    assert first.model.trainable_parameters.value == 512 * 2 + 2
    assert (first.model.output.units.value, first.model.output.activation.value) == (2, "softmax")
    assert first.model.output.place is not None and first.model.output.place.line == line("Dense(2")
    assert first.model.backbone.origin is Origin.OBSERVED


def test_compile_and_callbacks_are_recorded(two_stages: Captured) -> None:
    assert two_stages.recipe is not None
    first, second = two_stages.recipe.stages
    compiled = [stage.compiled.value for stage in (first, second)]
    assert all(one is not None and one.place.line == line("self.model.compile") for one in compiled)
    assert [one.optimizer.value.learning_rate.value for one in compiled if one and one.optimizer.value] == [1e-3, 1e-5]
    assert compiled[0] is not None and compiled[0].loss.value is not None and compiled[0].metrics.value is not None
    assert compiled[0].loss.value.name == "categorical_crossentropy"
    assert [metric.name for metric in compiled[0].metrics.value] == ["accuracy", "auc"]
    assert [(use.name, use.changes_rate) for stage in (first, second) for use in stage.callbacks.value or ()] == [
        ("ModelCheckpoint", False),
        ("ReduceLROnPlateau", True),
    ]


def test_the_pipelines_are_recorded_in_order_of_effect(two_stages: Captured) -> None:
    assert two_stages.recipe is not None
    stage = two_stages.recipe.stages[0]
    train, held = stage.train, stage.validation.value
    assert held is not None
    assert train.kind.value is SourceKind.DIRECTORY
    assert (train.directory.value, train.size.value, train.batch_size.value) == ("data/train", (32, 32), 4)
    assert (train.shuffle.value, held.shuffle.value) == (True, False)
    assert (train.subset.value, held.subset.value, train.validation_split.value, train.seed.value) == (
        "training",
        "validation",
        0.25,
        1,
    )
    assert (train.class_counts.value, held.class_counts.value) == ({"daisy": 6, "rose": 9}, {"daisy": 2, "rose": 3})
    assert (train.label_form.value, train.classes.value, train.pictures.value) == ("one-hot", 2, 15)
    assert [(step.role, step.operation, step.family) for step in train.steps] == [
        (Role.AUGMENTATION, "rotation", None),
        (Role.AUGMENTATION, "flip", None),
        (Role.NORMALIZATION, "preprocess_input", "vgg16"),
    ]
    assert train.steps[2].spelling == "preprocessing_function=preprocess_input"
    assert train.steps[2].argument_of is not None and train.steps[2].argument_of.line == line("augmenting = ")
    assert train.complete.value is True
    assert train.generator is not None and train.generator.function == "keras.preprocessing.image.ImageDataGenerator"
    assert train.loader is not None and train.loader.place.line == line("self.train = ")


def test_evaluations_are_recorded(two_stages: Captured) -> None:
    assert two_stages.recipe is not None
    found = [(item.name, item.place.line, item.pipeline.get(None)) for item in two_stages.recipe.evaluations]
    assert [(name, at) for name, at, _ in found] == [("evaluate", line(".evaluate(")), ("predict", line(".predict("))]
    assert all(pipeline is not None and pipeline.shuffle.value is False for _, _, pipeline in found)


KERAS_2 = """\
import argparse
import os
import cv2
import numpy as np
import seaborn as sns
from keras.layers.convolutional import Conv2D
from keras.layers.core import Dense, Flatten
from keras.layers.experimental.preprocessing import Rescaling
from keras.models import Sequential, load_model
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator, img_to_array
from keras.utils import np_utils
from keras.callbacks import ModelCheckpoint
from tensorflow.keras.layers.experimental import preprocessing
from tqdm import tqdm

parser = argparse.ArgumentParser()
parser.add_argument("-d", "--dataset", required=True, help="path to input dataset")
parser.add_argument("-o", "--output", default="plot.png")
options = vars(parser.parse_args())
name = input("who trains? ")

pictures, labels = [], []
for folder, _, files in os.walk(options["dataset"]):
    for file in tqdm(files, desc="reading"):
        picture = cv2.resize(cv2.imread(os.path.join(folder, file)), (16, 16))
        cv2.imshow("now", picture)
        cv2.waitKey(0)
        pictures.append(img_to_array(picture))
        labels.append(sorted(os.listdir(options["dataset"])).index(os.path.basename(folder)))
pictures = np.array(pictures, dtype="float32") / 255.0
labels = np_utils.to_categorical(labels, 2)
sns.set_style("dark")

model = Sequential()
model.add(Conv2D(4, (3, 3), activation="relu", border_mode="same", input_shape=(16, 16, 3)))
model.add(Flatten())
model.add(Dense(output_dim=2, activation="softmax"))
model.compile(loss="binary_crossentropy", optimizer=SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True), metrics=["accuracy"])
augment = ImageDataGenerator(width_shift_range=0.1)
history = model.fit_generator(augment.flow(pictures, labels, batch_size=5), samples_per_epoch=len(pictures), nb_epoch=3,
                              validation_data=(pictures, labels), workers=4,
                              callbacks=[ModelCheckpoint("best.hdf5", monitor="val_acc")])
assert len(history.history["acc"]) == len(history.history["val_acc"]) == 3
model.optimizer.lr = 0.001
model.fit(pictures, labels, nb_epoch=2, validation_split=0.25)
assert model.predict_classes(pictures).shape == (len(pictures),)
model.save("model.model")
again = load_model("model.model")
model.save_weights("weights.hdf5")
model.load_weights("weights.hdf5")
print("reached the end")
"""


@pytest.fixture(scope="module")
def keras_2(tmp_path_factory: pytest.TempPathFactory, stand_in: Path) -> Captured:
    pytest.importorskip("cv2")
    folder = tmp_path_factory.mktemp("old")
    class_folders(folder / "dataset", {"no": 6, "yes": 8})
    (folder / "train.py").write_text(KERAS_2)
    return run(folder, "train.py", stand_in)


def test_a_keras_2_script_runs_unedited(keras_2: Captured) -> None:
    assert keras_2.capture.status == "ok", (keras_2.capture, keras_2.output)
    assert keras_2.output.rstrip().endswith("reached the end")
    assert keras_2.recipe is not None
    first, second = keras_2.recipe.stages
    assert (first.method, first.epochs.value, first.steps_per_epoch.value) == ("fit_generator", 3, 2)
    assert (second.method, second.epochs.value) == ("fit", 2)


def test_each_old_name_is_told(keras_2: Captured) -> None:
    told = next(notice for notice in keras_2.notices if "lacks" in notice)
    names = (
        "decay nb_epoch workers border_mode output_dim acc predict_classes layers.core.Dense Rescaling optimizer.lr model.model"
    )
    for name in ("fit_generator", f"lr (train.py:{line('SGD(lr', KERAS_2)})", "np_utils.to_categorical", *names.split()):
        assert name in told, name


def test_stand_ins_and_filled_arguments_are_told(keras_2: Captured) -> None:
    notices = "\n".join(keras_2.notices)
    assert "--dataset dataset" in notices
    assert "who trains?" in notices
    assert "seaborn" in notices


def test_arrays_are_seen_as_held_in_memory(keras_2: Captured) -> None:
    assert keras_2.recipe is not None
    flow, plain = (stage.train for stage in keras_2.recipe.stages)
    assert (flow.kind.value, flow.held_in_memory.value) == (SourceKind.ARRAYS, True)
    assert (flow.array_shape.value, flow.array_dtype.value) == ((14, 16, 16, 3), "float32")
    assert flow.complete.known is False
    held = keras_2.recipe.stages[1].validation.value
    assert held is not None
    assert (plain.pictures.value, held.pictures.value) == (10, 4)
    optimizer = keras_2.recipe.stages[0].compiled.value
    assert optimizer is not None and optimizer.optimizer.value is not None and optimizer.metrics.value is not None
    assert (optimizer.optimizer.value.name, optimizer.optimizer.value.momentum.value) == ("sgd", 0.9)
    assert optimizer.optimizer.value.settings["decay"] == 1e-6
    assert [metric.name for metric in optimizer.metrics.value] == ["accuracy"]


COLAB = [
    "!pip install -q tensorflow\nfrom google.colab import drive, files\ndrive.mount('/content/drive')\n%matplotlib inline",
    "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers",
    "undefined_name + 1",
    "import os\nos.makedirs('/content/drive/MyDrive/out/logs', exist_ok=True)\n"
    "open('/content/drive/MyDrive/out/logs/a.txt', 'w').write('x')\n"
    "assert open('/content/drive/MyDrive/out/logs/a.txt').read() == 'x'\n"
    "assert sorted(os.listdir(r'C:\\Users\\me\\data')) == ['a', 'b', 'c']\n"
    "assert len([f for _, _, files in os.walk('/kaggle/input/shop/data') for f in files]) == 18\n"
    "assert not os.path.exists('/content/nothing')\nprint('paths are found')",
    "train = keras.utils.image_dataset_from_directory('data', validation_split=0.5, subset='training', seed=3,\n"
    "    image_size=(24, 24), batch_size=3, label_mode='int')\n"
    "held = keras.utils.image_dataset_from_directory('/content/drive/MyDrive/shop/data',\n"
    "    validation_split=0.5, subset='validation', seed=3,\n"
    "    image_size=(24, 24), batch_size=3, label_mode='int')\n"
    "names = train.class_names\n"
    "train = train.cache().shuffle(10).prefetch(2)",
    "inputs = keras.Input((24, 24, 3))\nx = layers.RandomFlip('horizontal')(inputs)\n"
    "x = layers.Rescaling(1 / 127.5, offset=-1)(x)\n"
    "base = keras.applications.MobileNetV2(weights=None, include_top=False, input_tensor=keras.layers.Resizing(32, 32)(x))\n"
    "outputs = layers.Dense(len(names))(layers.GlobalAveragePooling2D()(base.output))\nmodel = keras.Model(inputs, outputs)",
    "model.compile('sgd', keras.losses.SparseCategoricalCrossentropy(from_logits=True), ['accuracy'])\n"
    "history = model.fit(train, validation_data=held, epochs=4)",
    "import keras_preprocessing_that_is_nowhere",
]


@pytest.fixture(scope="module")
def colab(tmp_path_factory: pytest.TempPathFactory, stand_in: Path) -> Captured:
    folder = tmp_path_factory.mktemp("colab")
    class_folders(folder / "data", {"a": 6, "b": 6, "c": 6})
    cells = [{"cell_type": "markdown", "source": "# Title", "metadata": {}}]
    cells += [{"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None} for text in COLAB]
    (folder / "book.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    return run(folder, "book.ipynb", stand_in)


def test_a_notebook_runs_past_cells_that_fail_and_says_so(colab: Captured) -> None:
    assert colab.capture.status == "partial"
    assert "NameError" in colab.capture.reason
    notices = "\n".join(colab.notices)
    assert "!pip install -q tensorflow" in notices
    assert "google.colab" in notices
    assert "pip install keras_preprocessing_that_is_nowhere" in notices


def test_paths_of_other_machines_are_found_and_told(colab: Captured) -> None:
    assert "paths are found" in colab.output, colab.notices
    assert any(
        notice == "/content/drive/MyDrive/shop/data does not exist here: ./data was taken in its place"
        for notice in colab.notices
    )
    assert colab.recipe is not None
    held = colab.recipe.stages[0].validation.value
    assert held is not None and (held.directory.value, held.pictures.value) == ("data", 9)


def test_the_stage_of_a_notebook_has_cells_and_the_datasets_facts(colab: Captured) -> None:
    assert colab.recipe is not None
    (stage,) = colab.recipe.stages
    assert (stage.place.path, stage.place.cell, stage.place.line) == ("book.ipynb", 7, 2)
    train = stage.train
    assert (train.kind.value, train.directory.value, train.size.value) == (SourceKind.DIRECTORY, "data", (24, 24))
    assert (train.batch_size.value, train.label_form.value, train.classes.value) == (3, "integer", 3)
    assert (train.pictures.value, train.subset.value) == (9, "training")
    assert train.loader is not None and (train.loader.place.cell, train.loader.place.line) == (5, 1)
    assert train.complete.known is False
    assert stage.compiled.value is not None and stage.compiled.value.loss.value is not None
    assert stage.compiled.value.loss.value.from_logits.value is True
    assert [metric.name for metric in stage.compiled.value.metrics.value or ()] == ["accuracy"]
    assert any("compile(optimizer, loss, metrics)" in notice for notice in colab.notices)


def test_layers_in_front_of_the_backbone_are_steps(colab: Captured) -> None:
    assert colab.recipe is not None
    model = colab.recipe.stages[0].model
    assert model.backbone.value is not None and model.backbone.value.family == "mobilenet_v2"
    assert model.backbone.value.trainable.value == "all"
    assert [step.operation for step in model.input_steps] == ["flip", "affine", "resize"]
    assert all(step.inside_model for step in model.input_steps)
    assert model.input_steps[0].direction == "horizontal"
    (normalization,) = [step for step in model.input_steps if step.role is Role.NORMALIZATION]
    assert normalization.scale == pytest.approx(1 / 127.5, rel=1e-3) and normalization.offset == pytest.approx(-1, abs=1e-3)
    assert [layer.kind for layer in model.layers] == ["GlobalAveragePooling2D", "Dense"]
    assert (model.output.activation.value, model.output.units.value) == ("linear", 3)
