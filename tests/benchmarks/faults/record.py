"""What one audit of one program showed, as a line of JSON."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct


class Tried(Struct, frozen=True):
    """A fix and how it fared; numbers are None where nothing was measured."""

    check: str
    trial: str
    gain: float | None = None
    interval: tuple[float, float] | None = None
    metric: str = ""
    reason: str = ""


class Record(Struct, kw_only=True, frozen=True):
    """``ranks``: fault -> rank of its true cause among the findings, from 1, None where it is missing. ``found``: check and
    severity of all findings in the order of the report. ``joint``: the run of all fixes together. ``problem``: why there was no
    audit, or no probe."""

    case: str
    seed: int
    seconds: float
    ranks: dict[str, int | None] = {}
    found: tuple[tuple[str, str], ...] = ()
    fixes: tuple[Tried, ...] = ()
    joint: Tried | None = None
    problem: str = ""

    @property
    def alarms(self) -> int:
        """Errors and warnings."""
        return sum(severity != "note" for _, severity in self.found)


def read(file: Path) -> list[Record]:
    """All records of a file, empty where there is none yet."""
    lines = file.read_bytes().splitlines() if file.exists() else []
    return [msgspec.json.decode(line, type=Record) for line in lines if line]


def write(file: Path, record: Record) -> None:
    with file.open("ab") as stream:
        stream.write(msgspec.json.encode(record) + b"\n")
