"""The scan: find the folders, count every file, decode as many as the time allows."""

from __future__ import annotations

import os
import random
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vggdoctor.evidence import BrokenFile, DatasetEvidence, Recipe
from vggdoctor.gather.dataset.counting import SAMPLE, Census
from vggdoctor.gather.dataset.decoding import Look, look
from vggdoctor.gather.dataset.folders import find
from vggdoctor.project import Project
from vggdoctor.schema import GatherReport

CHUNK = 64
"""Pictures between two looks at the clock."""

WORKERS = min(8, os.cpu_count() or 1)
"""Threads: Pillow releases the interpreter while it decodes."""


def scan(project: Project, recipe: Recipe, data: Path | None, seconds: float) -> tuple[DatasetEvidence | None, GatherReport]:
    """Scan the picture folders of a project for at most about ``seconds`` of decoding.

    Counts are always of all files; decoding goes through a random sample until the time is over. Files that cannot be used are
    listed, never raised. None where there are no pictures; the report then says what was looked for.
    """
    started = time.monotonic()
    folders, missing = find(project.root, recipe, data)
    census = Census()
    splits = tuple(census.count(folder) for folder in folders)
    if census.pictures == 0:
        return None, GatherReport(status="failed", reason=_nothing(missing, data), seconds=time.monotonic() - started)
    summary = _Summary()
    for seen in _looks(census.sample, started + seconds):
        summary.add(seen)
        if seen.problem:
            census.note(seen.path, seen.problem)
    evidence = DatasetEvidence(
        splits=splits,
        pictures=census.pictures,
        examined=summary.examined + census.pictures - census.candidates,
        bytes_on_disk=census.bytes,
        broken=tuple(sorted((_relative(file, project.root) for file in census.broken), key=lambda file: file.path)),
        widths=quantiles(summary.widths),
        heights=quantiles(summary.heights),
        modes=dict(summary.modes.most_common()),
        formats=dict(summary.formats.most_common()),
    )
    reasons = _reasons(evidence, census, missing)
    return evidence, GatherReport(
        status="partial" if reasons else "ok", reason="; ".join(reasons), seconds=time.monotonic() - started
    )


class _Summary:
    """Counts over the pictures that were examined; grows with the number of different sizes, not of files."""

    def __init__(self) -> None:
        self.examined = 0
        self.widths: Counter[int] = Counter()
        self.heights: Counter[int] = Counter()
        self.modes: Counter[str] = Counter()
        self.formats: Counter[str] = Counter()

    def add(self, seen: Look) -> None:
        self.examined += 1
        if seen.format:
            self.widths[seen.width] += 1
            self.heights[seen.height] += 1
            self.modes[seen.mode] += 1
            self.formats[seen.format] += 1


def quantiles(counts: Counter[int]) -> tuple[int, int, int]:
    """The values at 10, 50 and 90 % (nearest rank) of a table value -> count; zeros for an empty one."""
    total = counts.total()
    found = []
    for share in (0.1, 0.5, 0.9):
        below = 0
        for value in sorted(counts):
            below += counts[value]
            if below >= share * total:
                found.append(value)
                break
    return (found[0], found[1], found[2]) if found else (0, 0, 0)


def _looks(paths: list[str], deadline: float) -> Iterator[Look]:
    """Decode in random order, so that what was done when the time is over is a fair sample."""
    order = list(paths)
    random.Random(0).shuffle(order)
    with warnings.catch_warnings(), ThreadPoolExecutor(WORKERS) as pool:
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata and of large pictures, which are listed anyway
        for start in range(0, len(order), CHUNK):
            yield from pool.map(look, order[start : start + CHUNK])
            if time.monotonic() > deadline:
                return


def _relative(file: BrokenFile, root: Path) -> BrokenFile:
    path = Path(file.path)
    return BrokenFile(path.relative_to(root).as_posix(), file.reason) if path.is_relative_to(root) else file


def _nothing(missing: list[str], data: Path | None) -> str:
    if missing:
        return f"the picture folder {missing[0]!r} that the program names is not here; give its place with --data"
    if data is not None:
        return f"no class folders with pictures under {data}"
    return "no class folders with pictures in the project; give their place with --data"


def _reasons(evidence: DatasetEvidence, census: Census, missing: list[str]) -> list[str]:
    reasons = []
    if missing:
        reasons.append(f"not here: {', '.join(missing)} (give the place with --data)")
    if evidence.examined < evidence.pictures:
        limit = f"at most {SAMPLE:,} are" if evidence.examined >= SAMPLE else "the time allowed"
        reasons.append(f"{evidence.examined:,} of {evidence.pictures:,} pictures decoded ({limit})")
    if census.broken_count > len(census.broken):
        reasons.append(f"{census.broken_count:,} broken files, the first {len(census.broken):,} are named")
    return reasons
