"""Where something stands in the user's source."""

from __future__ import annotations

from msgspec import Struct


class Location(Struct, frozen=True, order=True):
    """A span of source text.

    ``line`` and ``column`` count from 1, in characters; ``end_column`` is the column just after the last character, as in
    SARIF. In a notebook, ``cell`` is the index over all its cells (from 0) and the lines are those of that cell.
    ``path`` is relative to the audited project, with forward slashes.
    """

    path: str
    line: int
    end_line: int
    column: int = 1
    end_column: int = 1
    cell: int | None = None

    def __str__(self) -> str:
        cell = "" if self.cell is None else f" cell {self.cell}"
        return f"{self.path}{cell}:{self.line}"

    def contains(self, other: Location) -> bool:
        """Whether ``other`` lies within this span of the same file and cell."""
        return (
            (self.path, self.cell) == (other.path, other.cell)
            and (self.line, self.column) <= (other.line, other.column)
            and (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        )
