"""The scan: find the folders, list every file, look at as many as the time allows, and say what they show together."""

from __future__ import annotations

import heapq
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from vggdoctor.evidence import BrokenFile, DatasetEvidence, Recipe
from vggdoctor.evidence.dataset import TOO_DEEP, WRONG_SUFFIX, Duplicates, Overlap, Pair
from vggdoctor.gather.dataset.alike import alike
from vggdoctor.gather.dataset.cache import Cache
from vggdoctor.gather.dataset.comparing import Copies
from vggdoctor.gather.dataset.counting import LISTED, Census, printable
from vggdoctor.gather.dataset.elsewhere import Elsewhere, behind, in_records
from vggdoctor.gather.dataset.examine import examine
from vggdoctor.gather.dataset.facts import FORMATS, MODES, SEEN, Facts
from vggdoctor.gather.dataset.folders import find
from vggdoctor.gather.dataset.oddities import oddities
from vggdoctor.gather.dataset.selection import Taken, select
from vggdoctor.gather.dataset.tally import share
from vggdoctor.gather.dataset.thumbnails import MOST, thumbnail
from vggdoctor.gather.dataset.traits import traits
from vggdoctor.project import Project
from vggdoctor.schema import GatherReport

LOOKING_SHARE = 0.7
"""Of the time, for looking at pictures; the rest is for comparing those that look alike (ours)."""

PAIRS = 200_000
"""Pairs of copies that are looked at: where there are more, what is said of copies is a lower bound (ours)."""

DEEP = ("I;16", "I", "F")
"""Modes with over 8 bits that Pillow does not reduce when it opens a file."""


def scan(
    project: Project, recipe: Recipe, data: Path | None, seconds: float, cluster: str = "", url: str = ""
) -> tuple[DatasetEvidence | None, GatherReport]:
    """Scan the picture folders of a project for at most about ``seconds`` of looking at pictures.

    Counts are always of all files; they are looked at in random order until the time is over. Files that cannot be used are
    listed, never raised. None where there are no pictures; the report then says what was looked for.
    ``cluster``: the address of a Dask scheduler that looks at all of them, however long that takes. ``url``: pictures that lie
    elsewhere (s3://, gs://, ...), instead of those here. Raises InputError if one of these cannot be reached.
    """
    started = time.monotonic()
    folders, missing = find(project.root, recipe, data) if not url else ([], [])
    census: Census = behind(url) if url else Census(folders)
    if not len(census.files) and not url:
        census = in_records(data or project.root)
    if not len(census.files):
        is_asked_for = missing or data is not None  # else the program may well train on arrays, or rows of a table
        status: Literal["failed", "skipped"] = "failed" if is_asked_for else "skipped"
        return None, GatherReport(status=status, reason=_nothing(missing, data), seconds=time.monotonic() - started)
    cache = Cache("\n".join(sorted(f"{walked.folder.path.resolve()} {walked.split.path}" for walked in census.walked)))
    facts = examine(census.files, None if cluster else started + LOOKING_SHARE * seconds, cache, cluster)
    until = (time.monotonic() if cluster else started) + seconds
    pairs = list(islice(alike(facts, until), PAIRS))
    is_compared = len(pairs) < PAIRS and time.monotonic() < until
    shown = _Paths(project.root)
    taken = select(recipe, census.walked, census.files, [project.root, data] if data else [project.root])
    evidence = _evidence(census, facts, shown, Copies(facts, pairs, shown), taken, is_compared)
    reasons = _reasons(evidence, missing)
    if isinstance(census, Elsewhere) and census.note:
        reasons.append(census.note)
    return evidence, GatherReport(
        status="partial" if reasons else "ok", reason="; ".join(reasons), seconds=time.monotonic() - started
    )


class _Paths:
    """Paths as people see them: relative to the project where they lie in it."""

    def __init__(self, root: Path) -> None:
        self._start = root.as_posix().rstrip("/") + "/"

    def __call__(self, path: str) -> str:
        return printable(path).removeprefix(self._start)


