"""Cases of checks as projects on disk, in both forms that people write programs in."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from vggdoctor.check import Case, Check
from vggdoctor.evidence import DatasetEvidence, Evidence, ProbeEvidence, WatchedRun
from vggdoctor.gather.source import read
from vggdoctor.judge import judge
from vggdoctor.project import Project
from vggdoctor.schema import Location, Outcome

SCRIPT, NOTEBOOK = "train.py", "train.ipynb"
T = TypeVar("T")


@dataclass(frozen=True)
class Program:
    """A case's project. ``starts`` maps a line of the script to (cell, line) of the notebook; None for a script."""

    project: Project
    case: Case
    starts: dict[int, tuple[int, int]] | None = None

    def evidence(self, changed: dict[str, str] | None = None) -> Evidence:
        """What a lint of the project, or of a changed copy, would judge, with the case's hand-made evidence.

        A changed program would be probed and trained anew, so what was seen of its running is left off there.
        """
        project = self.project.with_changes(changed) if changed else self.project
        return Evidence(
            recipe=read(project),
            dataset=self._placed(self.case.dataset, DatasetEvidence) if self.case.dataset else None,
            probe=self._placed(self.case.probe, ProbeEvidence) if self.case.probe and not changed else None,
            runs=self._placed(self.case.runs, tuple[WatchedRun, ...]) if self.case.runs and not changed else None,
            absent={"dataset": "not in this case", "probe": "not in this case"},
        )

    def outcome(self, check: Check, changed: dict[str, str] | None = None) -> Outcome:
        return judge([check], self.evidence(changed))[0]

    def expected(self, line: int) -> tuple[int | None, int]:
        """(cell, line) of a line of the script in this form of the program."""
        return (None, line) if self.starts is None else self.starts[line]

    def _placed(self, seen: T, kind: type[T]) -> T:
        """What was seen with its places, which the case gives for the script, moved to this form."""
        if self.starts is None:
            return seen
        plain = json.loads(msgspec.json.encode(seen))
        return msgspec.convert(self._moved(plain), kind, strict=False)

    def _moved(self, value: Any) -> Any:
        if isinstance(value, dict) and value.get("path") == SCRIPT:
            cell, line = self.expected(value["line"])
            return {**value, "path": NOTEBOOK, "cell": cell, "line": line, "end_line": line}
        if isinstance(value, dict):
            return {name: self._moved(item) for name, item in value.items()}
        return [self._moved(item) for item in value] if isinstance(value, list) else value


def as_script(case: Case, folder: Path) -> Program:
    (folder / SCRIPT).write_text(case.source, encoding="utf-8")
    return Program(Project(folder), case)


def as_notebook(case: Case, folder: Path) -> Program:
    """A cell from each paragraph of the script, behind one of text, as people cut their programs."""
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": ["# Training"]}]
    starts = {}
    lines = case.source.splitlines()
    for first, last in paragraphs(case.source):
        for line in range(first, last + 1):
            starts[line] = (len(cells), line - first + 1)
        cells.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": "\n".join(lines[first - 1 : last]).splitlines(keepends=True),
            }
        )
    document = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 4}
    (folder / NOTEBOOK).write_text(json.dumps(document, indent=1), encoding="utf-8")
    return Program(Project(folder), case, starts)


def paragraphs(source: str) -> list[tuple[int, int]]:
    """First and last line of each run of top-level statements without a blank line between them."""
    lines = source.splitlines()
    found: list[tuple[int, int]] = []
    for statement in ast.parse(source).body:
        first = min([statement.lineno, *(item.lineno for item in getattr(statement, "decorator_list", []))])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        last = statement.end_lineno or first
        if found and not any(not line.strip() for line in lines[found[-1][1] : first - 1]):
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def lines_of(locations: tuple[Location, ...]) -> set[tuple[int | None, int]]:
    return {(place.cell, place.line) for place in locations}
