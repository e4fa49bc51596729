import sys
from pathlib import Path
from typing import Any

import pytest

from vggdoctor.gather.capture.places import CELL, Places
from vggdoctor.schema import Location

SOURCE = """\
ä = 1; seen.append(where(
    "é", rate=0.5,
    names=[1, 2]))

def helper():
    return where()
seen.append(helper())
"""


@pytest.fixture
def seen(tmp_path: Path) -> tuple[Places, list[Location]]:
    (tmp_path / "train.py").write_text(SOURCE, encoding="utf-8")
    places = Places(str(tmp_path))
    found: list[Any] = []

    def where(*args: object, **kwargs: object) -> Location | None:
        return places.of_caller("where")

    exec(compile(SOURCE, str(tmp_path / "train.py"), "exec"), {"seen": found, "where": where})
    return places, found


def test_a_call_is_found_with_its_span_in_characters(seen: tuple[Places, list[Location]]) -> None:
    _, (first, second) = seen
    assert first == Location("train.py", 1, 3, 20, 18)
    assert (second.line, second.column) == (6, 12)


def test_arguments_are_found_by_name_and_by_position(seen: tuple[Places, list[Location]]) -> None:
    places, (call, _) = seen
    assert places.written(places.argument(call, "rate")) == "0.5"
    assert places.written(places.argument(call, "nothing", position=0)) == '"é"'
    assert places.written(places.argument(call, "names")) == "[1, 2]"
    assert places.argument(call, "missing") is None
    assert places.argument(None, "rate") is None


def test_without_columns_the_call_is_found_by_its_name(
    seen: tuple[Places, list[Location]], monkeypatch: pytest.MonkeyPatch
) -> None:
    places, (first, _) = seen
    monkeypatch.setattr("vggdoctor.gather.capture.places._position", lambda frame: None)
    found: list[Any] = []
    scope = {"seen": found, "where": lambda *a, **k: places.of_caller("where")}
    exec(compile(SOURCE, places.copy + "train.py", "exec"), scope)
    assert found[0] == first


def test_a_cell_of_a_notebook(tmp_path: Path) -> None:
    places = Places(str(tmp_path), {3: "x = 0\nwhere()\n"})
    found: list[Any] = []
    scope = {"where": lambda: found.append(places.of_caller("where"))}
    exec(compile(places.cells[3], f"{tmp_path}/book.ipynb{CELL}3", "exec"), scope)
    assert found == [Location("book.ipynb", 2, 2, 1, 8, 3)]


def test_code_outside_the_project_is_no_place(tmp_path: Path) -> None:
    assert Places(str(tmp_path)).of_caller("test") is None


def test_the_line_of_an_error_is_the_users(tmp_path: Path) -> None:
    places = Places(str(tmp_path))
    code = compile("import json\n\njson.loads('{')\n", f"{tmp_path}/train.py", "exec")
    with pytest.raises(ValueError) as caught:
        exec(code, {})
    assert places.of_traceback(caught.value) == Location("train.py", 3, 3)
    assert sys.exc_info() == (None, None, None)
