"""The same program written in another form says the same: as a notebook, inside a function, inside a method."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from vggdoctor.evidence import Evidence
from vggdoctor.gather.source import read
from vggdoctor.judge import judge
from vggdoctor.project import Project
from vggdoctor.registry import load

from .labels import programs

CHECKS = load().select()
STATEMENTS_A_CELL = 3


def single_scripts() -> dict[str, str]:
    """The programs that are one script which this Python can parse, by name."""
    texts = {}
    for name, folder in programs().items():
        files = [*folder.rglob("*.py"), *folder.rglob("*.ipynb")]
        if len(files) == 1 and files[0].suffix == ".py" and _parses(files[0].read_text(encoding="utf-8")):
            texts[name] = files[0].read_text(encoding="utf-8")
    return texts


def in_cells(text: str) -> str:
    """A notebook with a few statements in each cell."""
    lines, cells, start = text.splitlines(keepends=True), [], 0
    ends = [statement.end_lineno or 0 for statement in ast.parse(text).body]
    for end in [*ends[STATEMENTS_A_CELL - 1 : -1 : STATEMENTS_A_CELL], ends[-1]]:
        cells.append({"cell_type": "code", "source": lines[start:end], "metadata": {}, "outputs": [], "execution_count": None})
        start = end
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def in_function(text: str) -> str:
    """Everything but star imports inside ``main()``, which is called under the usual guard."""
    return _nested(text, "def main():\n    pass\nif __name__ == '__main__':\n    main()", only_star_imports_stay=True)


def in_method(text: str) -> str:
    """Everything but the imports inside a method, which is called on a fresh object."""
    return _nested(text, "class Experiment:\n    def run(self):\n        pass\nExperiment().run()", only_star_imports_stay=False)


@pytest.mark.parametrize(
    ("form", "name"),
    [(in_cells, "train.ipynb"), (in_function, "train.py"), (in_method, "train.py")],
    ids=["cells", "function", "method"],
)
def test_another_form_has_the_same_findings(form: Callable[[str], str], name: str, tmp_path: Path) -> None:
    differences = []
    for program, text in single_scripts().items():
        folder = tmp_path / program
        folder.mkdir()
        (folder / name).write_text(form(text), encoding="utf-8")
        expected, found = _findings(programs()[program]), _findings(folder)
        if expected != found:
            differences.append(f"{program}: lost {dict(expected - found)}, new {dict(found - expected)}")
    assert not differences, "\n".join(differences)


def _findings(folder: Path) -> Counter[tuple[str, str]]:
    outcomes = judge(CHECKS, Evidence(recipe=read(Project(folder))))
    return Counter((finding.check, finding.severity.value) for outcome in outcomes for finding in outcome.findings)


def _nested(text: str, frame: str, only_star_imports_stay: bool) -> str:
    module, outer = ast.parse(text), ast.parse(frame)
    stay = [statement for statement in module.body if _stays(statement, only_star_imports_stay)]
    function = next(node for node in ast.walk(outer) if isinstance(node, ast.FunctionDef))
    function.body = [statement for statement in module.body if statement not in stay]
    outer.body[:0] = stay
    return ast.unparse(outer)


def _stays(statement: ast.stmt, only_star_imports: bool) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return not only_star_imports or statement.module == "__future__" or any(name.name == "*" for name in statement.names)
    return isinstance(statement, ast.Import) and not only_star_imports


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
