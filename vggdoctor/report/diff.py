"""Takes a unified diff apart into lines with their numbers, for showing it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from msgspec import Struct

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
LEAST_ALIKE = 0.4
"""Share of words in common below which marking the rest would only be noise (ours)."""
LONGEST_COMPARED = 2_000
"""Words; the comparison is quadratic, and a line as long as that is data (ours)."""
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)


class Piece(Struct, frozen=True):
    """A run of characters; ``changed`` if it differs from the line that it replaces."""

    text: str
    changed: bool = False


class DiffLine(Struct, frozen=True):
    """One line. ``kind``: file, hunk, added, removed, context. ``number`` counts in the new file, or in the old one for a removed
    line; None for headers. The pieces joined are the line of the diff, sign included."""

    kind: str
    number: int | None
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def parse(diff: str) -> list[DiffLine]:
    """The lines of a unified diff in order; joined with newlines they are the diff again."""
    lines = list(_numbered(diff))
    for old, new in _replacements(lines):
        lines[old], lines[new] = _compare(lines[old], lines[new])
    return lines


def _numbered(diff: str) -> Iterator[DiffLine]:
    old = new = 0
    old_left = new_left = 0  # a removed line may look like a file header, so the hunk's own counts decide
    for text in diff.rstrip("\n").split("\n"):
        piece = (Piece(text),)
        if text.startswith("\\"):
            yield DiffLine("hunk", None, piece)
        elif old_left <= 0 and new_left <= 0:
            hunk = _HUNK.match(text)
            if hunk:
                old, new = int(hunk[1]), int(hunk[3])
                old_left, new_left = int(hunk[2] or 1), int(hunk[4] or 1)
            yield DiffLine("hunk" if hunk else "file", None, piece)
        elif text.startswith("+"):
            yield DiffLine("added", new, piece)
            new, new_left = new + 1, new_left - 1
        elif text.startswith("-"):
            yield DiffLine("removed", old, piece)
            old, old_left = old + 1, old_left - 1
        else:
            yield DiffLine("context", new, piece)
            old, new, old_left, new_left = old + 1, new + 1, old_left - 1, new_left - 1


def _replacements(lines: list[DiffLine]) -> Iterator[tuple[int, int]]:
    """Pairs of a removed line and the added line that takes its place: blocks of equal length, line by line."""
    at = 0
    while at < len(lines):
        removed = _run(lines, at, "removed")
        added = _run(lines, at + removed, "added")
        if removed and removed == added:
            yield from ((at + step, at + removed + step) for step in range(removed))
        at += max(1, removed + added)


def _run(lines: list[DiffLine], start: int, kind: str) -> int:
    length = 0
    while start + length < len(lines) and lines[start + length].kind == kind:
        length += 1
    return length


def _compare(old: DiffLine, new: DiffLine) -> tuple[DiffLine, DiffLine]:
    """The same two lines with the words that differ marked; unmarked if they have little in common."""
    before, after = _WORD.findall(old.text[1:]), _WORD.findall(new.text[1:])
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if len(before) + len(after) > LONGEST_COMPARED or matcher.ratio() < LEAST_ALIKE:
        return old, new
    old_pieces, new_pieces = [Piece("-")], [Piece("+")]
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        changed = operation != "equal"
        if i2 > i1:
            old_pieces.append(Piece("".join(before[i1:i2]), changed))
        if j2 > j1:
            new_pieces.append(Piece("".join(after[j1:j2]), changed))
    return DiffLine(old.kind, old.number, tuple(old_pieces)), DiffLine(new.kind, new.number, tuple(new_pieces))
