"""Which files show the same picture: exact copies for certain, others only where their pixels were laid on each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vggdoctor.gather.dataset.facts import Facts

Kind = Literal["same bytes", "same pixels", "near"]


class Alike(Struct, frozen=True):
    """Two files that show the same picture; ``first`` and ``second`` are their places in Facts.

    ``kind``: the same file, another file with exactly the same pixels (all of them compared), or a near copy. Of a near copy,
    ``change`` says how the second comes from the first as far as it was measured, joined by commas ("flipped left to right",
    "rotated by 90 degrees", "resized", "brighter", "cropped or moved", "turned", "another encoding");
    ``difference`` is the mean absolute difference of luma (0 to 255) at 64 x 64 pixels once both are laid on each other and
    brightness and contrast are matched; ``correlation`` that of their fine structure there (1: the same).
    """

    first: int
    second: int
    kind: Kind
    change: str = ""
    difference: float = 0.0
    correlation: float = 1.0


def alike(facts: Facts) -> Iterator[Alike]:
    """Pairs of files that show the same picture.

    Of n exact copies the first is paired with each of the others (n - 1 pairs); files that no chain of pairs joins are different
    pictures, as far as could be found. Plain pictures, which all look alike, are paired only if they are exact copies.
    """
    yield from _same_bytes(facts.rows)


def groups(pairs: list[Alike]) -> list[tuple[int, ...]]:
    """The files joined by chains of pairs: each group in order, the groups in the order of their first file."""
    leader: dict[int, int] = {}

    def find(file: int) -> int:
        while leader.setdefault(file, file) != file:
            leader[file] = leader[leader[file]]
            file = leader[file]
        return file

    for pair in pairs:
        low, high = sorted((find(pair.first), find(pair.second)))
        leader[high] = low
    members: dict[int, list[int]] = {}
    for file in sorted(leader):
        members.setdefault(find(file), []).append(file)
    return [tuple(files) for _, files in sorted(members.items())]


def _same_bytes(rows: npt.NDArray[np.void]) -> Iterator[Alike]:
    known = np.flatnonzero(rows["byte_hash"] != 0)
    order = known[np.lexsort((known, rows["bytes"][known], rows["byte_hash"][known]))]
    first = -1
    for place, index in enumerate(order):
        before = order[place - 1]
        same = place > 0 and all(rows[name][index] == rows[name][before] for name in ("byte_hash", "bytes"))
        first = first if same else int(index)
        if same:
            yield Alike(first, int(index), "same bytes")
