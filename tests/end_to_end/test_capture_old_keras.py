"""Programs of Keras 1, Keras 2 and TensorFlow 1, each run once in a real child."""

from __future__ import annotations

import pytest

from tests.end_to_end.captured import line, of_script, run, stages
from tests.unit.capture.pictures import class_folders
from vggdoctor.evidence import Backbone, Model, Pipeline, Recipe, SourceKind, Stage, known
from vggdoctor.gather.capture import Captured
from vggdoctor.schema import Location

pytestmark = pytest.mark.slow

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
def keras_2(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    pytest.importorskip("cv2")
    folder = tmp_path_factory.mktemp("old")
    class_folders(folder / "dataset", {"no": 6, "yes": 8})
    (folder / "train.py").write_text(KERAS_2)
    return run(folder, "train.py")


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


KERAS_1 = """\
import theano
import tensorflow as tf
from keras.backend.tensorflow_backend import set_session
from keras import backend as K
from keras.applications.vgg16 import VGG16
from keras.layers import Input
from keras.layers.convolutional import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.layers.normalization import BatchNormalization
from keras.models import Model, Sequential
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator
from keras.regularizers import l2
from keras.utils import multi_gpu_model
from tensorflow.python.keras.layers import GlobalAveragePooling2D

config = tf.ConfigProto()
config.gpu_options.allow_growth = True
set_session(tf.Session(config=config))
tf.set_random_seed(1)
K.set_image_dim_ordering("tf")

model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(32, 32, 3)))
model.add(Convolution2D(4, 3, 5, activation="relu"))
model.add(Convolution2D(nb_filter=6, nb_row=3, nb_col=3, border_mode="same", subsample=(2, 2), init="he_normal",
                        W_regularizer=l2(0.01), dim_ordering="tf"))
model.add(MaxPooling2D((2, 2), strides=(2, 2), dim_ordering="tf"))
model.add(BatchNormalization(mode=0, axis=-1))
model.add(Flatten())
model.add(Dropout(p=0.5))
model.add(Dense(output_dim=2))
model.add(Activation("softmax"))
assert [layer.output_shape[1:] for layer in model.layers[:3]] == [(34, 34, 3), (32, 30, 4), (16, 15, 6)]
model.compile(optimizer=SGD(lr=0.1), loss="categorical_crossentropy", metrics=["accuracy"])
rescaled = ImageDataGenerator(rescale=1.0 / 255)
train = rescaled.flow_from_directory("data/train", target_size=(32, 32), batch_size=4)
held = rescaled.flow_from_directory("data/validation", target_size=(32, 32), batch_size=4)
model.fit_generator(train, samples_per_epoch=24, nb_epoch=5, validation_data=held, nb_val_samples=8)

base = VGG16(weights=None, include_top=False, input_tensor=Input(shape=(32, 32, 3)))
top = Dense(2, activation="softmax")(GlobalAveragePooling2D()(base.output))
vgg = multi_gpu_model(Model(input=base.input, output=top), gpus=2)
for layer in base.layers:
    layer.trainable = False
vgg.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
history = vgg.fit_generator(train, samples_per_epoch=24, nb_epoch=3, validation_data=held, nb_val_samples=8)
assert len(history.history["val_acc"]) == 3
assert vgg.predict_generator(held, val_samples=8).shape == (8, 2)
loss, accuracy = vgg.evaluate_generator(held, val_samples=8)
assert 0.0 <= accuracy <= 1.0 < 100 * loss
vgg.save_weights("first_try.h5", overwrite=True)
print("reached the end")
"""


@pytest.fixture(scope="module")
def keras_1(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    recipe = Recipe(
        stages=tuple(
            Stage(place=Location("train.py", at, at), model=Model(backbone=backbone), train=Pipeline())
            for at, backbone in (
                (line("model.fit_generator", KERAS_1), known(None)),
                (
                    line("vgg.fit_generator", KERAS_1),
                    known(Backbone(application="VGG16", family="vgg16", place=Location("train.py", 1, 1))),
                ),
            )
        )
    )
    return of_script(tmp_path_factory.mktemp("older"), KERAS_1, recipe=recipe)


def test_a_keras_1_script_runs_unedited(keras_1: Captured) -> None:
    own, vgg = stages(keras_1)
    assert (own.epochs.value, own.steps_per_epoch.value, vgg.epochs.value) == (5, 6, 3)
    assert [layer.kind for layer in own.model.layers][:4] == ["ZeroPadding2D", "Conv2D", "Conv2D", "MaxPooling2D"]
    assert own.model.layers[1].inputs.value == 3 * 5 * 3
    assert own.model.layers[2].l2.value == pytest.approx(0.01)
    assert vgg.model.backbone.value is not None and vgg.model.backbone.value.trainable.value == "none"


def test_the_probe_waits_for_the_fit_on_the_backbone(keras_1: Captured) -> None:
    assert keras_1.probe is not None
    assert keras_1.probe.skipped["layers"] == "18"


def test_the_names_of_keras_1_and_tensorflow_1_are_told(keras_1: Captured) -> None:
    told = next(notice for notice in keras_1.notices if "lacks" in notice)
    calls = ("Convolution2D(filters, rows, columns)", "Model(input=, output=)")
    names = "nb_row tf.ConfigProto tf.Session set_session set_image_dim_ordering multi_gpu_model layer.output_shape"
    for name in (*calls, *names.split(), "tensorflow.python.keras.layers.GlobalAveragePooling2D"):
        assert name in told, name
