"""Scripts that want to be told something, in real children."""

from __future__ import annotations

import pytest

from tests.end_to_end.captured import of_script, stages
from vggdoctor.gather.capture import Captured

pytestmark = pytest.mark.slow

ASKS = """\
import argparse
import keras
from keras.preprocessing.image import ImageDataGenerator

parser = argparse.ArgumentParser()
parser.add_argument("--train_dir", required=True)
parser.add_argument("--val_dir", required=True)
parser.add_argument("--batch-size", type=int, required=True)
parser.add_argument("--model_out", required=True)
parser.add_argument("--depth", type=int, default=1)
given = parser.parse_args()
rate = float(input("Learning rate: "))
epochs = int(input("How many epochs? "))
tries = int(input("How often? "))
folder = input("Folder of the training images: ")
assert (tries, folder, given.train_dir, given.depth) == (1, given.train_dir, "data/train", 3), (tries, folder, given)
assert input("Overwrite the model? [y/n] ") == "y" and input() == ""

rescaled = ImageDataGenerator(rescale=1 / 255)
train = rescaled.flow_from_directory(folder, target_size=(32, 32), batch_size=given.batch_size)
held = rescaled.flow_from_directory(given.val_dir, target_size=(32, 32), batch_size=given.batch_size)
model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")])
model.compile(keras.optimizers.Adam(rate), "categorical_crossentropy")
model.fit(train, validation_data=held, epochs=epochs)
model.save(given.model_out)
print("reached the end")
"""


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    return of_script(tmp_path_factory.mktemp("asking"), ASKS, probe_seconds=0, arguments="--depth 3")


def test_what_is_asked_is_answered_and_told(asking: Captured) -> None:
    (stage,) = stages(asking)
    assert stage.train.directory.value == "data/train"
    assert stage.validation.value is not None and stage.validation.value.directory.value == "data/validation"
    notices = "\n".join(asking.notices)
    assert "--train_dir data/train --val_dir data/validation --batch-size 32 --model_out vggdoctor-output" in notices
    assert "'How many epochs?': answered with 10" in notices


def test_what_the_audit_invented_is_no_fact_about_the_training(asking: Captured) -> None:
    (stage,) = stages(asking)
    assert stage.compiled.value is not None and stage.compiled.value.optimizer.value is not None
    invented = (stage.epochs, stage.train.batch_size, stage.compiled.value.optimizer.value.learning_rate)
    assert [fact.known for fact in invented] == [False] * 3
    assert all("wants to be told" in fact.reason for fact in invented)
    assert stage.train.size.value == (32, 32)
