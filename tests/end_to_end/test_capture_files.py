"""What a script saves, loads again and expects of callbacks after a fit that did not run, in a real child."""

from __future__ import annotations

import pytest

from tests.end_to_end.captured import of_script, stages
from vggdoctor.gather.capture import Captured

pytestmark = pytest.mark.slow

SAVES = """\
import glob
import json
import os
import pickle
import shutil
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import callbacks, layers, models
from tensorflow.keras.applications.vgg16 import VGG16, decode_predictions
from tensorflow.keras.preprocessing.image import ImageDataGenerator

rescaled = ImageDataGenerator(rescale=1 / 255)
train = rescaled.flow_from_directory("data/train", target_size=(32, 32), batch_size=4)
held = rescaled.flow_from_directory("data/validation", target_size=(32, 32), batch_size=4, shuffle=False)


def network():
    model = models.Sequential([layers.Flatten(input_shape=(32, 32, 3)), layers.Dense(2, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


model = network()
stopping = callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
best = callbacks.ModelCheckpoint("best.h5", monitor="val_accuracy", mode="max", save_best_only=True)
logged = callbacks.History()
history = model.fit(
    train, validation_data=held, epochs=10, steps_per_epoch=1000, validation_steps=200,
    callbacks=[
        stopping, best, logged, callbacks.ReduceLROnPlateau(), callbacks.CSVLogger("training.log"),
        callbacks.ModelCheckpoint("weights.{epoch:02d}-{val_loss:.2f}.hdf5", save_weights_only=True, period=1),
        callbacks.ModelCheckpoint("training_1/cp.ckpt", save_weights_only=True),
    ],
)
assert len(history.history["val_accuracy"]) == len(history.history["lr"]) == len(logged.history["loss"]) == 10
assert best.best == history.history["val_accuracy"][-1] and np.isfinite(stopping.best)
assert len(pd.read_csv("training.log")["val_loss"]) == 10

assert os.path.exists("best.h5")
shutil.copy("best.h5", "copy.h5")
for name in ("best.h5", "copy.h5"):
    assert models.load_model(name).output_shape == (None, 2)
model.load_weights("best.h5")
model.load_weights(sorted(glob.glob("weights.*.hdf5"))[-1])
model.load_weights("training_1/cp.ckpt")
network().load_weights(tf.train.latest_checkpoint("training_1"))
model.save("saved_model/mine", save_format="tf")
models.load_model("saved_model/mine")
tf.saved_model.save(model, "exported")
open("model.json", "w").write(model.to_json())
again = models.model_from_json(open("model.json").read())
model.save_weights("model.h5")
again.load_weights("model.h5")
pickle.dump(history.history, open("history.pkl", "wb"))
assert pickle.load(open("history.pkl", "rb"))["accuracy"]
json.dump(history.history, open("history.json", "w"))
predicted = np.argmax(model.predict_generator(held, held.samples // held.batch_size + 1), axis=1)
assert predicted.shape == held.classes.shape

single = [model.predict(np.random.rand(1, 32, 32, 3), verbose=0).shape for _ in range(100)]
assert set(single) == {(1, 2)}
assert len(decode_predictions(np.random.rand(2, 1000), top=3)[1]) == 3
borrowed = VGG16(weights="../input/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", include_top=False)
print("reached the end")
"""


@pytest.fixture(scope="module")
def saving(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    return of_script(tmp_path_factory.mktemp("saving"), SAVES, probe_seconds=0)


def test_files_and_values_that_fit_would_have_left_are_there(saving: Captured) -> None:
    (stage,) = stages(saving)
    assert stage.steps_per_epoch.value == 1000
    assert [use.name for use in stage.callbacks.value or ()].count("ModelCheckpoint") == 3


def test_what_stands_in_for_files_of_keras_is_told(saving: Captured) -> None:
    notices = "\n".join(saving.notices)
    assert "ImageNet classes are not on this machine" in notices
    assert "save_format" in notices
