"""A notebook of Colab with paths of other machines, run once in a real child."""

from __future__ import annotations

import json

import pytest

from tests.end_to_end.captured import run
from tests.unit.capture.pictures import class_folders
from vggdoctor.evidence import Role, SourceKind
from vggdoctor.gather.capture import Captured

pytestmark = pytest.mark.slow

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
def colab(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    folder = tmp_path_factory.mktemp("colab")
    class_folders(folder / "data", {"a": 6, "b": 6, "c": 6})
    cells = [{"cell_type": "markdown", "source": "# Title", "metadata": {}}]
    cells += [{"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None} for text in COLAB]
    (folder / "book.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    return run(folder, "book.ipynb")


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
