"""Findings that a comment or the configuration silences."""

import json
from pathlib import Path

import pytest
from outcomes import outcome

from vggdoctor.config import Config
from vggdoctor.project import Project
from vggdoctor.schema import Location, Status
from vggdoctor.silencing import silence


def kept(folder: Path, text: str, *places: Location, config: Config | None = None, name: str = "train.py") -> list[int]:
    """The first lines of the findings that are left."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    outcomes, silenced = silence(Project(folder), [outcome(*places)], config or Config())
    lines = [finding.locations[0].line for finding in outcomes[0].findings]
    assert len(lines) + silenced == len(places)
    assert (outcomes[0].status is Status.NOT_APPLICABLE) == (not lines)
    return lines


def at(line: int, end_line: int | None = None, cell: int | None = None, path: str = "train.py") -> Location:
    return Location(path, line, end_line or line, cell=cell)


def test_a_comment_on_a_line_of_the_finding_silences_that_check_only(tmp_path: Path) -> None:
    text = "fit(x,\n    y)  # vggdoctor: ignore[other-fault, some-fault] I know\nfit(z)  # vggdoctor: ignore[other-fault]\n"
    assert kept(tmp_path, text, at(1, 2), at(3)) == [3]


@pytest.mark.parametrize("between", ["", "\n", "# another comment\n"])
def test_a_comment_on_its_own_line_counts_for_the_next_line_of_code(tmp_path: Path, between: str) -> None:
    text = f"# vggdoctor: ignore[some-fault] tried both\n{between}fit(x)\nfit(y)\n"
    line = 2 + between.count("\n")
    assert kept(tmp_path, text, at(line), at(line + 1)) == [line + 1]


def test_a_comment_behind_code_does_not_count_for_the_line_below(tmp_path: Path) -> None:
    assert kept(tmp_path, "a = 1  # vggdoctor: ignore[some-fault]\nfit(x)\n", at(2)) == [2]


def test_comments_count_within_their_cell_of_a_notebook(tmp_path: Path) -> None:
    cells = ["# vggdoctor: ignore[some-fault]\n", "fit(x)\n", "fit(y)  # vggdoctor: ignore[some-fault]\n"]
    text = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": [cell]} for cell in cells]})
    places = at(1, cell=1, path="a.ipynb"), at(1, cell=2, path="a.ipynb")
    assert kept(tmp_path, text, *places, name="a.ipynb") == [1]


def test_files_are_silenced_by_the_place_to_change(tmp_path: Path) -> None:
    config = Config(per_file_ignores={"old/*.py": ("some-fault",), "*.py": ("other-fault",)}, folder=tmp_path.resolve())
    assert kept(tmp_path, "fit(x)\n", at(1, path="old/a.py"), at(2), config=config, name="old/a.py") == [2]
