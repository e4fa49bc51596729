"""The table of names that Keras 3 no longer has, against the Keras that is installed."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

from vggdoctor.checks.environment.present_names import KEPT, LOST, MERGES, present
from vggdoctor.checks.environment.removed_names import OPTIMIZER_ARGUMENTS, PIECES, STANDALONE
from vggdoctor.gather.source import read
from vggdoctor.project import Project

PROGRAM = """\
import keras
from keras.applications import VGG16

model = VGG16()
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(keras.utils.image_dataset_from_directory("birds", label_mode="categorical"))
"""


def has(root: ModuleType, name: str) -> bool:
    """Whether a dotted name can be imported from, or is an attribute below, a package."""
    value: object = root
    for index, part in enumerate(name.split(".")):
        if not hasattr(value, part):
            try:
                importlib.import_module(".".join([root.__name__, *name.split(".")[: index + 1]]))
            except ImportError:
                return False
        value = getattr(value, part)
    return True


@pytest.mark.slow
def test_the_table_is_true_of_the_installed_keras() -> None:
    keras = importlib.import_module("keras")
    of_tensorflow = importlib.import_module("keras._tf_keras.keras")
    there = {"optimizers.legacy", "legacy.layers"}  # the first raises when it is used
    assert [name for name in PIECES.keys() - there if has(keras, name) or has(of_tensorflow, name)] == []
    assert [name for name in STANDALONE if has(keras, name)] == []
    with pytest.raises(ImportError):
        keras.optimizers.legacy.Adam()
    with pytest.raises(ValueError, match="lr"):
        keras.optimizers.Adam(lr=0.1)
    assert set(OPTIMIZER_ARGUMENTS) == {"lr", "decay"}
    assert [
        f"{module}.{name}" for module, names in KEPT.items() for name in names if not has(keras, _below(f"{module}.{name}"))
    ] == []
    assert [name for name in LOST if has(keras.layers, name)] == []
    assert [name for name in MERGES if not has(keras.layers, name)] == []


def _below(name: str) -> str:
    return name.removeprefix("keras.")


PRESENT = {
    ("keras.utils.np_utils.to_categorical", "keras.utils.np_utils"): "keras.utils.to_categorical",
    ("keras.utils.np_utils", "keras.utils.np_utils"): "keras.utils",
    ("keras.utils.generic_utils.has_arg", "keras.utils.generic_utils"): "",
    ("keras.engine.topology.Layer", "keras.engine"): "keras.Layer",
    ("keras.engine.training.slice_arrays", "keras.engine"): "",
    ("keras.layers.merge.concatenate", "keras.layers.merge"): "keras.layers.concatenate",
    ("keras.layers.merge", "keras.layers.merge"): "",
    ("keras.layers.core.Highway", "keras.layers.core"): "",
    ("tensorflow.keras.layers.experimental.preprocessing", "tensorflow.keras.layers.experimental"): "tensorflow.keras.layers",
    (
        "keras.preprocessing.image.ImageDataGenerator",
        "keras.preprocessing.image.ImageDataGenerator",
    ): "tensorflow.keras.preprocessing.image.ImageDataGenerator",
    ("keras.backend.dot", "keras.backend.dot"): "",
    ("keras.wrappers.scikit_learn.KerasClassifier", "keras.wrappers.scikit_learn"): "",
}


@pytest.mark.parametrize(("names", "now"), PRESENT.items(), ids=[name for name, _ in PRESENT])
def test_where_a_name_is_now(names: tuple[str, str], now: str) -> None:
    assert present(*names) == now


@pytest.mark.parametrize(
    ("file", "text", "pinned"),
    [
        ("requirements.txt", "tensorflow==2.3.0\n", True),
        ("requirements.txt", "tensorflow<2.16\n", True),
        ("requirements.txt", "keras~=2.4\n", True),
        ("requirements.txt", "tensorflow>=2.3\n", False),
        ("requirements.txt", "tensorflow==2.17.0\n# keras==2.2\n", False),
        ("environment.yml", "dependencies:\n  - tensorflow-gpu=1.15\n", True),
        ("setup_kaggle.py", "import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\n", True),
        ("setup_kaggle.py", "import os\nos.system('pip install tensorflow==1.14 numpy')\n", True),
    ],
)
def test_a_pinned_version_is_read(file: str, text: str, pinned: bool, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "train.py").write_text(PROGRAM)
    (tmp_path / file).write_text(text)
    assert bool(read(Project(tmp_path)).legacy_pin) is pinned
