"""The rework of a loop over pictures: the same pictures reach the model, a batch at a time; or it is left out with the reason."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vggdoctor.errors import RepairError
from vggdoctor.fixing import plan
from vggdoctor.fixing.document import read
from vggdoctor.fixing.load_in_batches import changes
from vggdoctor.fixing.names import Names
from vggdoctor.fixing.tree import Tree
from vggdoctor.project import Project
from vggdoctor.schema import LoadInBatches, Location, Repair

PROGRAM = """\
import os
import numpy as np
from PIL import Image
from keras.utils import to_categorical
from sklearn.model_selection import train_test_split

SIZE = (8, 8)
data = []
labels = []
for number, category in enumerate(["cats", "dogs"]):
    folder = os.path.join(ROOT, category)
    for name in sorted(os.listdir(folder)):
        picture = Image.open(os.path.join(folder, name))
        picture = picture.resize(SIZE)
        data.append(np.array(picture))
        labels.append(number)

data = np.array(data, dtype="float32")
data /= 255.0
labels = to_categorical(labels)
x_train, x_test, y_train, y_test = train_test_split(data, labels, test_size=0.25, random_state=1)
print(len(x_train), x_test.shape[0])
model.fit(x_train, y_train, batch_size=3, validation_data=(x_test, y_test), epochs=2)
model.evaluate(x_test, y_test)
model.predict(x_test)
"""


class FakeModel:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.calls: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {}

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **settings: self.calls.__setitem__(name, (args, settings))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    generator = np.random.default_rng(1)
    for category in ("cats", "dogs"):
        (tmp_path / category).mkdir()
        for number in range(6):
            pixels = generator.integers(0, 256, (9, 10, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / category / f"{number}.png")
    return tmp_path


@pytest.fixture(autouse=True)
def keras_utils(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for keras.utils, so that no TensorFlow is loaded."""
    module = types.ModuleType("keras.utils")
    module.to_categorical = lambda labels: np.eye(max(labels) + 1)[labels]  # type: ignore[attr-defined]
    module.PyDataset = type("PyDataset", (), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keras", types.ModuleType("keras"))
    monkeypatch.setitem(sys.modules, "keras.utils", module)


def reworked(program: str, folder: Path) -> str:
    (folder / "train.py").write_text(program, encoding="utf-8")
    project = Project(folder / "train.py")
    lines = program.splitlines()
    loops = [number for number, line in enumerate(lines, 1) if line.lstrip().startswith("for ")]
    loop = max(loops) if loops else next(number for number, line in enumerate(lines, 1) if line.startswith("data ="))
    fit = next(number for number, line in enumerate(lines, 1) if "model.fit" in line)
    tree = Tree(read(project, "train.py"))
    change = LoadInBatches(Location("train.py", loop, loop), Location("train.py", fit, fit))
    patch = plan(project, [Repair("in batches", changes(tree, Names(tree, "keras"), change))])
    assert not patch.left_out
    return patch.files["train.py"]


def run(program: str, root: Path) -> FakeModel:
    model = FakeModel()
    exec(compile(program, "train.py", "exec"), {"ROOT": str(root), "model": model, "__name__": "__main__"})
    return model


def whole(batches: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    parts = [batches[index] for index in range(len(batches))]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


LOOP = PROGRAM[PROGRAM.index("data = []") : PROGRAM.index("labels = to_cat")]
LISTED = """\
paths = [os.path.join(ROOT, kind, name) for kind in ("cats", "dogs") for name in sorted(os.listdir(os.path.join(ROOT, kind)))]
labels = [int("dogs" in path[len(ROOT):]) for path in paths]
"""
VARIANTS = {
    "a loop": LOOP,
    "stacked, then scaled in another name": LOOP.replace(
        'data = np.array(data, dtype="float32")\ndata /= 255.0',
        'pixels = np.stack(data)\ndata = pixels.astype("float32") / 255.0',
    ),
    "reshaped": LOOP.replace(
        'data = np.array(data, dtype="float32")\ndata /= 255.0',
        'data = np.array(data).reshape(-1, 8, 8, 3).astype("float32")\ndata = data / 255.0 - 0.5',
    ),
    "some files are skipped": LOOP.replace(
        "        picture = Image", '        if not name.endswith(".png"):\n            continue\n        picture = Image'
    ),
    "a function reads": "def picture_of(path):\n    return np.array(Image.open(path).resize(SIZE))\n\n\n"
    + LOOP.replace(
        "        picture = Image.open(os.path.join(folder, name))\n        picture = picture.resize(SIZE)\n", ""
    ).replace("np.array(picture))", "picture_of(os.path.join(folder, name)))"),
    "a comprehension": LISTED
    + "data = [np.array(Image.open(path).resize(SIZE)) for path in paths]\ndata = np.array(data) / 255.0\n",
    "an array of a comprehension": LISTED
    + 'data = np.array([np.array(Image.open(path).resize(SIZE)) for path in paths], dtype="float32")\n',
}


@pytest.mark.parametrize("loop", VARIANTS.values(), ids=VARIANTS.keys())
def test_the_same_pictures_and_labels_reach_the_model(pictures: Path, tmp_path: Path, loop: str) -> None:
    program = PROGRAM.replace(LOOP, loop)
    fixed = reworked(program, tmp_path)
    before, after = run(program, pictures), run(fixed, pictures)
    (x, y), settings = before.calls["fit"]
    (training,), others = after.calls["fit"]
    assert others.keys() == {"validation_data", "epochs"}
    assert [len(training[index][1]) for index in range(len(training))] == [3, 3, 3]
    found = sorted(zip(*(part.reshape(len(y), -1).tolist() for part in whole(training)), strict=True))
    assert found == sorted(zip(x.reshape(len(y), -1).tolist(), y.tolist(), strict=True))
    for expected, batches in (
        (settings["validation_data"], others["validation_data"]),
        (before.calls["evaluate"][0], after.calls["evaluate"][0][0]),
        ((x_test := before.calls["predict"][0][0], settings["validation_data"][1]), after.calls["predict"][0][0]),
    ):
        np.testing.assert_array_equal(whole(batches)[0], expected[0])
        np.testing.assert_array_equal(whole(batches)[1], expected[1])
    assert whole(after.calls["predict"][0][0])[0].dtype == x_test.dtype


def test_training_pictures_come_in_another_order_each_epoch_and_others_do_not(pictures: Path, tmp_path: Path) -> None:
    (training,), settings = run(reworked(PROGRAM, tmp_path), pictures).calls["fit"]
    np.random.seed(3)
    for batches, changes_order in ((training, True), (settings["validation_data"], False)):
        first = whole(batches)[0]
        batches.on_epoch_end()
        assert (whole(batches)[0].tolist() != first.tolist()) is changes_order


def test_validation_split_holds_the_last_rows_back(pictures: Path, tmp_path: Path) -> None:
    program = PROGRAM[: PROGRAM.index("x_train, x_test")] + "model.fit(data, labels, validation_split=0.25, epochs=1)\n"
    before, after = run(program, pictures), run(reworked(program, tmp_path), pictures)
    x, y = before.calls["fit"][0]
    (training,), settings = after.calls["fit"]
    assert settings.keys() == {"validation_data", "epochs"}
    np.testing.assert_array_equal(whole(settings["validation_data"])[0], x[9:])
    np.testing.assert_array_equal(whole(settings["validation_data"])[1], y[9:])
    assert len(whole(training)[0]) == 9


def test_a_generator_goes_on_transforming(pictures: Path, tmp_path: Path) -> None:
    program = PROGRAM.replace("x_train, y_train, batch_size=3", "augment.flow(x_train, y_train, batch_size=3)").replace(
        "print(", "augment = make_generator()\nprint("
    )
    fixed = reworked(program, tmp_path)
    assert "model.fit(PictureBatches(x_train, y_train, 3, shuffle=True, generator=augment),\n          validation_data=" in fixed
    generator = types.SimpleNamespace(random_transform=lambda picture: picture + 10, standardize=lambda picture: picture * 2)
    model = FakeModel()
    exec(compile(fixed, "train.py", "exec"), {"ROOT": str(pictures), "model": model, "make_generator": lambda: generator})
    (training,), settings = model.calls["fit"]
    assert whole(training)[0].min() >= 20
    assert whole(settings["validation_data"])[0].max() <= 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("print(len(x_train)", "print(x_train.mean()", "x_train is used in another way"),
        ("        labels.append(number)", "        print(picture)\n        labels.append(number)", "the picture is also used"),
        ("        data.append(", "        if picture.width:\n            data.append(", "inside a condition"),
        ("picture.resize(SIZE)", "picture.rotate(number)", "depends on number"),
        ('data = np.array(data, dtype="float32")\ndata /= 255.0\n', "", "not made an array"),
        ("model.fit(x_train, y_train, batch_size=3, ", "model.fit(other, y_train, ", "fit is not given the array"),
        ("SIZE = (8, 8)", "SIZE = (8, 8)\ndef load_picture(): pass", "of its own"),
        ("print(len(x_train)", "def show(): return x_train[0]\nprint(len(x_train)", "x_train is used in another way"),
        ("Image.open(os.path.join(folder, name))", "decode(name)", "does not read a picture just once"),
        ("data /= 255.0", "data -= data.mean()", "data is used in another way"),
    ],
)
def test_what_is_not_surely_understood_is_left_out(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in PROGRAM
    with pytest.raises(RepairError, match=reason):
        reworked(PROGRAM.replace(old, new), tmp_path)
