"""Names of libraries as the file at hand spells them, and the imports that it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked import fixed, unmarked

from vggdoctor.fixing import plan
from vggdoctor.fixing.names import canonical
from vggdoctor.project import Project
from vggdoctor.schema import Change, InsertStatements, Location, Repair, ReplaceExpression

PREPROCESS = "${keras.applications.vgg16.preprocess_input}"


def replaced(source: str, new: str) -> str:
    return fixed(source, lambda at: ReplaceExpression(at, new))


REACHED = {
    "tf": ("import tensorflow as tf\n", "tf.keras.applications.vgg16.preprocess_input"),
    "tensorflow": ("import tensorflow\n", "tensorflow.keras.applications.vgg16.preprocess_input"),
    "keras": ("import keras\n", "keras.applications.vgg16.preprocess_input"),
    "keras of tensorflow": ("from tensorflow import keras\n", "keras.applications.vgg16.preprocess_input"),
    "keras renamed": ("import tensorflow.keras as K\n", "K.applications.vgg16.preprocess_input"),
    "keras before tf": (
        "import tensorflow as tf\nfrom tensorflow import keras\n",
        "keras.applications.vgg16.preprocess_input",
    ),
    "a package": ("from keras import applications\n", "applications.vgg16.preprocess_input"),
    "a module": ("from tensorflow.keras.applications import vgg16\n", "vgg16.preprocess_input"),
    "a module renamed": ("import keras.applications.vgg16 as v\n", "v.preprocess_input"),
    "a submodule": ("import tensorflow.keras.layers\n", "tensorflow.keras.applications.vgg16.preprocess_input"),
    "the name": ("from tensorflow.keras.applications.vgg16 import preprocess_input\n", "preprocess_input"),
    "the name renamed": ("from keras.applications.vgg16 import preprocess_input as p\n", "p"),
    "assigned": ("import tensorflow as tf\nkeras = tf.keras\n", "keras.applications.vgg16.preprocess_input"),
    "either keras": (
        "try:\n    from tensorflow import keras\nexcept ImportError:\n    import keras\n",
        "keras.applications.vgg16.preprocess_input",
    ),
    "tf in a file that writes it out": (
        "import tensorflow as tf\nfrom tensorflow.keras.layers import Dense\nm = tf.keras.Model()\n",
        "tf.keras.applications.vgg16.preprocess_input",
    ),
}


@pytest.mark.parametrize(("head", "spelled"), REACHED.values(), ids=REACHED.keys())
def test_uses_what_the_file_has(head: str, spelled: str) -> None:
    assert replaced(f"{head}y = ⟦x⟧\n", PREPROCESS) == f"{head}y = {spelled}\n"


ADDED = {
    "after the last of its kind": (
        "from tensorflow.keras.applications import VGG16\nfrom tensorflow.keras.layers import Dense\nimport os\ny = ⟦x⟧\n",
        "from tensorflow.keras.applications import VGG16\nfrom tensorflow.keras.applications.vgg16 import preprocess_input\n"
        "from tensorflow.keras.layers import Dense\nimport os\ny = preprocess_input\n",
    ),
    "to an import of the module": (
        "from keras.applications.vgg16 import VGG16  # net\ny = ⟦x⟧\n",
        "from keras.applications.vgg16 import VGG16, preprocess_input  # net\ny = preprocess_input\n",
    ),
    "to an import in brackets": (
        "from keras.applications.vgg16 import (\n    VGG16,\n)\ny = ⟦x⟧\n",
        "from keras.applications.vgg16 import (\n    VGG16,\n    preprocess_input,\n)\ny = preprocess_input\n",
    ),
    "where tf is there for other things": (
        "import tensorflow as tf\nfrom tensorflow.keras.layers import Dense\ntf.random.set_seed(1)\ny = ⟦x⟧\n",
        "import tensorflow as tf\nfrom tensorflow.keras.layers import Dense\n"
        "from tensorflow.keras.applications.vgg16 import preprocess_input\ntf.random.set_seed(1)\ny = preprocess_input\n",
    ),
    "in a file without imports": (
        '#!/usr/bin/env python\n"""Reads."""\ny = ⟦x⟧\n',
        '#!/usr/bin/env python\n"""Reads."""\nfrom tensorflow.keras.applications.vgg16 import preprocess_input\n'
        "y = preprocess_input\n",
    ),
    "without docstring": (
        "# -*- coding: utf-8 -*-\n# why\n\ny = ⟦x⟧\n",
        "# -*- coding: utf-8 -*-\n# why\n\nfrom tensorflow.keras.applications.vgg16 import preprocess_input\n"
        "y = preprocess_input\n",
    ),
    "after __future__": (
        '"""Doc."""\nfrom __future__ import annotations\ny = ⟦x⟧\n',
        '"""Doc."""\nfrom __future__ import annotations\nfrom tensorflow.keras.applications.vgg16 import preprocess_input\n'
        "y = preprocess_input\n",
    ),
    "for a function, from the top": (
        "import keras.layers as L\ndef f(keras):\n    from keras import models\n    return ⟦x⟧\n",
        "import keras.layers as L\nfrom keras.applications.vgg16 import preprocess_input\n"
        "def f(keras):\n    from keras import models\n    return preprocess_input\n",
    ),
    "for a line above the imports": (
        "import os\ny = ⟦x⟧\nfrom tensorflow import keras\n",
        "import os\nfrom tensorflow.keras.applications.vgg16 import preprocess_input\ny = preprocess_input\n"
        "from tensorflow import keras\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), ADDED.values(), ids=ADDED.keys())
def test_adds_an_import(before: str, after: str) -> None:
    assert replaced(before, PREPROCESS) == after


VGG = "from tensorflow.keras.applications.vgg16 import preprocess_input as vgg16_preprocess_input\n"
RENAMED = {
    "another family's": "from tensorflow.keras.applications.resnet50 import preprocess_input\n",
    "two families'": "".join(f"from keras.applications.{name} import preprocess_input\n" for name in ("vgg16", "xception")),
    "the user's own": "import keras.layers as L\ndef preprocess_input(x):\n    return x / 255\n",
    "of a star": "from keras.applications.resnet50 import *\nz = preprocess_input(x)\n",
    "rebound": "from keras.applications.vgg16 import preprocess_input\npreprocess_input = None\n",
    "a loop variable": "from keras.layers import Dense\nfor preprocess_input in (): pass\n",
}


@pytest.mark.parametrize("head", RENAMED.values(), ids=RENAMED.keys())
def test_never_uses_a_name_that_means_something_else(head: str) -> None:
    after = replaced(f"{head}y = ⟦x⟧\n", PREPROCESS)
    assert after.endswith("y = vgg16_preprocess_input\n")
    assert "preprocess_input as vgg16_preprocess_input" in after


def test_a_shadowed_module_is_not_used() -> None:
    before = "import tensorflow as tf\ndef f(tf):\n    return ⟦x⟧\n"
    after = (
        "import tensorflow as tf\nfrom tensorflow.keras.applications.vgg16 import preprocess_input\n"
        "def f(tf):\n    return preprocess_input\n"
    )
    assert replaced(before, PREPROCESS) == after


def test_an_import_of_another_function_is_out_of_reach() -> None:
    before = "import os\ndef g():\n    from keras.applications.vgg16 import preprocess_input\ndef f():\n    return ⟦x⟧\n"
    after = replaced(before, PREPROCESS)
    assert after.startswith("import os\nfrom keras.applications.vgg16 import preprocess_input\ndef g():\n")


def test_a_class_attribute_is_not_seen_in_a_method() -> None:
    before = "import keras.layers as L\nclass A:\n    from tensorflow import keras\n    def f(self):\n        return ⟦x⟧\n"
    assert replaced(before, "${keras.Model}").endswith("return Model\n")


def test_packages_with_their_usual_short_names() -> None:
    assert replaced("y = ⟦x⟧\n", "${numpy.unique}(z)") == "import numpy as np\ny = np.unique(z)\n"
    assert replaced("import numpy\ny = ⟦x⟧\n", "${numpy}.unique(z)") == "import numpy\ny = numpy.unique(z)\n"
    assert replaced("import os\ny = ⟦x⟧\n", "${tensorflow.data.AUTOTUNE}") == (
        "import os\nimport tensorflow as tf\ny = tf.data.AUTOTUNE\n"
    )
    assert replaced("np = 1\ny = ⟦x⟧\n", "${numpy.unique}(z)") == "import numpy as np_\nnp = 1\ny = np_.unique(z)\n"


def test_other_packages_are_reached_by_an_imported_module_only() -> None:
    report = "${sklearn.metrics.classification_report}"
    assert replaced("import sklearn\ny = ⟦x⟧\n", report) == (
        "import sklearn\nfrom sklearn.metrics import classification_report\ny = classification_report\n"
    )
    assert replaced("from sklearn import metrics\ny = ⟦x⟧\n", report).endswith("y = metrics.classification_report\n")


def test_names_of_one_thing_are_one() -> None:
    assert canonical("tensorflow.keras.models.Model") == canonical("keras.Model")
    assert canonical("keras.applications.vgg16.VGG16") == canonical("tensorflow.keras.applications.VGG16")
    assert canonical("keras.applications.resnet50.preprocess_input") == canonical("keras.applications.resnet.preprocess_input")
    assert canonical("keras.applications.vgg16.preprocess_input") != canonical("keras.applications.resnet.preprocess_input")
    before = "from keras.layers.experimental.preprocessing import RandomFlip as Flip\ny = ⟦x⟧\n"
    assert replaced(before, "${keras.layers.RandomFlip}()").endswith("y = Flip()\n")


def test_new_names_of_one_module_share_a_line_and_are_imported_once() -> None:
    source = "${keras.layers.RandomFlip}() + ${keras.layers.RandomZoom}(${keras.layers.RandomFlip})"
    after = replaced("from keras.models import Model\ny = ⟦x⟧\n", source)
    assert after == (
        "from keras.models import Model\nfrom keras.layers import RandomFlip, RandomZoom\n"
        "y = RandomFlip() + RandomZoom(RandomFlip)\n"
    )


def test_an_import_grows_and_another_follows_it() -> None:
    source = "from keras.layers import Dense\ny = ⟦x⟧\n"
    assert replaced(source, "${keras.layers.RandomFlip}() + ${keras.Input}()") == (
        "from keras.layers import Dense, RandomFlip\nfrom keras import Input\ny = RandomFlip() + Input()\n"
    )
    assert replaced(source, "${keras.Input}() + ${keras.layers.RandomFlip}()") == (
        "from keras.layers import Dense, RandomFlip\nfrom keras import Input\ny = Input() + RandomFlip()\n"
    )


def test_two_repairs_share_an_import() -> None:
    before = "from keras.models import Model\ny = ⟦x⟧\nz = ⟦x⟧\n"
    make = lambda at: ReplaceExpression(at, "${keras.layers.Dense}(1)")  # noqa: E731
    after = "from keras.models import Model\nfrom keras.layers import Dense\ny = Dense(1)\nz = Dense(1)\n"
    assert fixed(before, make, make, one_repair=False) == after


def test_a_file_without_keras_spells_it_as_the_project_does(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("from keras.layers import Dense\nfrom keras import Model\n")
    (tmp_path / "data.py").write_text("y = x\n")
    change: Change = InsertStatements(Location("data.py", 1, 1), "z = ${keras.utils.load_img}(x)")
    patch = plan(Project(tmp_path), [Repair("load", (change,))])
    assert patch.files == {"data.py": "from keras.utils import load_img\nz = load_img(x)\ny = x\n"}


def test_a_new_variable_never_takes_a_name_of_the_file() -> None:
    put = lambda at: InsertStatements(at, "${new:n} = ${new:n_2} = ${new:n}")  # noqa: E731
    assert fixed("⟦f(x)⟧\n", put) == "n = n_2 = n\nf(x)\n"
    assert fixed("⟦f(n, n=1)⟧\n", put) == "n_2 = n_2_2 = n_2\nf(n, n=1)\n"
    assert fixed("⟦f(x, n=1)⟧\n⟦g(x)⟧\n", put, put, one_repair=False).count("n = n_2 = n\n") == 2


def test_quotes_are_those_of_the_file() -> None:
    source = 'f("a", "it\'s", r"b", f"{c}", """d""")'
    assert replaced("x = 'a'\nz = ['b']\ny = ⟦x⟧\n", source).endswith('y = f(\'a\', "it\'s", r\'b\', f"{c}", """d""")\n')
    assert replaced('x = "a"\ny = ⟦x⟧\n', source).endswith(f"y = {source}\n")


def test_unmarked_is_right_about_places() -> None:
    text, places = unmarked("a⟦b\nc⟧\n")
    assert (text, places) == ("ab\nc\n", [Location("train.py", 1, 2, 2, 2)])
