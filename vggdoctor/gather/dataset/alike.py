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

from vggdoctor.gather.dataset.candidates import ORIENTATIONS, Orientation, candidates, inverse
from vggdoctor.gather.dataset.confirming import AS_STORED, Answer, Picture, Question, confirm, unconfirmed
from vggdoctor.gather.dataset.crew import Crew
from vggdoctor.gather.dataset.facts import Facts

Places = npt.NDArray[np.intp]
Kind = Literal["same bytes", "same pixels", "near"]

NEIGHBOURS = 3
"""Candidates of a picture that are compared by pixels, the closest ones (ours): enough to join it to its copies."""

HELD, HELD_EACH = 1_000_000, 6
"""Candidates held before they are thinned out, at least and for each picture (21 bytes each; ours)."""

ROUND = 4_000
"""Comparisons before the answers are looked at: the closest candidates come first, and the time may end (ours)."""

CHUNK = 32
"""Comparisons a task."""


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
    copies = _equal(rows, np.flatnonzero(rows["byte_hash"] != 0), ("byte_hash", "bytes"))
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
    pairs, orientations = closest(facts.rows["fingerprint"][files])
    left = [(int(files[first]), int(files[second]), kind) for (first, second), kind in zip(pairs, orientations, strict=True)]
    joined = Forest()
    while left and not _is_over(until):
        hoped = Forest(joined.edges())
        hopeful = (pair for pair in left if hoped.join(pair[0], pair[1]))
        asked = sorted(islice(hopeful, ROUND))  # by file, so that a worker decodes it once
        answers = _answers(facts, [pair[:2] for pair in asked], [pair[2] for pair in asked], until)
        for (first, second), answer in answers:
            if answer.same and joined.join(first, second):
                yield Alike(first, second, "near", answer.change, answer.difference, answer.correlation)
        done = set(asked)
        left = [pair for pair in left if pair not in done and joined.root(pair[0]) != joined.root(pair[1])]


def closest(fingerprints: npt.NDArray[np.int8]) -> tuple[npt.NDArray[np.int64], list[Orientation]]:
    """Pairs (n, 2) of places in ``fingerprints`` and how the first is laid, closest first."""
    kinds = list(ORIENTATIONS)
    held = _Held(max(HELD, HELD_EACH * len(fingerprints)))
    with threadpool_limits(1):  # the matrices are small: threads would wait for each other longer than they work
        for orientation, first, second, cosine in candidates(fingerprints):
            ordered = first < second
            held.add(first[ordered], second[ordered], kinds.index(orientation), cosine[ordered])
            held.add(second[~ordered], first[~ordered], kinds.index(inverse(orientation)), cosine[~ordered])
    table = held.closest()
    return table["files"], [kinds[kind] for kind in table["kind"]]


class _Held:
    """The NEIGHBOURS closest candidates of every picture, thinned out whenever they become too many."""

    ROW = np.dtype([("files", "i8", 2), ("kind", "u1"), ("cosine", "f4")])

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[npt.NDArray[np.void]] = []
        self._count = 0

    def add(self, first: Places, second: Places, kind: int, cosine: npt.NDArray[np.float32]) -> None:
        part = np.zeros(len(first), self.ROW)
        part["files"][:, 0], part["files"][:, 1], part["kind"], part["cosine"] = first, second, kind, cosine
        self._parts.append(part)
        self._count += len(part)
        if self._count > self._most:
            self._parts = [self.closest()]
            self._count = len(self._parts[0])

    def closest(self) -> npt.NDArray[np.void]:
        """Closest first; of a pair that was met several times one."""
        table = np.concatenate([np.zeros(0, self.ROW), *self._parts])
        table = table[np.lexsort((-table["cosine"], table["files"][:, 1], table["files"][:, 0]))]
        table = table[np.concatenate([[True], (np.diff(table["files"], axis=0) != 0).any(axis=1)])[: len(table)]]
        table = table[np.lexsort((-table["cosine"], table["files"][:, 0]))]
        first = table["files"][:, 0]
        kept = table[np.arange(len(first)) - np.searchsorted(first, first, side="left") < NEIGHBOURS]
        return np.asarray(kept[np.argsort(-kept["cosine"], kind="stable")])


def _answers(
    facts: Facts, pairs: list[tuple[int, int]], orientations: list[Orientation | None], until: float | None
) -> Iterator[tuple[tuple[int, int], Answer]]:
    questions = [
        Question(_picture(facts, first), _picture(facts, second), orientation or AS_STORED, exactly=orientation is None)
        for (first, second), orientation in zip(pairs, orientations, strict=True)
    ]
    chunks = [questions[start : start + CHUNK] for start in range(0, len(questions), CHUNK)]
    for number, first, answers in Crew(confirm, unconfirmed).each(chunks, until):
        start = number * CHUNK + first
        yield from zip(pairs[start : start + len(answers)], answers, strict=True)


def _picture(facts: Facts, file: int) -> Picture:
    row = facts.rows[file]
    return Picture(facts.files.paths[file], (int(row["width"]), int(row["height"])), facts.squares.get(file))


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until
