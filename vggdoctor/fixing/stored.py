"""Changes and places in terms of files as they are stored: of a notebook, lines of its JSON."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec.structs import replace

from vggdoctor.errors import RepairError
from vggdoctor.fixing.document import BOM, read
from vggdoctor.fixing.notebook import CellSource, code_cells
from vggdoctor.fixing.patch import Patch, assemble
from vggdoctor.project import Project
from vggdoctor.schema import Edit, Finding, Fix, Location, Outcome


def edits(patch: Patch) -> tuple[Edit, ...]:
    """The changes of a patch: whole lines where lines are changed, as few as there can be."""
    return tuple(edit for path, text in patch.files.items() for edit in _edits(path, patch.originals[path], text))


def patch_of(fix: Fix, project: Project) -> Patch:
    """The patch that a fix's edits make of the project's files as they are now.

    Raises RepairError if a file cannot be read, or is shorter than when the fix was worked out.
    """
    originals = {path: read(project, path).raw for path in dict.fromkeys(edit.path for edit in fix.edits)}
    files = {path: _edited(raw, [edit for edit in fix.edits if edit.path == path]) for path, raw in originals.items()}
    return assemble(originals, files, ())


def placed(project: Project, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes with ``file_lines`` for the findings in notebooks; left empty where a notebook's JSON cannot be followed."""
    known: dict[str, _Stored] = {}

    def lines(finding: Finding) -> tuple[tuple[int, int], ...]:
        for path in {place.path for place in finding.locations} - known.keys():
            known[path] = _Stored(read(project, path).raw)
        return tuple(known[place.path].lines(place) for place in finding.locations)

    def with_lines(finding: Finding) -> Finding:
        if all(place.cell is None for place in finding.locations):
            return finding
        try:
            return replace(finding, file_lines=lines(finding))
        except RepairError:
            return finding

    return [replace(outcome, findings=tuple(with_lines(finding) for finding in outcome.findings)) for outcome in outcomes]


class _Stored:
    """A file's text as it is stored, and where its lines and cells begin."""

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._cells: dict[int, CellSource] | None = None
        self._starts = [0] + [index + 1 for index, character in enumerate(raw) if character == "\n"]

    def lines(self, place: Location) -> tuple[int, int]:
        if place.cell is None:
            return place.line, place.end_line
        if self._cells is None:
            self._cells = code_cells(self._raw.removeprefix(BOM))
        cell = self._cells[place.cell]
        first, last = (bisect_right(self._starts, _position(cell, line)) for line in (place.line, place.end_line))
        return first, last


def _position(cell: CellSource, line: int) -> int:
    """Where a line of a cell stands in the JSON; a cell that is one string stands on one line."""
    return cell.items[min(line, len(cell.items)) - 1][0] if cell.items else cell.start


def _edits(path: str, old: str, new: str) -> Iterator[Edit]:
    before, after = _lines(old), _lines(new)
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Edit(path, *_border(before, start), *_border(before, end), "".join(after[new_start:new_end]))


def _edited(raw: str, changes: Sequence[Edit]) -> str:
    mark = BOM if raw.startswith(BOM) else ""
    text = raw.removeprefix(BOM)
    starts = [0] + [index + 1 for index, character in enumerate(text) if character == "\n"]
    pieces, position = [mark], 0
    for edit in changes:
        if edit.end_line > len(starts):
            raise RepairError(f"{edit.path} has changed since the fix was worked out: it has fewer lines")
        pieces += [text[position : starts[edit.line - 1] + edit.column - 1], edit.text]
        position = starts[edit.end_line - 1] + edit.end_column - 1
    return "".join([*pieces, text[position:]])


def _border(lines: list[str], index: int) -> tuple[int, int]:
    """The position before the line ``index``; after the last one where there are no more."""
    if index < len(lines) or not lines or lines[-1].endswith("\n"):
        return index + 1, 1
    return index, len(lines[-1]) + 1


def _lines(text: str) -> list[str]:
    """Only a line feed ends a line (a carriage return before it stays with it), as SARIF and git count."""
    lines = [line + "\n" for line in text.removeprefix(BOM).split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
