"""The code blocks of the documentation, in the order of each page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(
    r"^```(?P<language>[\w+-]*)(?: title=\"(?P<title>[^\"]+)\")?[^\n]*\n(?P<text>.*?)^```\s*$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One fenced block. ``title``: the file that it is, empty for a piece of code; ``line``: of its fence, from 1."""

    page: str
    line: int
    language: str
    title: str
    text: str

    def commands(self) -> list[str]:
        """The lines behind a prompt; without prompts, all that are no comment."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        return prompted or [line.split("  #")[0].strip() for line in lines if not line.startswith("#")]


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Block(name, text.count("\n", 0, found.start()) + 1, found["language"], found["title"] or "", found["text"])
        for found in FENCE.finditer(text)
    ]


def pages() -> list[Path]:
    """Every page that is written by hand."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
