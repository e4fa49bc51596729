"""Which files show the same picture: exact copies for certain, others only where their pixels were laid on each other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from threadpoolctl import threadpool_limits

from vggdoctor.gather.dataset.candidates import INVERSES, Orientation, Ways, candidates, orientation_of
from vggdoctor.gather.dataset.confirming import AS_STORED, Answer, Glances, Picture, Question, confirm, glance, unconfirmed
from vggdoctor.gather.dataset.crew import Crew
from vggdoctor.gather.dataset.facts import Facts

Places = npt.NDArray[np.intp]
Kind = Literal["same bytes", "same pixels", "near"]

NEIGHBOURS = 3
"""Candidates of a picture that are compared by pixels, the closest ones (ours): enough to join it to its copies."""

HELD, HELD_EACH = 1_000_000, 6
"""Candidates held before they are thinned out, at least and for each picture (13 bytes each; ours)."""

ROUND, ROUNDS = 4_000, 8
"""Comparisons before the answers are looked at, at least, and rounds that all would take: the closest candidates come first, and
the time may end (ours)."""

CHUNK = 32
"""Comparisons a task."""

FEW = 64
"""Comparisons that are made here, as far as no file is decoded: they take as long as it takes to start the workers (ours)."""


class Alike(Struct, frozen=True):
    """Two files that show the same picture; ``first`` and ``second`` are their places in Facts, ``first`` the smaller.

    ``kind``: the same file, another file with exactly the same pixels (all of them compared), or a near copy. Of a near copy,
    ``change`` says how the second comes from the first as far as it was measured, joined by commas ("flipped left to right",
    "rotated by 90 degrees clockwise", "turned", "cropped or moved", "resized", "brighter", "darker", "another encoding");
    ``difference`` is the mean absolute difference of luma (0 to 255) at 64 x 64 pixels once both are laid on each other and
    brightness and contrast are matched; ``correlation`` that of their fine structure there (1: the same).
    """

    first: int
    second: int
    kind: Kind
    change: str = ""
    difference: float = 0.0
    correlation: float = 1.0


class Forest:
    """Which files are joined by pairs (disjoint sets, with path halving)."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._above: dict[int, int] = {}
        for first, second in pairs:
            self.join(first, second)

    def root(self, file: int) -> int:
        above = self._above
        while above.setdefault(file, file) != file:
            above[file] = above[above[file]]
            file = above[file]
        return file

    def join(self, first: int, second: int) -> bool:
        """False if they were joined before."""
        low, high = sorted((self.root(first), self.root(second)))
        self._above[high] = low
        return low != high

    def edges(self) -> Iterator[tuple[int, int]]:
        return ((file, self.root(file)) for file in list(self._above))

    def groups(self) -> list[tuple[int, ...]]:
        """Each group in order, the groups in the order of their first file."""
        members: dict[int, list[int]] = {}
        for file in sorted(self._above):
            members.setdefault(self.root(file), []).append(file)
        return [tuple(files) for _, files in sorted(members.items())]


def alike(facts: Facts, until: float | None = None) -> Iterator[Alike]:
    """Pairs of files that show the same picture.

    Of n exact copies the first is paired with each of the others (n - 1 pairs); files that no chain of pairs joins are different
    pictures, as far as could be found. Plain pictures, which all look alike, are paired only if they are exact copies. Nothing
    is claimed of candidates that were not compared by ``until`` (time.monotonic).
    """
    rows = facts.rows
    hashed = np.flatnonzero(rows["byte_hash"] != 0)
    no_pictures = [place for place in facts.problems if not rows["format"][place]]  # empty files are equal, and no pictures
    copies = _equal(rows, np.setdiff1d(hashed, no_pictures), ("byte_hash", "bytes"))
    yield from (Alike(first, second, "same bytes") for first, second in copies)
    seen = np.setdiff1d(np.flatnonzero(rows["pixel_hash"] != 0), [second for _, second in copies])
    twins = list(_same_pixels(facts, seen, until))
    yield from twins
    yield from _near(facts, np.setdiff1d(seen, [pair.second for pair in twins]), until)


def groups(pairs: Iterable[Alike]) -> list[tuple[int, ...]]:
    """The files joined by chains of pairs: each group in order, the groups in the order of their first file."""
    return Forest((pair.first, pair.second) for pair in pairs).groups()


def _equal(rows: npt.NDArray[np.void], files: Places, fields: tuple[str, ...]) -> list[tuple[int, int]]:
    """The first of ``files`` that are equal in ``fields``, with each of the others."""
    order = files[np.lexsort((files, *(rows[name][files] for name in fields)))]
    same = np.ones(max(len(order) - 1, 0), bool)
    for name in fields:
        same &= rows[name][order[1:]] == rows[name][order[:-1]]
    begins = np.concatenate([[True], ~same])
    first = order[np.flatnonzero(begins)[np.cumsum(begins) - 1]] if len(order) else order
    return [(int(first[place + 1]), int(order[place + 1])) for place in np.flatnonzero(same)]


def _same_pixels(facts: Facts, files: Places, until: float | None) -> Iterator[Alike]:
    """Pictures that were the same when reduced are compared as they are stored."""
    pairs = _equal(facts.rows, files, ("pixel_hash", "width", "height"))
    for (first, second), answer in _answers(facts, pairs, [None] * len(pairs), until):
        if answer.same:
            yield Alike(first, second, "same pixels")


