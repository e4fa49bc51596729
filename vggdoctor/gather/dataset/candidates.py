"""Finds pictures whose fingerprints are close, in nearly linear time.

Random hyperplanes cut the space of fingerprints (M. Charikar, STOC 2002); the signs of BITS of them make a number, and
pictures whose numbers begin alike are compared. How many bits must agree is found anew for every band, so that the work stays
a small multiple of the number of pictures, whatever they look like (LSH forest: M. Bawa, T. Condie, P. Ganesan, WWW 2005).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from vggdoctor.gather.dataset.measuring import FREQUENCIES

BANDS = 16
BITS = 32
"""With 20 bands of the first 13 bits (at 2,500 pictures) two of five bands agree for copies cropped by 2 % a side (cosine
0.96)."""

LOAD = 2
"""Comparisons a picture, band and orientation, at most on average, that with itself included."""

TABLE = 16
"""Entries a picture of a table from numbers to pictures, at most (64 bytes a picture); larger ones give way to bisection."""

CLOSE = 0.92
"""Cosine from which on two are compared by their pixels. Measured on 582 photographs: copies cropped by 2 % a side 0.94 and more,
different pictures 0.71 at the 99.99 % quantile, 0.94 at most."""

BLOCK = 100_000
"""Comparisons at once: 50 MB."""

Orientation = tuple[bool, bool, bool]
"""A picture transposed, then flipped upside down, then left to right, each or not: the eight ways to lay a square."""

ORIENTATIONS: dict[Orientation, str] = {
    (False, False, False): "",
    (False, False, True): "flipped left to right",
    (False, True, False): "flipped upside down",
    (False, True, True): "rotated by 180 degrees",
    (True, False, True): "rotated by 90 degrees clockwise",
    (True, True, False): "rotated by 90 degrees counter-clockwise",
    (True, False, False): "flipped along the diagonal",
    (True, True, True): "flipped along the other diagonal",
}

Fingerprints = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


def inverse(orientation: Orientation) -> Orientation:
    """How the second must be laid to look like the first."""
    transposed, upside_down, left_to_right = orientation
    return (transposed, left_to_right, upside_down) if transposed else orientation


def turned(fingerprints: Floats, orientation: Orientation) -> Floats:
    """The fingerprints (n, 64) of the pictures laid so: flips change the signs of odd frequencies."""
    transposed, upside_down, left_to_right = orientation
    grid = fingerprints.reshape(-1, FREQUENCIES, FREQUENCIES)
    if transposed:
        grid = grid.transpose(0, 2, 1)
    sign = np.where(np.arange(FREQUENCIES) % 2, -1, 1).astype(np.float32)
    if upside_down:
        grid = grid * sign[:, None]
    if left_to_right:
        grid = grid * sign
    return np.ascontiguousarray(grid, np.float32).reshape(fingerprints.shape)


def candidates(fingerprints: Fingerprints, seed: int = 0) -> Iterator[tuple[Orientation, Integers, Integers, Floats]]:
    """Pairs whose fingerprints have a cosine of CLOSE or more: the first, laid so, looks like the second. Pairs may come
    repeatedly.

    Plain pictures (zeros) are in no pair.
    """
    random = np.random.default_rng(seed)
    for _ in range(BANDS):
        planes = random.standard_normal((fingerprints.shape[1], BITS)).astype(np.float32)
        band = _Band(fingerprints, planes)
        for orientation in ORIENTATIONS:
            for first, second in band.meetings(orientation):
                cosine = _cosine(fingerprints, first, second, orientation)
                close = cosine >= CLOSE
                if close.any():
                    yield orientation, first[close], second[close], cosine[close]


class _Band:
    """All pictures by the number that ``planes`` give them."""

    def __init__(self, fingerprints: Fingerprints, planes: Floats) -> None:
        self._fingerprints = fingerprints
        self._planes = planes
        self._structured = np.flatnonzero(fingerprints.any(axis=1))
        numbers = self._numbers((False, False, False))
        order = np.argsort(numbers, kind="stable")
        self._members, self._sorted = self._structured[order], numbers[order]
        self._depth = _depth(self._sorted)
        self._sorted >>= BITS - self._depth
        self._starts = _starts(self._sorted, self._depth) if 2**self._depth <= TABLE * len(order) else None

    def meetings(self, orientation: Orientation) -> Iterator[tuple[Integers, Integers]]:
        """Blocks of pairs (first, second) that agree in the band when the first is laid so."""
        start, end = self._range(self._numbers(orientation) >> (BITS - self._depth))
        count = end - start
        ends = np.cumsum(count)
        asked = 0
        while asked < len(count):
            upto = max(asked + 1, int(np.searchsorted(ends, (ends[asked - 1] if asked else 0) + BLOCK, side="right")))
            yield self._pairs(np.arange(asked, upto), start[asked:upto], count[asked:upto])
            asked = upto

    def _range(self, numbers: Integers) -> tuple[Integers, Integers]:
        """Where the members with each of the numbers begin and end."""
        if self._starts is not None:
            return self._starts[numbers].astype(np.int64), self._starts[numbers + 1].astype(np.int64)
        return np.searchsorted(self._sorted, numbers, "left"), np.searchsorted(self._sorted, numbers, "right")

    def _pairs(self, asked: Integers, start: Integers, count: Integers) -> tuple[Integers, Integers]:
        first = np.repeat(self._structured[asked], count)
        within = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
        second = self._members[np.repeat(start, count) + within]
        different = first != second
        return first[different], second[different]

    def _numbers(self, orientation: Orientation) -> Integers:
        # To turn the planes instead of the pictures is the same (turning is orthogonal), and they are fewer.
        planes = turned(self._planes.T, inverse(orientation)).T
        found = np.zeros(len(self._structured), np.int64)
        for begin in range(0, len(found), BLOCK):
            part = self._fingerprints[self._structured[begin : begin + BLOCK]].astype(np.float32)
            found[begin : begin + BLOCK] = np.packbits(part @ planes > 0, axis=1).view(">u4").ravel()
        return found


def _depth(numbers: Integers) -> int:
    """Fewest leading bits with which at most LOAD comparisons a picture remain; ``numbers`` are sorted."""
    for depth in range(1, BITS):
        _, counts = np.unique(numbers >> (BITS - depth), return_counts=True)
        if (counts.astype(float) ** 2).sum() <= LOAD * max(len(numbers), 1):
            return depth
    return BITS


def _starts(numbers: Integers, depth: int) -> npt.NDArray[np.int32]:
    """Where each number of ``depth`` bits begins among the sorted ``numbers``, and one more for the end of the last."""
    starts = np.zeros(2**depth + 1, np.int32)
    np.cumsum(np.bincount(numbers, minlength=2**depth), out=starts[1:])
    return starts


def _cosine(fingerprints: Fingerprints, first: Integers, second: Integers, orientation: Orientation) -> Floats:
    here = turned(fingerprints[first].astype(np.float32), orientation)
    there = fingerprints[second].astype(np.float32)
    dot = np.einsum("np,np->n", here, there)
    return np.asarray(dot / np.sqrt(np.einsum("np,np->n", here, here) * np.einsum("np,np->n", there, there)), np.float32)
