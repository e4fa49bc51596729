"""The truth about each program, ``programs/NAME/label.toml``: reasoned from Keras 3.15, never taken from the tool's answers."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from vggdoctor.schema import Location

PROGRAMS = Path(__file__).parent / "programs"
PLACE = re.compile(r"(?P<path>[^#:]+)(?:#(?P<cell>\d+))?:(?P<line>\d+)")


class Label(msgspec.Struct, frozen=True):
    """One fault. ``at``: the lines that a finding may point to, as ``train.py:12`` or ``train.ipynb#3:12`` (cell 3)."""

    check: str
    at: tuple[str, ...]
    why: str

    def places(self) -> tuple[Location, ...]:
        """The lines as locations."""
        return tuple(_place(text) for text in self.at)


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is true of one program.

    ``faults``: of severity error or warning; ``notes``: advice that is true. ``unknowable``: checks whose question
    the source alone cannot answer, so that a finding is a guess. ``debatable``: checks on which careful engineers differ;
    findings on them count neither way. ``traps``: the numbers of the catalogue's traps that the program sets.
    """

    style: str
    traps: tuple[int, ...] = ()
    faults: tuple[Label, ...] = ()
    notes: tuple[Label, ...] = ()
    unknowable: dict[str, str] = {}
    debatable: dict[str, str] = {}


def programs() -> dict[str, Path]:
    """Every program's folder by name."""
    return {folder.name: folder for folder in sorted(PROGRAMS.iterdir()) if (folder / "label.toml").exists()}


def labels(folder: Path) -> Labels:
    """The labels of one program.

    Raises msgspec.ValidationError for a label file that does not have this form.
    """
    return msgspec.toml.decode((folder / "label.toml").read_bytes(), type=Labels)


def _place(text: str) -> Location:
    match = PLACE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a place like train.py:12 or train.ipynb#3:12")
    cell = None if match["cell"] is None else int(match["cell"])
    return Location(match["path"], int(match["line"]), int(match["line"]), cell=cell)
