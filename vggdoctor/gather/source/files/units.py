"""Turns scripts and notebooks into syntax trees, as far as they can be parsed."""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from vggdoctor.project import SourceText
from vggdoctor.schema import Location

MAXIMUM_REPAIRS = 60
"""Broken statements set aside in one file before the rest is given up (each costs a parse)."""

_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
_SHELL_VALUE = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$")
_SILENT_CELL_MAGICS = {"time", "timeit", "capture", "prun", "memit"}
_PYTHON_2 = re.compile(r"^(\s*)(?:print\s+[^(=\s].*|print\s*|exec\s+[\"'].*)$")


class Chunk:
    """A piece of one file whose lines count from 1: a script, or one cell of a notebook."""

    def __init__(self, path: str, text: str, cell: int | None = None) -> None:
        self.path = path
        self.cell = cell
        self.lines = text.split("\n")

    def location(self, node: ast.AST) -> Location:
        """The span of a node, with columns in characters."""
        line = getattr(node, "lineno", 1)
        end_line = getattr(node, "end_lineno", line) or line
        return Location(
            self.path,
            line,
            end_line,
            self._column(line, getattr(node, "col_offset", 0)),
            self._column(end_line, getattr(node, "end_col_offset", 0) or 0),
            self.cell,
        )

    def source(self, node: ast.AST) -> str:
        """The text of a node as written, its lines joined. (ast.get_source_segment splits the whole file for each.)"""
        place = self.location(node)
        lines = self.lines[place.line - 1 : place.end_line]
        if not lines:
            return ""
        lines[-1] = lines[-1][: place.end_column - 1]
        lines[0] = lines[0][place.column - 1 :]
        return "\n".join(lines)

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="replace")) + 1


class Spot(NamedTuple):
    """Where a value was made: a node of the syntax tree in its chunk."""

    chunk: Chunk
    node: ast.AST

    @property
    def location(self) -> Location:
        return self.chunk.location(self.node)


class Unit(NamedTuple):
    """One file: its statements chunk by chunk, and what of it could not be read."""

    path: str
    chunks: tuple[tuple[Chunk, list[ast.stmt]], ...]
    problem: str

    @property
    def statements(self) -> list[ast.stmt]:
        return [statement for _, body in self.chunks for statement in body]


def parse(source: SourceText) -> Unit:
    """The syntax trees of one file. Statements that are not valid Python 3 are left out and named in ``problem``."""
    parts: list[tuple[int | None, str]] = [(None, source.text)] if source.cells is None else [*source.cells.items()]
    chunks, problems = [], [source.problem] if source.problem else []
    for cell, text in parts:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
        readable = text if cell is None and source.cells is None else without_magics(text)
        body, broken = _statements(readable)
        where = "" if cell is None else f"cell {cell}, "
        problems += [f"{where}{problem}" for problem in broken]
        chunks.append((Chunk(source.path, text, cell), body))
    return Unit(source.path, tuple(chunks), "; ".join(problems))


def without_magics(text: str) -> str:
    """A cell without magics and shell lines; the other lines keep their numbers and columns."""
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].startswith("%%"):
        words = lines[first][2:].split()
        if not words or words[0] not in _SILENT_CELL_MAGICS:
            return "\n" * (len(lines) - 1)
        lines[first] = ""
    if _parses("\n".join(lines)):
        return "\n".join(lines)
    for index, line in enumerate(lines):
        if match := _MAGIC.match(line):
            lines[index] = match[1] + "pass"
            while line.endswith("\\") and index + 1 < len(lines):
                index += 1
                line, lines[index] = lines[index], ""
        elif match := _SHELL_VALUE.match(line):
            lines[index] = match[1] + "..."
    return "\n".join(lines)


def _parses(text: str) -> bool:
    try:
        _parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _parse(text: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text).body


def _statements(text: str) -> tuple[list[ast.stmt], list[str]]:
    """The statements, and a line for each part that was set aside."""
    lines = text.split("\n")
    problems: list[str] = []
    tried: set[int] = set()
    for _ in range(MAXIMUM_REPAIRS):
        try:
            return _parse("\n".join(lines)), problems
        except SyntaxError as error:
            number = min(max(error.lineno or 1, 1), len(lines))
            problem = f"line {number}: {error.msg}"
        except (ValueError, RecursionError, MemoryError) as error:
            problems.append(f"{type(error).__name__}: {error}")
            return _block_by_block(lines), problems
        if problem not in problems:
            problems.append(problem)
        _set_aside(lines, number, tried)
    return [], [*problems, "too many broken statements"]


def _block_by_block(lines: list[str]) -> list[ast.stmt]:
    """The outermost blocks that can be parsed, where the whole cannot."""
    starts = [index for index, line in enumerate(lines) if _starts_block(line)]
    body: list[ast.stmt] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        try:
            block = _parse("\n".join(lines[start:end]))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # the problem of the whole file is in the list already
        for statement in block:
            ast.increment_lineno(statement, start)
        body += block
    return body


def _set_aside(lines: list[str], number: int, tried: set[int]) -> None:
    """Blank a Python 2 statement on line ``number``, else the outermost block that the line stands in."""
    python_2 = _PYTHON_2.match(lines[number - 1])
    if python_2 and number not in tried:
        tried.add(number)
        lines[number - 1] = python_2[1] + "pass"
        return
    start = number - 1
    while start > 0 and not _starts_block(lines[start]):
        start -= 1
    end = max(start + 1, number)
    while end < len(lines) and not _starts_block(lines[end]):
        end += 1
    if not any(line.strip() for line in lines[start:end]):  # the fault is reported after a block that is already blank
        start, end = 0, end
        while start < end and not lines[start].strip():
            start += 1
        previous = max((index for index in range(end) if _starts_block(lines[index])), default=0)
        start = previous
    lines[start:end] = [""] * (end - start)


def _starts_block(line: str) -> bool:
    return bool(line) and not line[0].isspace() and not line.startswith((")", "]", "}", "#", "else", "elif", "except", "finally"))
