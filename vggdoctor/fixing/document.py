"""One of the user's files as the text that edits count in: a script, or the code cells of a notebook one after another."""

from __future__ import annotations

import re
import tokenize
from bisect import bisect_right

from msgspec import Struct

from vggdoctor.errors import RepairError
from vggdoctor.fixing.magics import mask
from vggdoctor.fixing.notebook import code_cells, rewritten
from vggdoctor.project import Project
from vggdoctor.schema import Location

BOM = "\ufeff"
_NEWLINE = re.compile(r"\r\n|\r|\n")


class Edit(Struct, frozen=True, order=True):
    """Put ``text`` in the place of ``start`` to ``end`` (offsets in a document's text; equal for an insertion)."""

    start: int
    end: int
    text: str


class Part(Struct, frozen=True):
    """A stretch of a document: all of a script, or one cell. ``first_line`` counts the lines before it."""

    cell: int | None
    start: int
    end: int
    first_line: int


class Document:
    """``text`` is what edits count in; ``python`` is the same, line for line, as the parser may see it.

    ``raw`` is the file as it stands, with its byte order mark and line endings; ``newline`` the line ending that most lines have.

    Raises RepairError if the file cannot be read.
    """

    def __init__(self, path: str, raw: str) -> None:
        self.path = path
        self.raw = raw
        self.mark = BOM if raw.startswith(BOM) else ""
        body = raw.removeprefix(BOM)
        self.is_notebook = path.endswith(".ipynb")
        if self.is_notebook:
            self._read_cells(body)
        else:
            self.text = self.python = body
            self.parts = [Part(None, 0, len(body), 0)]
        self.line_starts = [0] + [match.end() for match in _NEWLINE.finditer(self.text)]
        endings = _NEWLINE.findall(self.text)
        self.newline = max(set(endings), key=endings.count) if endings else "\n"

    def _read_cells(self, body: str) -> None:
        texts, pythons, self.parts = [], [], []
        start = first_line = 0
        for index, cell in code_cells(body).items():
            text = cell.text
            separator = "" if text.endswith("\n") else "\n"
            self.parts.append(Part(index, start, start + len(text), first_line))
            masked = mask(text)
            texts.append(text + separator)
            pythons.append((_blank(text) if masked is None else masked) + separator)
            start += len(text) + len(separator)
            first_line += len(_NEWLINE.findall(text + separator))
        self.text, self.python = "".join(texts), "".join(pythons)

    def offset(self, line: int, column: int) -> int:
        """The offset of a position as the parser gives it: ``line`` from 1, ``column`` from 0.

        What stands for a masked line may be longer than that line: then the line's end.
        """
        start = self.line_starts[line - 1]
        return min(start + column, self.line_end(start))

    def line_number(self, offset: int) -> int:
        """The line of an offset, from 1, over all parts."""
        return bisect_right(self.line_starts, offset)

    def line_start(self, offset: int) -> int:
        return self.line_starts[self.line_number(offset) - 1]

    def line_end(self, offset: int) -> int:
        """The end of the line without its line ending."""
        match = _NEWLINE.search(self.text, offset)
        return match.start() if match else len(self.text)

    def next_line(self, offset: int) -> int:
        """The start of the following line, or the end of the text."""
        match = _NEWLINE.search(self.text, offset)
        return match.end() if match else len(self.text)

    def indentation(self, offset: int) -> str:
        """The white space that the line begins with."""
        line = self.text[self.line_start(offset) : self.line_end(offset)]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def part_of(self, offset: int) -> Part:
        return next(part for part in reversed(self.parts) if part.start <= offset)

    def span(self, place: Location) -> tuple[int, int]:
        """The offsets of a location.

        Raises RepairError if the file has no such cell, line or column.
        """
        part = next((part for part in self.parts if part.cell == place.cell), None)
        if part is None:
            raise RepairError(f"{self.path} has no code cell {place.cell}")
        ends = []
        for line, column in ((place.line, place.column), (place.end_line, place.end_column)):
            index = part.first_line + line - 1
            if line < 1 or column < 1 or index >= len(self.line_starts):
                raise RepairError(f"{place} is not there: the file has fewer lines")
            offset = self.line_starts[index] + column - 1
            if offset > part.end or offset > self.line_end(self.line_starts[index]):
                raise RepairError(f"{place} is not there: line {line} is shorter, or the file ends before it")
            ends.append(offset)
        return ends[0], ends[1]

    def edited(self, edits: list[Edit]) -> str:
        """The whole file with the edits made; they must not overlap. Line endings of the new text become the file's."""
        changed = {}
        for part in self.parts:
            own = [edit for edit in edits if self.part_of(edit.start) == part]
            if own:
                changed[part.cell] = self._spliced(part, own)
        if not self.is_notebook:
            return self.mark + changed.get(None, self.text)
        cells = {cell: text for cell, text in changed.items() if cell is not None}
        return self.mark + rewritten(self.raw.removeprefix(BOM), cells)

    def _spliced(self, part: Part, edits: list[Edit]) -> str:
        pieces, position = [], part.start
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            pieces += [self.text[position : edit.start], edit.text.replace("\n", self.newline)]
            position = min(edit.end, part.end)
        return "".join(pieces) + self.text[position : part.end]


def read(project: Project, path: str) -> Document:
    """A file of the project as it stands, or as ``project.changed`` has it.

    Raises RepairError if it is not there or not readable.
    """
    if path in project.changed:
        return Document(path, project.changed[path])
    file = project.root / path
    try:
        raw = file.read_bytes().decode(encoding_of(path, file.read_bytes()))
    except (OSError, SyntaxError, ValueError) as error:
        raise RepairError(f"{path} cannot be read: {error}") from error
    return Document(path, raw)


def encoding_of(path: str, content: bytes) -> str:
    """The encoding that a file declares; a byte order mark is kept as a character (``utf-8``, not ``utf-8-sig``)."""
    if path.endswith(".ipynb"):
        return "utf-8"
    lines = iter(content.splitlines(keepends=True))
    encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _blank(text: str) -> str:
    return "".join(_NEWLINE.findall(text))
