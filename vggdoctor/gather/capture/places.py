"""From a stack frame to the user's own line."""

from __future__ import annotations

import ast
import sys
import warnings
from functools import lru_cache
from pathlib import Path
from types import FrameType

from vggdoctor.schema import Location

CELL = "#cell-"
"""Code of a notebook's cell is compiled under the notebook's path, this, and the cell's index."""


class Places:
    """Knows the scratch copy of the project (``copy``) and maps what runs there back to the project.

    ``cells``: the sources of the entry's code cells as they are run, where the entry is a notebook.
    """

    def __init__(self, copy: str, cells: dict[int, str] | None = None) -> None:
        self.copy = copy.rstrip("/\\") + "/"
        self.cells = cells or {}

    def of_caller(self, callee: str = "") -> Location | None:
        """The innermost call in the user's code that led here, None if there is none. ``callee``: the name of what is called
        there.
        """
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if self.is_users(frame.f_code.co_filename):
                return self._location(frame.f_code.co_filename, frame, callee)
            frame = frame.f_back
        return None

    def at(self, frame: FrameType) -> Location:
        """The call that a frame of the project is in."""
        return self._location(frame.f_code.co_filename, frame, "")

    def tree(self, place: Location) -> ast.Module:
        """The syntax tree of the script or cell that a span lies in; empty if it cannot be parsed."""
        return _parse(self._text(place.path, place.cell))

    def line(self, place: Location) -> str:
        """The whole line that a span begins on."""
        lines = self._text(place.path, place.cell).splitlines()
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""

    def source(self, path: str) -> str:
        """The text of a script of the project, by its path in it."""
        return self._text(path, None)

    def of_traceback(self, error: BaseException) -> Location | None:
        """The innermost line of the user's code that an exception passed through; for a syntax error the line at fault."""
        if isinstance(error, SyntaxError) and error.filename and error.lineno and self.is_users(error.filename):
            path, cell = self._relative(error.filename)
            return Location(path, error.lineno, error.lineno, cell=cell)
        found, trace = None, error.__traceback__
        while trace is not None:
            if self.is_users(trace.tb_frame.f_code.co_filename):
                found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            trace = trace.tb_next
        if found is None:
            return None
        path, cell = self._relative(found[0])
        return Location(path, found[1], found[1], cell=cell)

    def argument(self, call: Location | None, *names: str, position: int | None = None) -> Location | None:
        """Where the call at ``call`` is given the keyword argument of one of ``names``, or the positional one at ``position``."""
        node = self._call_at(call) if call is not None else None
        if call is None or node is None:
            return None
        for keyword in node.keywords:
            if keyword.arg in names:
                return self._span(call, keyword.value)
        if position is not None and position < len(node.args) and not any(isinstance(arg, ast.Starred) for arg in node.args):
            return self._span(call, node.args[position])
        return None

    def written(self, place: Location | None) -> str:
        """The source text of a span, on one line; empty if unknown."""
        if place is None:
            return ""
        lines = self._text(place.path, place.cell).splitlines()[place.line - 1 : place.end_line]
        if not lines:
            return ""
        if place.end_column > 1:
            lines[-1] = lines[-1][: place.end_column - 1]
        lines[0] = lines[0][place.column - 1 :]
        return " ".join(line.strip() for line in lines)

    def is_users(self, filename: str) -> bool:
        """Whether code compiled under ``filename`` is of the project."""
        return filename.replace("\\", "/").startswith(self.copy)

    def _relative(self, filename: str) -> tuple[str, int | None]:
        path, _, cell = filename.replace("\\", "/").removeprefix(self.copy).partition(CELL)
        return path, int(cell) if cell else None

    def _text(self, path: str, cell: int | None) -> str:
        return self.cells.get(cell, "") if cell is not None else _read(self.copy + path)

    def _location(self, filename: str, frame: FrameType, callee: str) -> Location:
        path, cell = self._relative(filename)
        line = frame.f_lineno
        span = _position(frame)
        if span is not None:
            lines = self._text(path, cell).splitlines()
            return Location(path, span[0], span[1], _column(lines, span[0], span[2]), _column(lines, span[1], span[3]), cell)
        calls = [
            node
            for node in ast.walk(_parse(self._text(path, cell)))
            if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or 0) and _name(node) == callee
        ]
        if len(calls) == 1:
            return self._span(Location(path, line, line, cell=cell), calls[0])
        return Location(path, line, line, cell=cell)

    def _call_at(self, place: Location) -> ast.Call | None:
        for node in ast.walk(_parse(self._text(place.path, place.cell))):
            if isinstance(node, ast.Call):
                span = self._span(place, node)
                if (span.line, span.column, span.end_line, span.end_column) == (
                    place.line, place.column, place.end_line, place.end_column,
                ):  # fmt: skip
                    return node
        return None

    def _span(self, near: Location, node: ast.expr) -> Location:
        lines = self._text(near.path, near.cell).splitlines()
        end = node.end_lineno or node.lineno
        return Location(
            near.path,
            node.lineno,
            end,
            _column(lines, node.lineno, node.col_offset),
            _column(lines, end, node.end_col_offset or 0),
            near.cell,
        )


def _position(frame: FrameType) -> tuple[int, int, int, int] | None:
    """Line, end line and the two offsets in UTF-8 bytes of the instruction that runs; None before Python 3.11."""
    positions = getattr(frame.f_code, "co_positions", None)
    if positions is None:
        return None
    for index, (line, end, column, end_column) in enumerate(positions()):
        if index == frame.f_lasti // 2:
            if line is None or end is None or column is None or end_column is None:
                return None
            return line, end, column, end_column
    return None


def _column(lines: list[str], line: int, offset: int) -> int:
    """A column in characters from 1, of an offset in UTF-8 bytes from 0."""
    if not 0 < line <= len(lines):
        return 1
    return len(lines[line - 1].encode("utf-8")[:offset].decode("utf-8", "ignore")) + 1


def _name(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


@lru_cache(maxsize=256)
def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


@lru_cache(maxsize=256)
def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            return ast.Module([], [])
