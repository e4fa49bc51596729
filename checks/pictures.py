"""Shows the files that a finding speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from vggdoctor.evidence import BrokenFile, DatasetEvidence, Pair, PictureFile
from vggdoctor.schema import PictureRow, Pictures, Shown

ROWS = 12
"""Rows of pictures a finding: what a person looks through (ours)."""


def pairs_shown(title: str, pairs: Iterable[Pair], total: int, dataset: DatasetEvidence) -> Pictures:
    """Pairs of pictures side by side, each with its split and its class, and how they are alike."""
    rows = tuple(PictureRow((_shown(p.first, dataset), _shown(p.second, dataset)), how_alike(p)) for p in list(pairs)[:ROWS])
    return Pictures(title, rows, max(total, len(rows)))


def files_shown(title: str, files: Iterable[BrokenFile], total: int, dataset: DatasetEvidence) -> Pictures:
    """Files one by one, each with what is wrong with it."""
    rows = tuple(PictureRow((Shown(f.path, jpeg=dataset.thumbnails.get(f.path, "")),), f.reason) for f in list(files)[:ROWS])
    return Pictures(title, rows, max(total, len(rows)))


def how_alike(pair: Pair) -> str:
    """``the same bytes``; ``flipped left to right``; for a near copy without a known change that it is one."""
    if pair.likeness == "by name":
        return "by its name"
    if pair.likeness != "near":
        return f"the {pair.likeness}"
    return pair.change or "nearly the same pixels"


def share(part: int, whole: int) -> str:
    """``12 of 200 (6 %)``, with one digit more below 10 %."""
    percent = 100 * part / whole if whole else 0.0
    return f"{part:,} of {whole:,} ({percent:.{0 if percent >= 10 or part == 0 else 1}f} %)"


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 file``, ``1,200 files``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _shown(file: PictureFile, dataset: DatasetEvidence) -> Shown:
    caption = f"{file.label or 'no class'}, in {file.split}"
    return Shown(file.path, caption, dataset.thumbnails.get(file.path, ""))