def _evidence(
    census: Census, facts: Facts, shown: _Paths, copies: Copies, taken: list[Taken], is_compared: bool
) -> DatasetEvidence:
    rows = facts.rows
    opened = rows[rows["seen"] >= SEEN.index("header")]
    decoded = rows[rows["seen"] >= SEEN.index("pixels")]
    odd = {kind: int(np.count_nonzero(marks)) for kind, marks in oddities(facts).items()}
    duplicates = tuple(copies.duplicates(walked) for walked in census.walked)
    overlaps = tuple(copies.overlaps(taken, census.walked))
    kinds = Counter(file.kind for file in _broken(census, facts, shown))
    broken = heapq.nsmallest(LISTED, _broken(census, facts, shown), key=lambda file: file.path)
    return DatasetEvidence(
        splits=tuple(walked.split for walked in census.walked),
        pictures=len(facts),
        examined=len(decoded) + int(np.count_nonzero(rows["seen"][list(facts.problems)] != SEEN.index("pixels"))),
        bytes_on_disk=sum(census.files.sizes),
        broken=tuple(broken),
        broken_kinds=dict(kinds.most_common()),
        widths=_quantiles(opened["width"]),
        heights=_quantiles(opened["height"]),
        aspects=_shares(opened["width"] / np.maximum(opened["height"], 1)),
        modes=_named(opened["mode"], MODES),
        formats=_named(opened["format"], FORMATS),
        grey=odd["grey"],
        odd={kind: count for kind, count in odd.items() if count},
        compared=is_compared,
        selections=tuple(dict.fromkeys(each.selection for each in taken)),
        overlaps=overlaps,
        duplicates=duplicates,
        traits=tuple(trait for walked in census.walked for trait in traits(walked, facts)),
        thumbnails=_thumbnails(overlaps, duplicates, broken, census, shown),
    )


def _broken(census: Census, facts: Facts, shown: _Paths) -> Iterator[BrokenFile]:
    """Files that cannot be used as what they seem to be."""
    paths, rows = census.files.paths, facts.rows
    for file in census.unreadable:
        yield BrokenFile(shown(file.path), file.reason, file.kind)
    for place, problem in facts.problems.items():
        yield BrokenFile(shown(paths[place]), problem, kind_of(problem))
    for place in map(int, np.flatnonzero(np.isin(rows["mode"], [MODES.index(mode) for mode in DEEP]))):
        if place not in facts.problems:
            yield BrokenFile(shown(paths[place]), f"{rows['depth'][place]} bits a channel", TOO_DEEP)


def kind_of(problem: str) -> str:
    """What several broken files have in common."""
    return WRONG_SUFFIX if problem.startswith("is ") and ", named " in problem else problem.partition(":")[0]


def _thumbnails(
    overlaps: Iterable[Overlap], duplicates: Iterable[Duplicates], broken: list[BrokenFile], census: Census, shown: _Paths
) -> dict[str, str]:
    """Small copies of the files that are named in pairs, the gravest first."""
    pairs: list[Pair] = [pair for overlap in overlaps for pair in overlap.pairs]
    pairs += [pair for each in duplicates for pair in each.conflicting] + [pair for each in duplicates for pair in each.pairs]
    wanted = dict.fromkeys(file.path for pair in pairs for file in (pair.first, pair.second))
    wanted |= dict.fromkeys(file.path for file in broken if file.kind in (WRONG_SUFFIX, TOO_DEEP))
    first = set(islice(wanted, MOST))
    made = {shown(path): thumbnail(path) for path in census.files.paths if first and shown(path) in first}
    return {path: picture for path, picture in made.items() if picture}


def _named(values: npt.NDArray[np.uint8], names: tuple[str, ...]) -> dict[str, int]:
    counts = Counter({names[value]: int(count) for value, count in zip(*np.unique(values, return_counts=True), strict=True)})
    return dict(counts.most_common())


def _quantiles(values: npt.NDArray[np.uint32]) -> tuple[int, int, int]:
    """The values at 10, 50 and 90 % (nearest rank); zeros where there is none."""
    low, middle, high = _shares(values)
    return int(low), int(middle), int(high)


def _shares(values: npt.NDArray[np.float64] | npt.NDArray[np.uint32]) -> tuple[float, float, float]:
    if not len(values):
        return 0.0, 0.0, 0.0
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9), method="inverted_cdf")
    return float(low), float(middle), float(high)


def _nothing(missing: list[str], data: Path | None) -> str:
    if missing:
        return f"the picture folder {missing[0]!r} that the program names is not here; give its place with --data"
    if data is not None:
        return f"no class folders with pictures under {data}"
    return "no class folders with pictures in the project; where it trains on some, give their place with --data"


def _reasons(evidence: DatasetEvidence, missing: list[str]) -> list[str]:
    reasons = []
    if missing:
        reasons.append(f"not here: {', '.join(missing)} (give the place with --data)")
    if evidence.examined < evidence.pictures:
        most = share(evidence.examined // 2, evidence.examined, evidence.pictures)
        reasons.append(
            f"{evidence.examined:,} of {evidence.pictures:,} pictures examined in the time allowed, chosen by chance: "
            f"shares are right to within {100 * (most.high - most.value):.1f} % (95 %)"
        )
    broken = sum(evidence.broken_kinds.values())
    if broken > len(evidence.broken):
        reasons.append(f"{broken:,} broken files, the first {len(evidence.broken):,} are named")
    if not evidence.compared:
        reasons.append("not all pictures were compared with each other: what is said of copies is a lower bound")
    return reasons
