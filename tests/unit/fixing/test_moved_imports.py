"""Names imported from where they are now, and calls whose name changes its length."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from marked import fixed, unmarked

from vggdoctor.fixing import Patch, plan
from vggdoctor.project import Project
from vggdoctor.schema import MoveImports, Repair, ReplaceExpression


def moved(source: str, *targets: str) -> Patch:
    text, places = unmarked(source)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.py").write_text(text, encoding="utf-8")
        change = MoveImports(tuple(zip(places, targets, strict=True)))
        return plan(Project(Path(folder)), [Repair("one", (change,))])


MOVED = {
    "all of a statement": ("from a.b import ⟦C⟧, ⟦D⟧  # two\n", ("a.C", "a.D"), "from a import C, D  # two\n"),
    "some of it": ("from a.b import ⟦C⟧, D\nuse(C)\n", ("t.b.C",), "from a.b import D\nfrom t.b import C\nuse(C)\n"),
    "some of it, in brackets": (
        "from a.b import (\n    ⟦C⟧,\n    D,\n)\n",
        ("t.b.C",),
        "from a.b import (\n    D,\n)\nfrom t.b import C\n",
    ),
    "under another name": ("from a.b import ⟦C as X⟧\n", ("a.c.C",), "from a.c import C as X\n"),
    "with a new name": ("from a.b import ⟦maxnorm⟧\n", ("a.b.max_norm",), "from a.b import max_norm as maxnorm\n"),
    "a module": ("from a.u import ⟦np_utils⟧\n", ("a.u",), "from a import u as np_utils\n"),
}


@pytest.mark.parametrize(("before", "targets", "after"), MOVED.values(), ids=MOVED.keys())
def test_imports_are_moved(before: str, targets: tuple[str, ...], after: str) -> None:
    patch = moved(before, *targets)
    assert [reason for _, reason in patch.left_out] == []
    assert patch.files["train.py"] == after


def test_names_of_one_import_that_part_ways_stay() -> None:
    assert "several places" in moved("from a.b import ⟦C⟧, ⟦D⟧\n", "x.C", "y.D").left_out[0][1]


def test_a_plain_import_stays() -> None:
    assert "not there" in moved("import ⟦a.b⟧\n", "x.b").left_out[0][1]


OTHER = "keras.applications.vgg16.preprocess_input"
RENAMED = {
    "every use of the name": (
        "from tensorflow.keras.applications.resnet import preprocess_input\n"
        "gen = G(preprocessing_function=⟦preprocess_input⟧)\nx = ⟦preprocess_input(x)⟧\n",
        (f"${{{OTHER}}}", f"${{{OTHER}}}(x)"),
        "from tensorflow.keras.applications.vgg16 import preprocess_input\n"
        "gen = G(preprocessing_function=preprocess_input)\nx = preprocess_input(x)\n",
    ),
    "beside what comes from there": (
        "from keras.applications.resnet import ResNet50, preprocess_input\nfrom keras.applications.vgg16 import VGG16\n"
        "x = ⟦preprocess_input(x)⟧\n",
        (f"${{{OTHER}}}(x)",),
        "from keras.applications.resnet import ResNet50\nfrom keras.applications.vgg16 import VGG16, preprocess_input\n"
        "x = preprocess_input(x)\n",
    ),
    "a use that stays": (
        "from keras.applications.resnet import preprocess_input\nx = ⟦preprocess_input(x)⟧\ny = preprocess_input(y)\n",
        (f"${{{OTHER}}}(x)",),
        "from keras.applications.resnet import preprocess_input\n"
        "from keras.applications.vgg16 import preprocess_input as vgg16_preprocess_input\n"
        "x = vgg16_preprocess_input(x)\ny = preprocess_input(y)\n",
    ),
    "something else at the place": (
        "from keras.applications.resnet import preprocess_input\nx = ⟦preprocess_input(x / 255)⟧\n",
        (f"${{{OTHER}}}(x)",),
        "from keras.applications.resnet import preprocess_input\n"
        "from keras.applications.vgg16 import preprocess_input as vgg16_preprocess_input\n"
        "x = vgg16_preprocess_input(x)\n",
    ),
}


@pytest.mark.parametrize(("before", "sources", "after"), RENAMED.values(), ids=RENAMED.keys())
def test_another_function_of_the_name_comes_by_the_import(before: str, sources: tuple[str, ...], after: str) -> None:
    makes = [lambda at, source=source: ReplaceExpression(at, source) for source in sources]
    assert fixed(before, *makes) == after


ALIGNED = {
    "lines below the first argument": (
        "h = ⟦m.fit_generator⟧(t,\n                    epochs=2,  # few\n                    verbose=0)\n",
        "h = m.fit(t,\n          epochs=2,  # few\n          verbose=0)\n",
    ),
    "behind the name of what it is called on": (
        "t = ⟦datagen⟧.flow(x, y,\n                 batch_size=8)\n",
        "t = m.fit.flow(x, y,\n               batch_size=8)\n",
    ),
    "lines at a depth of their own stay": (
        "⟦n.fi⟧(\n    t,\n    epochs=2)\n",
        "m.fit(\n    t,\n    epochs=2)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), ALIGNED.values(), ids=ALIGNED.keys())
def test_arguments_stay_below_each_other(before: str, after: str) -> None:
    assert fixed(before, lambda at: ReplaceExpression(at, "m.fit")) == after