def _near(facts: Facts, files: Places, until: float | None) -> Iterator[Alike]:
    """Compare those first that would join most: each round a forest of pairs, as if all were copies; then those that the answers
    have left apart."""
    pairs, ways = closest(facts.rows["fingerprint"][files], until)
    pairs = files[pairs]
    most = max(ROUND, len(pairs) // ROUNDS)
    joined = Forest()
    while len(pairs) and not _is_over(until):
        hoped = Forest(joined.edges())
        hopeful = (place for place, (first, second) in enumerate(_each(pairs)) if hoped.join(first, second))
        places = np.fromiter(islice(hopeful, most), np.intp)
        places = places[np.lexsort(pairs[places].T[::-1])]  # by file, so that a worker decodes it once
        asked = [(first, second) for first, second in _each(pairs[places])]
        for (first, second), answer in _answers(facts, asked, [orientation_of(way) for way in ways[places]], until):
            if answer.same and joined.join(first, second):
                yield Alike(first, second, "near", answer.change, answer.difference, answer.correlation)
        left = np.fromiter((joined.root(first) != joined.root(second) for first, second in _each(pairs)), np.bool_, len(pairs))
        left[places] = False
        pairs, ways = pairs[left], ways[left]


def _each(pairs: Places) -> Iterator[tuple[int, int]]:
    for start in range(0, len(pairs), ROUND):
        yield from pairs[start : start + ROUND].tolist()


def closest(fingerprints: npt.NDArray[np.int8], until: float | None = None) -> tuple[npt.NDArray[np.int64], Ways]:
    """Pairs (n, 2) of places in ``fingerprints`` and how the first is laid, closest first; as far as they were found by ``until``
    (time.monotonic)."""
    held = _Held(len(fingerprints))
    with threadpool_limits(1):  # the matrices are small: threads would wait for each other longer than they work
        for way, first, second, cosine in candidates(fingerprints):
            if _is_over(until):
                break
            ordered = first < second
            held.add(
                np.where(ordered, first, second), np.where(ordered, second, first), np.where(ordered, way, INVERSES[way]), cosine
            )
    table = held.closest()
    return table["files"].astype(np.intp), table["way"]


class _Held:
    """The NEIGHBOURS closest candidates of every picture, thinned out whenever they become too many."""

    ROW = np.dtype([("files", "i4", 2), ("way", "u1"), ("cosine", "f4")])

    def __init__(self, count: int) -> None:
        self._most = max(HELD, HELD_EACH * count)
        self._parts: list[npt.NDArray[np.void]] = []
        self._count = 0
        self._least = np.zeros(count, np.float32)
        """What a candidate of each picture must exceed to be among the closest."""

    def add(self, first: Places, second: Places, way: Ways, cosine: npt.NDArray[np.float32]) -> None:
        wanted = cosine > self._least[first]
        part = np.zeros(int(wanted.sum()), self.ROW)
        part["files"][:, 0], part["files"][:, 1] = first[wanted], second[wanted]
        part["way"], part["cosine"] = way[wanted], cosine[wanted]
        self._parts.append(part)
        self._count += len(part)
        if self._count > self._most:
            self._thin()

    def closest(self) -> npt.NDArray[np.void]:
        """Closest first; of a pair that was met several times one."""
        self._thin()
        (table,) = self._parts
        return np.asarray(table[np.argsort(-table["cosine"], kind="stable")])

    def _thin(self) -> None:
        table = np.concatenate([np.zeros(0, self.ROW), *self._parts])
        _, once = np.unique(table["files"].astype(np.int64) @ (2**32, 1), return_index=True)
        table = table[once]
        table = table[np.lexsort((-table["cosine"], table["files"][:, 0]))]
        first = table["files"][:, 0]
        rank = np.arange(len(first)) - np.searchsorted(first, first, side="left")
        self._least[first[rank == NEIGHBOURS - 1]] = table["cosine"][rank == NEIGHBOURS - 1]
        table = table[rank < NEIGHBOURS]
        self._parts, self._count = [table], len(table)


def _answers(
    facts: Facts, pairs: list[tuple[int, int]], orientations: list[Orientation | None], until: float | None
) -> Iterator[tuple[tuple[int, int], Answer]]:
    questions = [
        Question(_picture(facts, first), _picture(facts, second), orientation or AS_STORED, exactly=orientation is None)
        for (first, second), orientation in zip(pairs, orientations, strict=True)
    ]
    glances = glance(questions) if len(questions) <= FEW else Glances({}, {})
    yield from ((pairs[place], answer) for place, answer in glances.answers.items())
    left = [place for place in range(len(questions)) if place not in glances.answers]
    chunks = [left[start : start + CHUNK] for start in range(0, len(left), CHUNK)]
    asked = [[questions[place] for place in chunk] for chunk in chunks]
    for number, first, answers in Crew(confirm, unconfirmed).each(asked, until):
        places = chunks[number][first : first + len(answers)]
        yield from ((pairs[place], answer) for place, answer in zip(places, answers, strict=True))


def _picture(facts: Facts, file: int) -> Picture:
    row = facts.rows[file]
    return Picture(facts.files.paths[file], (int(row["width"]), int(row["height"])), facts.square(file))


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until
