"""A sound program, and ways to spoil it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEALTHY = Path(__file__).parent / "healthy"


@dataclass(frozen=True)
class Fault:
    """``edits``: texts of the sound program, each there once, and what takes their place. ``causes``: ids of checks that name
    the true cause; more than one where either is right."""

    name: str
    causes: tuple[str, ...]
    edits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Case:
    """A program to audit: ``base`` names the sound one in ``folder``; no fault, one, or two."""

    base: str
    faults: tuple[Fault, ...] = ()
    folder: Path = HEALTHY

    @property
    def name(self) -> str:
        return "+".join((self.base, *(fault.name for fault in self.faults))) if self.faults else f"{self.base}+nothing"

    def source(self) -> str:
        """The program's text.

        Raises ValueError if the text that a fault replaces is not there exactly once.
        """
        text = (self.folder / f"{self.base}.py").read_text(encoding="utf-8")
        for fault in self.faults:
            for old, new in fault.edits:
                if text.count(old) != 1:
                    raise ValueError(f"{self.name}: {old!r} is there {text.count(old)} times")
                text = text.replace(old, new)
        return text
