"""Small programs with marked places: ``⟦`` and ``⟧`` stand around a span and are taken out."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from vggdoctor.fixing import Patch, plan
from vggdoctor.project import Project
from vggdoctor.schema import Change, Location, Repair

SCRIPT = "train.py"
Make = Callable[[Location], Change]


def unmarked(source: str, path: str = SCRIPT, cell: int | None = None) -> tuple[str, list[Location]]:
    """The text without marks, and the marked places in order of their opening."""
    text, opened, spans = "", [], []
    for piece in re.split("([⟦⟧])", source):
        if piece == "⟦":
            opened.append(len(spans))
            spans.append([position(text), None])
        elif piece == "⟧":
            spans[opened.pop()][1] = position(text)
        else:
            text += piece
    return text, [Location(path, start[0], end[0], start[1], end[1], cell) for start, end in spans]


def position(text: str) -> tuple[int, int]:
    """Line and column, both from 1, of what would follow ``text``."""
    lines = re.split(r"\r\n|\r|\n", text)
    return len(lines), len(lines[-1]) + 1


def planned(source: str, *makes: Make, one_repair: bool = True) -> tuple[str, Patch]:
    """Plan one change for each marked place, as one repair or as one for each; the old text and the patch."""
    text, places = unmarked(source)
    changes = [make(place) for make, place in zip(makes, places, strict=True)]
    repairs = [Repair("all", tuple(changes))] if one_repair else [Repair(f"{n}", (c,)) for n, c in enumerate(changes)]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / SCRIPT).write_bytes(text.encode())
        return text, plan(Project(Path(folder)), repairs)


def fixed(source: str, *makes: Make, one_repair: bool = True) -> str:
    """The script after one change at each marked place."""
    text, patch = planned(source, *makes, one_repair=one_repair)
    assert [reason for _, reason in patch.left_out] == []
    return patch.files.get(SCRIPT, text)


def refused(source: str, *makes: Make) -> str:
    """Why the changes were left out."""
    _, patch = planned(source, *makes)
    assert patch.files == {}
    return patch.left_out[0][1]
