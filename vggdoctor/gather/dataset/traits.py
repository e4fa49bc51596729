"""Properties of the files, class by class: what could tell the classes apart without a look at the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vggdoctor.evidence import Trait
from vggdoctor.gather.dataset.counting import Walked, printable
from vggdoctor.gather.dataset.facts import FORMATS, MODES, SEEN, Facts

CLASSES = 50
"""Splits of more classes are left out: a property of a few values cannot tell so many apart (ours)."""
VALUES = 64
"""Most frequent values a class that are kept, the others are counted together (ours)."""
OTHER = "other"
LEVELS = 16
"""Steps of brightness over 0..255 (ours)."""
HEADER, PIXELS = SEEN.index("header"), SEEN.index("pixels")

Rows = npt.NDArray[np.void]


class Property(Struct, frozen=True):
    """``key`` gives a whole number for each row of the table, ``name`` what it stands for; ``seen``: the least that must be known
    of the file, as in ``facts.SEEN``."""

    key: Callable[[Rows], npt.NDArray[np.int64]]
    name: Callable[[int], str]
    seen: int


def _level(rows: Rows) -> npt.NDArray[np.int64]:
    return np.clip(rows["brightness"] * LEVELS / 256, 0, LEVELS - 1).astype(np.int64)


PROPERTIES = {
    "format": Property(lambda rows: rows["format"].astype(np.int64), FORMATS.__getitem__, HEADER),
    "colour mode": Property(lambda rows: rows["mode"].astype(np.int64), MODES.__getitem__, HEADER),
    "size": Property(
        lambda rows: rows["width"].astype(np.int64) << 32 | rows["height"],
        lambda key: f"{key >> 32} x {key & 0xFFFFFFFF}",
        HEADER,
    ),
    "brightness": Property(_level, "{:02d}".format, PIXELS),
}


def traits(walked: Walked, facts: Facts) -> Iterator[Trait]:
    """The traits of a split's examined pictures; none where it has one class or very many."""
    if not 2 <= len(walked.classes) <= CLASSES:
        return
    rows = {printable(name): facts.rows[np.asarray(places, np.int64)] for name, places in walked.classes.items()}
    for name, measured in PROPERTIES.items():
        counts = {label: _counts(table[table["seen"] >= measured.seen], measured) for label, table in rows.items()}
        yield Trait(split=walked.split.path, name=name, counts=counts)


def _counts(rows: Rows, measured: Property) -> dict[str, int]:
    keys, numbers = np.unique(measured.key(rows), return_counts=True)
    order = np.argsort(-numbers, kind="stable")
    kept = {measured.name(int(keys[place])): int(numbers[place]) for place in order[:VALUES]}
    rest = int(numbers.sum()) - sum(kept.values())
    return kept | {OTHER: kept.get(OTHER, 0) + rest} if rest else kept
