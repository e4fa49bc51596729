"""Which files are read, and what a span of them says."""

import json
from pathlib import Path

import pytest

from vggdoctor.errors import InputError
from vggdoctor.project import Project
from vggdoctor.schema import Location


def notebook(*cells: tuple[str, list[str]]) -> str:
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": kind, "source": source} for kind, source in cells]})


def test_environments_hidden_and_build_folders_are_not_entered(tmp_path: Path) -> None:
    for name in ("train.py", "src/data.py", ".git/hook.py", "myenv/lib/x.py", "build/y.py", "__pycache__/z.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "myenv/pyvenv.cfg").touch()
    assert list(Project(tmp_path).sources) == ["src/data.py", "train.py"]


def test_only_code_cells_are_kept_under_their_index_over_all_cells(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(notebook(("markdown", ["# hi"]), ("code", ["x = 1\n", "y = 22\n"])))
    project = Project(tmp_path)
    assert project.sources["a.ipynb"].cells == {1: "x = 1\ny = 22\n"}
    assert project.snippet(Location("a.ipynb", 2, 2, 5, 7, cell=1)) == "22"
    assert project.snippet(Location("a.ipynb", 1, 1, 1, 2, cell=0)) == ""


def test_what_cannot_be_read_is_listed_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "list.ipynb").write_text("[]")
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'\n")
    sources = Project(tmp_path).sources
    assert all(source.problem for source in sources.values())
    assert len(sources) == 3


def test_a_changed_text_takes_the_place_of_the_file_and_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("old\n")
    project = Project(tmp_path)
    assert project.with_changes({"train.py": "new\n"}).sources["train.py"].text == "new\n"
    assert (tmp_path / "train.py").read_text() == "old\n"


def test_a_path_that_cannot_be_audited_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        Project(tmp_path / "none")
    (tmp_path / "data.csv").touch()
    with pytest.raises(InputError, match="neither"):
        Project(tmp_path / "data.csv")
