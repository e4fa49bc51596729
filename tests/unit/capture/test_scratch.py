import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.capture.pictures import class_folders, tree_hash
from vggdoctor.gather.capture.scratch import Scratch
from vggdoctor.project import Project


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "flowers"
    class_folders(root / "data", {"a": 2, "b": 2})
    (root / "train.py").write_text("print('old')\n")
    (root / ".git").mkdir()
    (root / "venv").mkdir()
    (root / "venv" / "pyvenv.cfg").touch()
    home = tmp_path / "home"
    (home / "pictures").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    return root


@pytest.fixture
def scratch(folder: Path) -> Iterator[Scratch]:
    made = Scratch(Project(folder).with_changes({"train.py": "print('new')\n"}))
    yield made
    made.remove()
    assert not made.base.exists()


def test_sources_are_copied_as_the_project_says_and_files_are_linked(scratch: Scratch, folder: Path) -> None:
    assert scratch.copy.name == "flowers"
    assert (scratch.copy / "train.py").read_text() == "print('new')\n"
    assert not (scratch.copy / "train.py").is_symlink()
    assert (folder / "train.py").read_text() == "print('old')\n"
    picture = scratch.copy / "data" / "a" / "0.png"
    assert picture.is_symlink() and picture.resolve() == folder / "data" / "a" / "0.png"


def test_folders_are_real_so_that_writing_stays_inside(scratch: Scratch, folder: Path) -> None:
    before = tree_hash(folder)
    (scratch.copy / "data" / "a" / "new.txt").write_text("x")
    (scratch.copy / "data" / "a" / "0.png").unlink()
    assert tree_hash(folder) == before


def test_environments_and_hidden_folders_stay_out(scratch: Scratch) -> None:
    assert {path.name for path in scratch.copy.iterdir()} == {"data", "train.py"}


def test_the_home_folder_can_be_read_under_the_new_one(scratch: Scratch) -> None:
    assert (scratch.home / "pictures").resolve() == Path.home() / "pictures"


def test_weights_are_linked_best_first(scratch: Scratch, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "w.h5").write_text(name)
    scratch.shelve((str(tmp_path / "none"), str(tmp_path / "first"), str(tmp_path / "second")))
    assert (scratch.keras / "models" / "w.h5").read_text() == "first"


def test_data_sets_that_keras_downloaded_are_seen(scratch: Scratch, tmp_path: Path) -> None:
    (tmp_path / "keras" / "datasets" / "cifar").mkdir(parents=True)
    scratch.shelve((str(tmp_path / "keras" / "models"),))
    assert (scratch.keras / "datasets" / "cifar").resolve() == tmp_path / "keras" / "datasets" / "cifar"


def test_many_links_are_deleted_beside_what_comes_next(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vggdoctor.gather.capture.scratch.MANY", 1)
    before = set(threading.enumerate())
    scratch.remove()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert not scratch.base.exists()
