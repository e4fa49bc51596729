"""Values are followed through the program as Python would hand them on."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, read_files, stage, stages

FIT = "model.fit(x, y, epochs=EPOCHS)"


@pytest.mark.parametrize(
    "program",
    [
        "EPOCHS = 7",
        "a, (EPOCHS, b) = 1, (7, 2)",
        "first, *rest = [1, 2, 7]\nEPOCHS = rest[-1]",
        "config = {'train': {'epochs': 7}}\nEPOCHS = config['train']['epochs']",
        "config = dict(epochs=3)\nconfig.update(epochs=7)\nEPOCHS = config.get('epochs', 1)",
        "config = {}\nconfig |= {'epochs': 7}\nEPOCHS = config['epochs']",
        "class Config:\n    epochs = 7\nEPOCHS = Config.epochs",
        "class Config:\n    def __init__(self):\n        self.epochs = 7\nEPOCHS = Config().epochs",
        "from dataclasses import dataclass\n@dataclass\nclass C:\n    epochs: int = 7\nEPOCHS = C().epochs",
        "from types import SimpleNamespace\nEPOCHS = SimpleNamespace(epochs=7).epochs",
        "def count(n=7):\n    return n\nEPOCHS = count()",
        "def count(*, n):\n    return n + 3\nEPOCHS = count(n=4)",
        "EPOCHS = (lambda n: n * 7)(1)",
        "from functools import partial\nEPOCHS = partial(max, 7)(3)",
        "EPOCHS = 7 if True else 8",
        "EPOCHS = [n for n in range(10) if n > 6][0]",
        "for EPOCHS in (1, 7): pass",
        "EPOCHS = 0\nfor n in [3, 4]:\n    EPOCHS += n",
        "try:\n    EPOCHS = 7\nexcept ValueError:\n    print('no')",
        "with open('log') as log:\n    EPOCHS = 7",
        "if __name__ == '__main__':\n    EPOCHS = 7",
        "def build():\n    global EPOCHS\n    EPOCHS = 7\nbuild()",
        "import os\nEPOCHS = int(os.environ.get('EPOCHS', 7))",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs', type=int, default=7)\n"
        "EPOCHS = p.parse_args().epochs",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('-e', '--epochs', type=int, default='7')\n"
        "EPOCHS = vars(p.parse_args())['epochs']",
        "from enum import Enum\nclass N(Enum):\n    MANY = 7\nmatch N.MANY:\n    case N.MANY:\n        EPOCHS = N.MANY.value",
        "if (EPOCHS := 7) > 3: pass",
        "EPOCHS = [7]\nEPOCHS = EPOCHS.pop()",
        "EPOCHS = '3.5.7'.split('.')[-1]\nEPOCHS = int(EPOCHS)",
    ],
)
def test_a_constant_is_followed(program: str) -> None:
    assert stage(FROZEN_VGG, program, FIT).epochs.value == 7


@pytest.mark.parametrize(
    "program",
    [
        "import sys\nEPOCHS = int(sys.argv[1])",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs', required=True)\n"
        "EPOCHS = p.parse_args().epochs",
        "EPOCHS = 3 if fast() else 7",
        "if fast():\n    EPOCHS = 3\nelse:\n    EPOCHS = 7",
        "EPOCHS = 3\nif fast():\n    EPOCHS = 7",
        "EPOCHS = undefined",
        "def f(n):\n    return f(n + 1)\nEPOCHS = f(1)",
    ],
)
def test_what_is_not_decided_stays_unknown_with_a_reason(program: str) -> None:
    epochs = stage(FROZEN_VGG, program, FIT).epochs
    assert not epochs.known
    assert epochs.reason


def test_a_branch_that_leaves_does_not_touch_what_follows() -> None:
    found = stage(FROZEN_VGG, "EPOCHS = 7\nimport sys\nif not ready():\n    EPOCHS = 1\n    sys.exit()", FIT)
    assert found.epochs.value == 7


def test_an_early_return_leaves_the_value_of_the_other_way() -> None:
    program = "def build():\n    if not ready():\n        return\n    return 7\nEPOCHS = build()"
    assert stage(FROZEN_VGG, program, FIT).epochs.value == 7


def test_a_list_made_in_one_branch_is_not_mixed_with_the_other() -> None:
    program = """
        from keras.callbacks import EarlyStopping, ReduceLROnPlateau
        if careful():
            callbacks = []
            callbacks.append(EarlyStopping())
            model.fit(x, y, epochs=1, callbacks=callbacks)
    """
    (found,) = stages(FROZEN_VGG, program)
    assert [each.name for each in found.callbacks.value or ()] == ["EarlyStopping"]


def test_an_item_appended_in_one_branch_makes_the_list_uncertain() -> None:
    program = """
        from keras.callbacks import EarlyStopping
        callbacks = []
        if careful():
            callbacks.append(EarlyStopping())
        model.fit(x, y, epochs=1, callbacks=callbacks)
    """
    assert not stage(FROZEN_VGG, program).callbacks.known


def test_a_loop_over_known_rates_gives_a_stage_for_each() -> None:
    program = """
        from keras.applications import VGG16
        from keras.layers import Dense
        from keras.models import Sequential
        from keras.optimizers import Adam
        def build(rate):
            model = Sequential([VGG16(include_top=False, pooling="avg"), Dense(3, activation="softmax")])
            model.compile(Adam(rate), "sparse_categorical_crossentropy")
            return model
        for rate in [1e-2, 1e-4]:
            build(rate).fit(x, y, epochs=2)
    """
    rates = [found.compiled.value.optimizer.value.learning_rate.value for found in stages(program)]
    assert rates == [1e-2, 1e-4]


def test_both_ways_of_an_undecided_model_are_read() -> None:
    program = """
        from keras.applications import VGG16, ResNet50
        from keras.layers import Dense
        from keras.models import Sequential
        if small():
            base = VGG16(include_top=False, pooling="avg")
        else:
            base = ResNet50(include_top=False, pooling="avg")
        model = Sequential([base, Dense(3, activation="softmax")])
        model.fit(x, y, epochs=2)
    """
    found = stage(program)
    assert not found.model.backbone.known


def test_methods_of_a_project_class_are_inlined() -> None:
    program = """
        from keras.applications import VGG16
        from keras.layers import Dense
        from keras.models import Sequential
        class Trainer:
            def __init__(self, units):
                self.units = units
                self.model = self.build()
            def build(self):
                return Sequential([VGG16(include_top=False, pooling="avg"), Dense(self.units, activation="softmax")])
            def train(self, epochs=4):
                self.model.compile("adam", "categorical_crossentropy")
                self.model.fit(x, y, epochs=epochs)
        Trainer(5).train()
    """
    found = stage(program)
    assert (found.model.output.units.value, found.epochs.value) == (5, 4)
    assert found.model.backbone.value.application == "VGG16"


def test_a_function_that_nothing_calls_is_read_with_its_defaults() -> None:
    program = "def train(model, data, epochs=9):\n    model.compile('adam', 'categorical_crossentropy')\n"
    program += "    model.fit(ImageDataGenerator().flow_from_directory(data), epochs=epochs)\n"
    found = stage("from keras.preprocessing.image import ImageDataGenerator", program)
    assert (found.epochs.known, found.train.directory.known) == (True, False)
    assert not found.model.backbone.known


def test_a_function_that_another_file_calls_is_not_read_without_arguments() -> None:
    library = "def train(epochs, model):\n    model.fit(x, y, epochs=epochs)\n"
    main = FROZEN_VGG + "\nfrom library import train\ntrain(6, model)\n"
    recipe = read_files({"library.py": library, "run.py": main})
    assert [found.epochs.value for found in recipe.stages] == [6]


def test_modules_of_a_package_find_each_other() -> None:
    recipe = read_files(
        {
            "app/__init__.py": "",
            "app/settings.py": "EPOCHS = 8\n",
            "app/nets.py": FROZEN_VGG,
            "app/main.py": "from .settings import *\nfrom . import nets\nnets.model.fit(x, y, epochs=EPOCHS)\n",
        }
    )
    assert [found.epochs.value for found in recipe.stages] == [8]
    assert {file.path for file in recipe.files if file.reaches_fit} == {"app/main.py"}


def test_getattr_of_the_applications_is_followed() -> None:
    program = (
        "import tensorflow as tf\nname = 'VGG' + '19'\nmodel = getattr(tf.keras.applications, name)()\nmodel.fit(x, y, epochs=1)"
    )
    assert stage(program).model.backbone.value.application == "VGG19"


def test_lists_that_both_branches_fill_in_loops() -> None:
    program = """
        import os, cv2
        images = []
        if quick():
            for file in os.listdir("a"):
                images.append(cv2.imread(file) / 255)
        else:
            for file in os.listdir("b"):
                images.append(cv2.imread(file) / 255)
        model.fit(images, y, epochs=1)
    """
    assert stage(FROZEN_VGG, program).train.picture_loop is not None
