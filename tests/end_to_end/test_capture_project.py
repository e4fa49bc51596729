"""A project of several files that reaches for services, downloads and a GPU, run once in a real child."""

from __future__ import annotations

import pytest

from tests.end_to_end.captured import line, run, stages
from tests.unit.capture.pictures import class_folders
from vggdoctor.gather.capture import Captured

pytestmark = pytest.mark.slow

TRAINER = """\
import keras
import numpy as np
import tensorflow as tf
from settings import SIZE


class Trainer:
    def __init__(self, folder, config):
        self.config = config
        self.train_data = keras.utils.image_dataset_from_directory(
            f"{folder}/train", image_size=(SIZE, SIZE), batch_size=config.batch, label_mode="categorical")
        self.held_data = keras.utils.image_dataset_from_directory(
            f"{folder}/validation", image_size=(SIZE, SIZE), batch_size=config.batch, label_mode="categorical")

    def build(self):
        base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(SIZE, SIZE, 3))
        base.trainable = False
        self.model = keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(2),
                                       keras.layers.Activation("softmax", dtype="float32")])
        self.model.compile(keras.optimizers.Adam(self.config.rate), "categorical_crossentropy", metrics=["accuracy"])

    def train(self, callbacks):
        return self.model.fit(self.train_data, validation_data=self.held_data, epochs=self.config.epochs, callbacks=callbacks)
"""

MAIN = """\
import os
import tkinter
import urllib.request
import zipfile
import matplotlib
import matplotlib.pyplot as plt
import mlflow
import tensorflow as tf
import wandb
from tensorflow.keras.mixed_precision import experimental as mixed_precision
from wandb.keras import WandbCallback

from package.trainer import Trainer

matplotlib.use("TkAgg")
tkinter.Tk().withdraw()
gpus = tf.config.experimental.list_physical_devices("GPU")
assert len(gpus) > 0, "no GPU"
tf.config.experimental.set_memory_growth(gpus[0], True)

archive = tf.keras.utils.get_file("animals.zip", origin="https://example.com/animals.zip", extract=True)
urllib.request.urlretrieve("https://example.com/more.zip", "more.zip")
zipfile.ZipFile("more.zip").extractall("more")
folder = os.path.join(os.path.dirname(archive), "animals")

wandb.init(project="animals", config={"epochs": 4, "batch": 8})
wandb.config.rate = 0.002
mixed_precision.set_policy("mixed_float16")
strategy = tf.distribute.MirroredStrategy()
with strategy.scope():
    trainer = Trainer(folder, wandb.config)
    trainer.build()
with mlflow.start_run(), tf.device("/GPU:0"):
    history = trainer.train([WandbCallback()])
    mlflow.log_metric("accuracy", history.history["val_accuracy"][-1])
plt.ion()
plt.plot(history.history["loss"])
plt.show(block=True)
plt.pause(1)
wandb.finish()
print("reached the end")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    folder = tmp_path_factory.mktemp("project")
    for split in ("train", "validation"):
        class_folders(folder / "pictures" / split, {"cats": 8, "dogs": 8})
    files = {
        "scripts/main.py": MAIN,
        "package/__init__.py": "",
        "package/trainer.py": TRAINER,
        "common/settings.py": "SIZE = 32\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return run(folder, "scripts/main.py")


def test_the_fit_in_another_file_is_reached_through_modules_off_the_path(project: Captured) -> None:
    (stage,) = stages(project)
    assert (stage.place.path, stage.place.line) == ("package/trainer.py", line("self.model.fit", TRAINER))
    assert any("settings was imported from common" in notice for notice in project.notices)


def test_strategy_and_mixed_precision_are_respected(project: Captured) -> None:
    (stage,) = stages(project)
    assert stage.model.backbone.value is not None and stage.model.backbone.value.trainable.value == "none"
    assert stage.model.output.dtype.value == "float32"
    assert stage.compiled.value is not None and stage.compiled.value.optimizer.value is not None
    assert stage.compiled.value.optimizer.value.name == "adam"
    assert stage.compiled.value.optimizer.value.learning_rate.value == pytest.approx(0.002)
    assert project.probe is not None
    assert (project.probe.skipped["changed"], project.probe.skipped["restored"]) == ("True", "True")


def test_services_downloads_and_the_missing_gpu_are_told(project: Captured) -> None:
    (stage,) = stages(project)
    assert (stage.epochs.value, stage.train.batch_size.value, stage.train.directory.value) == (4, 8, "pictures/train")
    notices = "\n".join(project.notices)
    for words in (
        "takes a GPU for granted",
        "animals.zip was not downloaded",
        "https://example.com/more.zip was not downloaded",
        "more.zip does not exist here: nothing was unpacked",
        "animals/train does not exist here: ./pictures/train was taken in its place",
        "wandb is not used here",
        "tkinter is not used here",
    ):
        assert words in notices, words
