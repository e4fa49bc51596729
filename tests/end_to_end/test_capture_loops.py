"""Training loops that people write themselves, in real children."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.captured import line, of_script, stages
from vggdoctor.evidence import SourceKind
from vggdoctor.gather.capture import Captured

pytestmark = pytest.mark.slow

LOOPS = """\
import keras
import numpy as np
import tensorflow as tf
from sklearn.utils import shuffle

train = keras.utils.image_dataset_from_directory("data/train", image_size=(32, 32), batch_size=4)
held = keras.utils.image_dataset_from_directory("data/validation", image_size=(32, 32), batch_size=4)
x = np.concatenate([pictures for pictures, _ in train])
y = np.concatenate([labels for _, labels in train])

whole = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])
whole.compile(keras.optimizers.SGD(0.01), "binary_crossentropy", metrics=["accuracy"])
for epoch in range(30):
    x, y = shuffle(x, y)
    for start in range(0, len(x), 8):
        loss, accuracy = whole.train_on_batch(x[start : start + 8], y[start : start + 8])
assert 0 <= accuracy <= 1

base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3), pooling="avg")
base.trainable = False
model = keras.Sequential([keras.layers.Rescaling(1 / 255), base, keras.layers.Dense(2)])
optimizer = keras.optimizers.Adam(3e-4)
compute_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
seen = keras.metrics.SparseCategoricalAccuracy()
for epoch in range(2):
    for pictures, labels in train:
        with tf.GradientTape() as tape:
            logits = model(pictures, training=True)
            loss = compute_loss(labels, logits)
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_weights), model.trainable_weights))
        seen.update_state(labels, logits)
    seen.reset_states()
    for pictures, labels in held:
        model(pictures, training=False)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.flatten, self.out = keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")

    def call(self, inputs):
        return self.out(self.flatten(inputs))


net, momentum, crossentropy = Net(), keras.optimizers.SGD(0.02, momentum=0.9), keras.losses.BinaryCrossentropy()


@tf.function
def step(pictures, labels):
    with tf.GradientTape() as tape:
        loss = crossentropy(labels, net(pictures, training=True))
    momentum.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)
    return loss


for pictures, labels in train.map(lambda a, b: (a / 255.0, b)):
    step(pictures, tf.reshape(labels, (-1, 1)))
print("reached the end")
"""


@pytest.fixture(scope="module")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    return of_script(tmp_path_factory.mktemp("loops"), LOOPS)


def test_each_loop_is_a_stage_at_the_line_that_trains(loops: Captured) -> None:
    told = stages(loops)
    assert [(stage.method, stage.place.line) for stage in told] == [
        ("train_on_batch", line("train_on_batch", LOOPS)),
        ("train_on_batch", line("apply_gradients", LOOPS)),
        ("train_on_batch", line("momentum.apply", LOOPS)),
    ]
    assert [stage.train.kind.value for stage in told] == [SourceKind.ARRAYS, SourceKind.DIRECTORY, SourceKind.DIRECTORY]
    assert [stage.train.batch_size.value for stage in told] == [8, 4, 4]
    assert all(not stage.validation.known and not stage.epochs.known and not stage.callbacks.known for stage in told)


def test_model_optimizer_and_loss_of_a_tape_are_recorded(loops: Captured) -> None:
    _, eager, traced = stages(loops)
    assert eager.model.backbone.value is not None and eager.model.backbone.value.trainable.value == "none"
    assert eager.train.pictures.value == 24
    compiled = eager.compiled.value
    assert compiled is not None and compiled.optimizer.value is not None and compiled.loss.value is not None
    assert compiled.optimizer.value.place is not None
    assert compiled.optimizer.value.place.line == line("optimizer = ", LOOPS)
    assert compiled.optimizer.value.learning_rate.value == pytest.approx(3e-4)
    assert (compiled.loss.value.name, compiled.loss.value.from_logits.value) == ("sparse_categorical_crossentropy", True)
    assert not compiled.metrics.known
    other = traced.compiled.value
    assert other is not None and other.optimizer.value is not None
    assert (other.optimizer.value.name, other.optimizer.value.momentum.value) == ("sgd", 0.9)


def test_the_probe_gets_each_picture_of_the_batches_once(loops: Captured) -> None:
    assert loops.probe is not None, loops.probe_report
    told = loops.probe.skipped
    assert (told["changed"], told["restored"], told["rows"]) == ("True", "True", "24")


ENDLESS = """\
import keras, tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.1)
while True:
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(tf.zeros((2, 1)), model(tf.ones((2, 4))))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
"""


def test_a_loop_without_end_is_left_with_what_was_seen(tmp_path: Path) -> None:
    captured = of_script(tmp_path / "endless", ENDLESS, probe_seconds=0, seconds=40)
    assert captured.capture.status == "partial"
    assert "it was left after" in captured.capture.reason
    assert captured.recipe is not None and captured.recipe.stages[0].place.line == line("apply_gradients", ENDLESS)
