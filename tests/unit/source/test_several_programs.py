"""Projects of several files: which are read for which, and that programs read apart are the same as read side by side."""

from pathlib import Path

import pytest

from vggdoctor.gather.source import crew, read
from vggdoctor.gather.source.files.modules import Graph, Modules
from vggdoctor.project import Project, SourceText

DATA = """\
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def batches(folder):
    return ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(folder, target_size=(224, 224))
"""
TRAIN = """\
from tensorflow import keras
from {module} import batches

base = keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg")
model = keras.Sequential([base, keras.layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(batches("train"), epochs=3)
model.fit(batches("train"), epochs=9)
model.evaluate(batches("test"))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.py").write_text(DATA)
        (tmp_path / name / "train.py").write_text(TRAIN.format(module="data"))
    (tmp_path / "three").mkdir()
    (tmp_path / "three" / "train.py").write_text(TRAIN.format(module="two.data"))
    return tmp_path


def asked(project: Path, *files: str) -> tuple[set[str], dict[str, bool]]:
    """The files whose trainings are read, and all files that were read, with whether they are of interest."""
    recipe = read(Project(project, files=[project / file for file in files]))
    return {stage.place.path for stage in recipe.stages}, {file.path: file.asked for file in recipe.files}


def test_a_file_is_read_with_what_it_imports(project: Path) -> None:
    stages, files = asked(project, "one/train.py")
    assert stages == {"one/train.py"}
    assert files == {"one/data.py": True, "one/train.py": True}


def test_a_file_is_read_with_what_imports_it_but_for_its_own_sake(project: Path) -> None:
    stages, files = asked(project, "two/data.py")
    assert stages == {"two/train.py", "three/train.py"}
    assert files == {"three/train.py": False, "two/data.py": True, "two/train.py": False}


def test_folders_may_be_asked_for_and_nothing_means_all(project: Path) -> None:
    assert asked(project, "one", "three/train.py")[0] == {"one/train.py", "three/train.py"}
    stages, files = asked(project)
    assert len(stages) == 3
    assert all(files.values())


def test_programs_keep_their_own_order_of_trainings(project: Path) -> None:
    recipe = read(Project(project))
    assert [stage.follows for stage in recipe.stages] == [None, 0, None, 2, None, 4]
    assert [(each.place.path, each.stage) for each in recipe.evaluations] == [
        ("one/train.py", 1),
        ("three/train.py", 3),
        ("two/train.py", 5),
    ]
    numbers = {file.path: file.program for file in recipe.files}
    assert numbers["two/data.py"] == numbers["three/train.py"] != numbers["one/train.py"]


def test_side_by_side_is_the_same(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = read(Project(project))
    used = []
    monkeypatch.setattr(crew, "WORTH_IT", 1)
    monkeypatch.setattr(crew, "_affordable", lambda: used.append(True) or 2)
    assert read(Project(project)) == alone
    assert used


def test_a_changed_project_keeps_what_was_asked_for(project: Path) -> None:
    patched = Project(project, files=[project / "one"]).with_changes({"one/data.py": ""})
    assert {stage.place.path for stage in read(patched).stages} == {"one/train.py"}


def graph(**texts: str) -> Graph:
    names = {name.replace("__", "/") + ".py": text for name, text in texts.items()}
    return Graph({path: SourceText(path, text) for path, text in names.items()})


@pytest.mark.parametrize(
    "text",
    [
        "import pack.tools",
        "import os, pack.tools as t",
        "from pack.tools import x",
        "from pack import tools",
        "def f():\n    from pack import (\n        other,\n        tools,\n    )",
        "importlib.import_module('pack.tools')",
    ],
)
def test_every_form_of_import_is_seen(text: str) -> None:
    assert "pack/tools.py" in graph(main=text, pack__tools="", pack__other="").imports["main.py"]


def test_relative_imports_and_cycles() -> None:
    found = graph(pack__a="from . import b", pack__b="from .a import x\nfrom ..top import y", top="")
    assert found.imports == {"pack/a.py": {"pack/b.py"}, "pack/b.py": {"pack/a.py", "top.py"}, "top.py": set()}
    assert found.importers_first(found.imports)[-1] == "top.py"
    assert found.groups() == [["pack/a.py", "pack/b.py", "top.py"]]


def test_importers_come_first_whatever_their_names() -> None:
    assert graph(a="", b="import a", c="import b").importers_first(["a.py", "b.py", "c.py"]) == ["c.py", "b.py", "a.py"]


def test_a_module_elsewhere_is_found_only_if_it_is_the_only_one() -> None:
    assert Modules(["deep/tools.py", "main.py"]).find("tools", "main.py") == "deep/tools.py"
    assert Modules(["deep/tools.py", "other/tools.py", "main.py"]).find("tools", "main.py") is None
    assert Modules(["deep/keras.py", "main.py"]).find("keras", "main.py") is None
