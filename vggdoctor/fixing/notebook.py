"""The JSON of a notebook, edited in place: nothing but the source of the changed cells differs."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from typing import Any

from msgspec import Struct

from vggdoctor.errors import RepairError

_BLANK = re.compile(r"[ \t\r\n]*")


class CellSource(Struct, frozen=True):
    """Where the source of one code cell stands in the JSON text: ``start`` to ``end`` spans its value.

    ``items`` are the spans of the strings where that value is a list of lines, None where it is one string.
    """

    start: int
    end: int
    text: str
    items: tuple[tuple[int, int], ...] | None


def code_cells(raw: str) -> dict[int, CellSource]:
    """The code cells of a notebook by index over all its cells.

    Raises RepairError if ``raw`` is not the JSON of a notebook.
    """
    try:
        return _code_cells(raw)
    except (ValueError, KeyError, StopIteration, IndexError, TypeError) as error:
        raise RepairError(f"the notebook's JSON could not be followed ({type(error).__name__}: {error})") from error


def rewritten(raw: str, sources: dict[int, str]) -> str:
    """``raw`` with new sources for some cells; lines that stay keep their spelling in JSON."""
    cells = code_cells(raw)
    plain = not raw.isascii()
    for index in sorted(sources, reverse=True):
        cell = cells[index]
        raw = raw[: cell.start] + _value(raw, cell, sources[index], plain) + raw[cell.end :]
    return raw


def _value(raw: str, cell: CellSource, source: str, plain: bool) -> str:
    if cell.items is None:
        return json.dumps(source, ensure_ascii=not plain)
    if not cell.items:
        return "[" + ", ".join(json.dumps(line, ensure_ascii=not plain) for line in source.splitlines(keepends=True)) + "]"
    spelled = [raw[start:end] for start, end in cell.items]
    old = [json.loads(item) for item in spelled]
    new = source.splitlines(keepends=True)
    items: list[str] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            items += spelled[start:end]
        else:
            items += [json.dumps(line, ensure_ascii=not plain) for line in new[new_start:new_end]]
    opening, closing = raw[cell.start : cell.items[0][0]], raw[cell.items[-1][1] : cell.end]
    between = "," + opening[1:] if len(cell.items) == 1 else raw[cell.items[0][1] : cell.items[1][0]]
    return opening + between.join(items) + closing if items else "[]"


def _code_cells(raw: str) -> dict[int, CellSource]:
    top = _members(raw, _skip(raw, 0))
    if "cells" in top:
        places = _elements(raw, top["cells"][0])
    else:  # nbformat 3
        sheets = _elements(raw, top["worksheets"][0])
        places = [cell for start, _ in sheets for cell in _elements(raw, _members(raw, start)["cells"][0])]
    found = {}
    for index, (start, _) in enumerate(places):
        cell = _members(raw, start)
        source = cell.get("source", cell.get("input"))
        if source and json.loads(raw[slice(*cell["cell_type"])]) == "code":
            found[index] = _cell_source(raw, *source)
    return found


def _cell_source(raw: str, start: int, end: int) -> CellSource:
    value = json.loads(raw[start:end])
    if isinstance(value, str):
        return CellSource(start, end, value, None)
    return CellSource(start, end, "".join(value), tuple(_elements(raw, start)))


def _members(raw: str, start: int) -> dict[str, tuple[int, int]]:
    """The spans of the values of the object that begins at ``start``, by key."""
    found: dict[str, tuple[int, int]] = {}
    position = _skip(raw, start + 1)
    while raw[position] != "}":
        end_of_key = _end(raw, position)
        key, position = json.loads(raw[position:end_of_key]), end_of_key
        position = _skip(raw, _skip(raw, position) + 1)
        end = _end(raw, position)
        found[key] = (position, end)
        position = _after_comma(raw, end)
    return found


def _elements(raw: str, start: int) -> list[tuple[int, int]]:
    """The spans of the elements of the array that begins at ``start``."""
    found = []
    position = _skip(raw, start + 1)
    while raw[position] != "]":
        end = _end(raw, position)
        found.append((position, end))
        position = _after_comma(raw, end)
    return found


def _end(raw: str, position: int) -> int:
    decoder: Any = json.JSONDecoder()
    end: int = decoder.raw_decode(raw, position)[1]
    return end


def _after_comma(raw: str, position: int) -> int:
    position = _skip(raw, position)
    return _skip(raw, position + 1) if raw[position] == "," else position


def _skip(raw: str, position: int) -> int:
    match = _BLANK.match(raw, position)
    return match.end() if match else position
