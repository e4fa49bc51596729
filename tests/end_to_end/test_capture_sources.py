"""One program with many ways of feeding a model, run once in a real child."""

from __future__ import annotations

import pytest

from tests.unit.capture.pictures import class_folders
from vggdoctor.evidence import Recipe, SourceKind, Stage
from vggdoctor.gather.capture import Captured, CaptureRequest, capture
from vggdoctor.project import Project

pytestmark = pytest.mark.slow

FITTING = """\
def fit(model, *args, **kwargs):
    return model.fit(*args, **kwargs)
"""

MANY = """\
import multiprocessing
import os

import keras
import numpy as np
import tensorflow as tf

from fitting import fit


def network(units=1, activation="sigmoid"):
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(units, activation=activation)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy" if units == 1 else "sparse_categorical_crossentropy")
    return model


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return np.full((4, 8, 8, 3), index, "float32"), np.array([0, 1, 0, 1])


def endless():
    while True:
        yield np.zeros((5, 8, 8, 3), "float32"), np.array([[1], [0], [1], [0], [1]])


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.flatten = keras.layers.Flatten()
        self.out = keras.layers.Dense(3, activation="softmax")

    def call(self, x):
        return self.out(self.flatten(x))


def square(x):
    return x * x


class Seen(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print("callback saw", sorted(logs))


if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        assert pool.map(square, [1, 2, 3]) == [1, 4, 9]
    x, y = np.random.rand(40, 8, 8, 3).astype("float32"), np.arange(40) % 2
    fit(network(), Batches(workers=2), epochs=2, verbose=0, callbacks=[Seen()])
    fit(network(), endless(), steps_per_epoch=6, epochs=1)
    data = tf.data.Dataset.from_tensor_slices((x, y % 3)).map(lambda a, b: (a / 255.0, b)).batch(7)
    own = Own()
    own.compile("adam", keras.losses.SparseCategoricalCrossentropy())
    fit(own, data, epochs=1)
    assert own.predict(data).shape == (40, 3)
    looped = network()
    for epoch in range(1000):
        loss = looped.train_on_batch(x[:4], y[:4])
    assert np.ndim(loss) == 0
    features = network(4, "relu").predict(x)
    head = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2), keras.layers.Activation("softmax")])
    head.compile("rmsprop", "sparse_categorical_crossentropy", ["sparse_categorical_accuracy"])
    fit(head, features, y, validation_data=(features, y), batch_size=10, sample_weight=np.ones(40))
    best = {}
    for units in (2, 3, 4):
        for repeat in range(3):
            tried = fit(network(units, "softmax"), x, y, epochs=units)
        best[units] = min(tried.history["loss"])
    assert min(best, key=best.get) in best
    open("done.txt", "w").write("done")
    print("reached the end")
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    folder = tmp_path_factory.mktemp("many")
    class_folders(folder / "pictures", {"a": 1})
    (folder / "fitting.py").write_text(FITTING)
    (folder / "run.py").write_text(MANY)
    return capture(Project(folder), Recipe(), CaptureRequest(entry="run.py", seconds=120, probe_seconds=0, offline=True))


@pytest.fixture(scope="module")
def stages(many: Captured) -> tuple[Stage, ...]:
    assert many.recipe is not None, many.capture
    return many.recipe.stages


def test_the_script_comes_to_its_end_and_its_own_callbacks_see_an_epoch(many: Captured) -> None:
    assert many.capture.status == "ok", (many.capture, many.output)
    assert many.output.rstrip().endswith("reached the end")
    assert "callback saw ['loss']" in many.output


def test_every_stage_is_recorded_once_at_the_call_that_reaches_keras(stages: tuple[Stage, ...]) -> None:
    assert [(stage.place.path, stage.place.line, stage.method) for stage in stages] == [
        ("fitting.py", 2, "fit"),
        ("fitting.py", 2, "fit"),
        ("fitting.py", 2, "fit"),
        ("run.py", next(n for n, text in enumerate(MANY.splitlines(), 1) if "train_on_batch" in text), "train_on_batch"),
        ("fitting.py", 2, "fit"),
        ("fitting.py", 2, "fit"),
        ("fitting.py", 2, "fit"),
        ("fitting.py", 2, "fit"),
    ]
    assert [stage.epochs.value for stage in stages] == [2, 1, 1, None, 1, 2, 3, 4]


def test_each_source_is_told_apart(stages: tuple[Stage, ...]) -> None:
    assert [stage.train.kind.value for stage in stages] == [
        SourceKind.SEQUENCE,
        SourceKind.GENERATOR,
        SourceKind.TF_DATA,
        SourceKind.ARRAYS,
        SourceKind.ARRAYS,
        SourceKind.ARRAYS,
        SourceKind.ARRAYS,
        SourceKind.ARRAYS,
    ]
    assert [stage.train.batch_size.value for stage in stages] == [4, 5, 7, 4, 10, 32, 32, 32]
    assert [stage.train.label_form.get("unknown") for stage in stages] == ["unknown"] * 3 + ["binary"] * 5
    assert [stage.steps_per_epoch.value for stage in stages[:2]] == [None, 6]
    assert stages[2].train.held_in_memory.value is True
    assert stages[4].class_weight.value is True
    assert stages[4].train.class_counts.value == {"0": 20, "1": 20}


def test_models_of_every_kind_are_recorded(stages: tuple[Stage, ...]) -> None:
    assert all(stage.model.backbone.known and stage.model.backbone.value is None for stage in stages)
    own, head = stages[2].model, stages[4].model
    assert own.complete.known is False and own.total_parameters.value == 192 * 3 + 3
    assert [layer.kind for layer in own.layers] == ["Flatten", "Dense"]
    assert (head.output.units.value, head.output.activation.value) == (2, "softmax")
    assert [layer.kind for layer in head.layers] == ["Dense", "Activation"]
    assert [(stage.model.output.units.value, stage.model.output.activation.value) for stage in stages[5:]] == [
        (2, "softmax"),
        (3, "softmax"),
        (4, "softmax"),
    ]
    compiled = stages[4].compiled.value
    assert compiled is not None and compiled.optimizer.value is not None and compiled.loss.value is not None
    assert (compiled.optimizer.value.name, compiled.optimizer.value.rate_is_default) == ("rmsprop", True)
    assert compiled.optimizer.value.learning_rate.value == 1e-3
    assert compiled.loss.value.name == "sparse_categorical_crossentropy"
