from pathlib import Path

import pytest

from tests.unit.capture.pictures import class_folders
from vggdoctor.errors import InputError
from vggdoctor.evidence import Model, Pipeline, Recipe, SourceFile, Stage
from vggdoctor.gather.capture.entry import choose, picture_folder, syntax_problem, working_folder
from vggdoctor.project import Project
from vggdoctor.schema import Location


def project(folder: Path, **files: str) -> Project:
    for name, text in files.items():
        file = folder / (name.replace("__", "/") + ".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Project(folder)


def recipe(*paths: str) -> Recipe:
    return Recipe(stages=tuple(Stage(place=Location(path, 1, 1), model=Model(), train=Pipeline()) for path in paths))


def test_the_file_named_train_is_chosen_and_the_others_are_told(tmp_path: Path) -> None:
    examined = project(tmp_path, alpha="model.fit(x)", train_all="model.fit(x)", test_it="model.fit(x)")
    entry = choose(examined, recipe("alpha.py", "train_all.py", "test_it.py"), None)
    assert entry is not None
    assert entry.path == "train_all.py"
    assert entry.others == ("alpha.py", "test_it.py")


def test_a_wish_beats_the_ranking(tmp_path: Path) -> None:
    examined = project(tmp_path, alpha="model.fit(x)", train="model.fit(x)")
    entry = choose(examined, recipe("alpha.py", "train.py"), "./alpha.py")
    assert entry is not None and entry.path == "alpha.py"


def test_a_wish_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.py"):
        choose(project(tmp_path, train="model.fit(x)"), recipe("train.py"), "nothing.py")


def test_a_module_with_the_fit_is_run_through_the_script_that_calls_it(tmp_path: Path) -> None:
    examined = project(
        tmp_path,
        lib__training="def go(model, x):\n    model.fit(x)\n",
        run="from lib.training import go\nif __name__ == '__main__':\n    go(1, 2)\n",
        other="print('nothing of this')\n",
    )
    entry = choose(examined, recipe("lib/training.py"), None)
    assert entry is not None and entry.path == "run.py"


def test_no_fit_no_entry(tmp_path: Path) -> None:
    assert choose(project(tmp_path, alpha="print(1)"), Recipe(files=(SourceFile(path="alpha.py"),)), None) is None


def test_the_script_starts_where_its_paths_exist(tmp_path: Path) -> None:
    examined = project(tmp_path, src__train="load('data/train')", src__other="load('helper')")
    (tmp_path / "data" / "train").mkdir(parents=True)
    assert working_folder(examined, "src/train.py") == "."
    assert working_folder(examined, "src/other.py") == "src"


def test_the_picture_folder(tmp_path: Path) -> None:
    examined = project(tmp_path, train="")
    assert picture_folder(examined, None) is None
    class_folders(tmp_path / "dataset", {"a": 1, "b": 1})
    assert picture_folder(examined, None) == tmp_path / "dataset"
    class_folders(tmp_path / "elsewhere", {"a": 1, "b": 1})
    assert picture_folder(examined, None) == tmp_path / "dataset"
    assert picture_folder(examined, tmp_path / "elsewhere") == tmp_path / "elsewhere"


def test_of_several_splits_the_training_one_is_meant(tmp_path: Path) -> None:
    class_folders(tmp_path / "set" / "validation", {"a": 1, "b": 1})
    class_folders(tmp_path / "set" / "training", {"a": 1, "b": 1})
    assert picture_folder(Project(tmp_path), None) == tmp_path / "set" / "training"


def test_a_script_that_does_not_parse_is_told_with_its_line(tmp_path: Path) -> None:
    examined = project(tmp_path, bad="x = 1\ndef broken(:\n", good="x = 1\n")
    assert "line 2" in syntax_problem(examined.sources["bad.py"])
    assert syntax_problem(examined.sources["good.py"]) == ""
