"""Two-stage fine-tuning in a class of its own, run once in a real child."""

from __future__ import annotations

import pytest

from tests.end_to_end.captured import line as line_in
from tests.end_to_end.captured import run
from tests.unit.capture.pictures import class_folders
from vggdoctor.evidence import Origin, Role, SourceKind
from vggdoctor.gather.capture import Captured
from vggdoctor.gather.weights import vgg16_weights

pytestmark = pytest.mark.slow

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


def line(text: str) -> int:
    return line_in(text, TWO_STAGES)


@pytest.fixture(scope="module")
def two_stages(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    folder = tmp_path_factory.mktemp("flowers")
    class_folders(folder / "data" / "train", {"daisy": 8, "rose": 12})
    (folder / "train.py").write_text(TWO_STAGES)
    (folder / "curves.png").write_bytes(b"the user's own")
    return run(folder, "train.py")


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
        "rows": "None",
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
