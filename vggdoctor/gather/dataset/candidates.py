"""Finds pictures whose fingerprints are close, however they are laid, in nearly linear time.

Every picture is laid in one way first: flips change the signs of odd frequencies, transposing exchanges rows and columns, so the
signs of three sums that only one of them changes tell which of the eight ways that is. Random hyperplanes cut the space of
fingerprints (M. Charikar, STOC 2002); the signs of BITS of them make a number, and pictures whose numbers begin alike meet. How
many bits must agree is found anew for every band, so that the work stays a small multiple of the number of pictures, whatever
they look like (LSH forest: M. Bawa, T. Condie, P. Ganesan, WWW 2005). Sums and hyperplanes are others in every band: what was
cut apart in one meets in another.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from vggdoctor.gather.dataset.measuring import FREQUENCIES

BANDS, MISSED = 24, 0.004
"""Bands at most, and the chance that a copy was met in none of them with which they end before (ours)."""

BITS = 64

AGREE = 0.9
"""Chance that two agree in a bit where the cosine is 0.95, as of copies that are cropped by 2 % a side."""

LOAD = 8
"""Meetings a picture and band, at most on average."""

REACH = 256
"""Meetings a picture and band at most: of a family of the same pictures each meets only the next ones, and all hang together."""

CLOSE = 0.92
"""Cosine from which on two are compared by their pixels. Measured on 582 photographs: copies cropped by 2 % a side 0.94 and more,
different pictures 0.71 at the 99.99 % quantile, 0.94 at most."""

APART = 16
"""Bits of BITS in which two that meet may differ: at a cosine of CLOSE each differs with a chance of arccos(CLOSE) / pi = 0.13,
more than 16 of 64 with one of 0.2 %, and less where the first bits agree. Those of different pictures differ in 32 on average."""

BLOCK = 16_384
"""Fingerprints, and in PAIRS meetings, that are worked on at once: 10 MB."""
PAIRS = 16_384

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
Numbers = npt.NDArray[np.uint64]
Ways = npt.NDArray[np.uint8]
"""Orientations as numbers: 4 * transposed + 2 * upside down + left to right."""


def inverse(orientation: Orientation) -> Orientation:
    """How the second must be laid to look like the first."""
    transposed, upside_down, left_to_right = orientation
    return (transposed, left_to_right, upside_down) if transposed else orientation


def orientation_of(way: int) -> Orientation:
    return bool(way & 4), bool(way & 2), bool(way & 1)


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


def _after_each_other(first: int, second: int) -> int:
    """The way in which a picture lies that was laid the ``first`` way and then the ``second``."""
    grid = np.arange(1, FREQUENCIES**2 + 1, dtype=np.float32)[None]
    found = turned(turned(grid, orientation_of(first)), orientation_of(second))
    return next(way for way in range(8) if np.array_equal(turned(grid, orientation_of(way)), found))


INVERSES: Ways = np.array([4 * a + 2 * b + c for a, b, c in (inverse(orientation_of(way)) for way in range(8))], np.uint8)
_BETWEEN = np.array([[_after_each_other(one, int(INVERSES[other])) for other in range(8)] for one in range(8)], np.uint8)
"""[way, other]: how one must be laid to look like another, where they look alike once it is laid ``way`` and that ``other``."""

_TRANSPOSED = np.arange(FREQUENCIES**2).reshape(FREQUENCIES, FREQUENCIES).T.ravel()
_SIGNS = np.concatenate([turned(np.ones((1, FREQUENCIES**2), np.float32), orientation_of(way)) for way in range(4)])
_ODD = np.indices((FREQUENCIES, FREQUENCIES)).reshape(2, -1) % 2 == 1
"""Whether the frequency is odd from top to bottom, and from left to right."""


def candidates(fingerprints: Fingerprints, seed: int = 0) -> Iterator[tuple[Ways, Integers, Integers, Floats]]:
    """Pairs whose fingerprints have a cosine of CLOSE or more: the first, laid so, looks like the second. Pairs may come
    repeatedly.

    Plain pictures (zeros) are in no pair.
    """
    random = np.random.default_rng(seed)
    structured = np.flatnonzero(fingerprints.any(axis=1))
    missed = 1.0
    for _ in range(BANDS):
        if missed < MISSED or not len(structured):
            return
        band = _Band(random)
        numbers, ways = band.numbers(fingerprints, structured)
        order = np.argsort(numbers)
        numbers, members = numbers[order], structured[order]
        depth = _depth(numbers)
        missed *= 1 - AGREE ** (depth + 3)  # the sums that say how it is laid are three bits more
        for first, second in _meetings(numbers, depth):
            near = _differing(numbers[first] ^ numbers[second]) <= APART
            one, other = members[first[near]], members[second[near]]
            way = _BETWEEN[ways[order[first[near]]], ways[order[second[near]]]]
            cosine = _cosine(fingerprints, one, other, way)
            close = cosine >= CLOSE
            if close.any():
                yield way[close], one[close], other[close], cosine[close]


class _Band:
    """Sums that say how a picture is to be laid, and hyperplanes that cut the space of what was laid so."""

    def __init__(self, random: np.random.Generator) -> None:
        size = FREQUENCIES**2
        weights = random.standard_normal((3, size)).astype(np.float32)
        self._transposing = weights[0] - weights[0][_TRANSPOSED]
        self._upside_down = np.where(_ODD[0] & ~_ODD[1], weights[1], 0)
        self._left_to_right = np.where(_ODD[1] & ~_ODD[0], weights[2], 0)
        self._planes = random.standard_normal((size, BITS)).astype(np.float32)

    def numbers(self, fingerprints: Fingerprints, places: Integers) -> tuple[Numbers, Ways]:
        """Of the fingerprints at ``places``, and how they were laid for it."""
        numbers, ways = np.zeros(len(places), np.uint64), np.zeros(len(places), np.uint8)
        for begin in range(0, len(places), BLOCK):
            part = slice(begin, begin + BLOCK)
            values = fingerprints[places[part]].astype(np.float32)
            transposed = np.abs(values) @ self._transposing < 0
            values[transposed] = values[transposed][:, _TRANSPOSED]
            flipped = 2 * (values @ self._upside_down < 0) + (values @ self._left_to_right < 0)
            values *= _SIGNS[flipped]
            numbers[part] = np.packbits(values @ self._planes > 0, axis=1).view(">u8").ravel()
            ways[part] = 4 * transposed + flipped
        return numbers, ways


def _meetings(numbers: Numbers, depth: int) -> Iterator[tuple[Integers, Integers]]:
    """Blocks of pairs of places in the sorted ``numbers`` that begin alike."""
    groups = numbers >> np.uint64(BITS - depth)
    ends = np.append(np.flatnonzero(np.diff(groups)) + 1, len(groups))
    sizes = np.diff(ends, prepend=0)
    places = np.arange(len(numbers))
    following = np.minimum(np.repeat(ends, sizes) - places - 1, REACH)
    total = np.cumsum(following)
    asked = 0
    while asked < len(places):
        before = total[asked - 1] if asked else 0
        upto = max(asked + 1, int(np.searchsorted(total, before + PAIRS, side="right")))
        count = following[asked:upto]
        first = np.repeat(places[asked:upto], count)
        within = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
        yield first, first + within + 1
        asked = upto


def _depth(numbers: Numbers) -> int:
    """Fewest leading bits with which at most LOAD meetings a picture remain; ``numbers`` are sorted."""
    low, high = 1, BITS - 1
    while low < high:
        depth = (low + high) // 2
        ends = np.append(np.flatnonzero(np.diff(numbers >> np.uint64(BITS - depth))) + 1, len(numbers))
        sizes = np.diff(ends, prepend=0).astype(float)
        if (sizes * (sizes - 1)).sum() / 2 <= LOAD * len(numbers):
            high = depth
        else:
            low = depth + 1
    return low


def _differing(bits: Numbers) -> npt.NDArray[np.uint8]:
    """How many bits are set (H. Warren, "Hacker's Delight", 2nd edition, 5-1)."""
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.asarray((bits * np.uint64(0x0101010101010101)) >> np.uint64(56), np.uint8)


def _cosine(fingerprints: Fingerprints, first: Integers, second: Integers, ways: Ways) -> Floats:
    here = fingerprints[first].astype(np.float32)
    transposed = ways >= 4
    here[transposed] = here[transposed][:, _TRANSPOSED]
    here *= _SIGNS[ways & 3]
    there = fingerprints[second].astype(np.float32)
    dot = np.einsum("np,np->n", here, there)
    return np.asarray(dot / np.sqrt(np.einsum("np,np->n", here, here) * np.einsum("np,np->n", there, there)), np.float32)
