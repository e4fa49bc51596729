"""Looks at every file once: what is known already comes from the cache, the rest is spread over the processors."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vggdoctor.gather.dataset.cache import Cache, Keys, keys_of
from vggdoctor.gather.dataset.crew import Crew
from vggdoctor.gather.dataset.facts import ROW, SEEN, Facts, Files, Rows
from vggdoctor.gather.dataset.looking import (
    Hashes,
    fallen,
    hash_bytes,
    hash_ends,
    look_and_keep,
    look_at,
    peek_at,
    unhashed,
)

CHUNK = 64
"""Files a task: enough for numpy, few enough to stop in time."""

WRITTEN = 4_096
"""Files between two writings of the cache: at most this many are looked at again after a crash (ours)."""

KEPT = 20_000
"""Sets of up to so many files keep what copies are told by (90 MB) until they are compared (ours)."""

DECODING, HEADERS = 0.7, 0.15
"""Of the time, in a set too large for it; the rest is for exact copies (ours)."""

if TYPE_CHECKING:
    from vggdoctor.gather.dataset.cluster import Cluster

Places = npt.NDArray[np.intp]


def examine(files: Files, until: float | None = None, cache: Cache | None = None, cluster: str = "") -> Facts:
    """What can be known of each file, as far as the time goes (``until``: time.monotonic; None: to the end).

    Where it does not suffice to decode all, that ends after DECODING of it; then come the headers of the others, and their
    bytes as far as exact copies can be among them.

    Files come in an order that is as good as random and depends on nothing but their path, size and time: what was seen is a fair
    sample, and the next audit goes on where this one stopped. Never raises for what is in the files.

    ``cluster``: the address of a Dask scheduler that does the work; raises InputError if there is none.
    """
    scan = _Scan(files, cache, cluster)
    look = look_and_keep if len(files) <= KEPT else look_at
    if until is None or cluster:
        scan.spread(look, scan.left(), until)
        return scan.facts
    began = time.monotonic()
    scan.spread(look, scan.left(), began + DECODING * (until - began))
    if len(scan.left()):
        scan.spread(peek_at, scan.unseen(), began + (DECODING + HEADERS) * (until - began))
        scan.hash_copies(until)
    return scan.facts


class _Scan:
    """The table as it fills, and the cache that follows it."""

    def __init__(self, files: Files, cache: Cache | None, cluster: str) -> None:
        self.facts = Facts(files, np.zeros(len(files), ROW), {})
        self.facts.rows["bytes"] = files.sizes
        self.cache = cache
        self.cluster = cluster
        self.keys: Keys = keys_of(files)
        self.unwritten: list[Places] = []
        if cache is not None:
            self.facts.put(*cache.find(self.keys))

    def left(self) -> Places:
        """Files that were not decoded and are not known as broken, in random order."""
        rows = self.facts.rows
        done = rows["seen"] == SEEN.index("pixels")
        done[list(self.facts.problems)] = True
        places = np.flatnonzero(~done)
        return places[np.lexsort((np.random.default_rng(0).permutation(len(places)), self.keys[places]))]

    def unseen(self) -> Places:
        """Those of ``left`` whose header is not known either."""
        left = self.left()
        return np.asarray(left[self.facts.rows["seen"][left] == SEEN.index("no")])

    def hash_copies(self, until: float) -> None:
        """The hash of every file of which another may be a byte copy: only those of one size, and of these only those that end
        alike, are read whole."""
        rows = self.facts.rows
        sound = rows["bytes"] > 0
        sound[[place for place in self.facts.problems if rows["seen"][place] != SEEN.index("pixels")]] = False
        ends = np.zeros(len(rows), np.uint64)
        twins = _shared(np.flatnonzero(sound), rows["bytes"])
        for places, found in self._numbers(hash_ends, twins, until):
            ends[places] = found
        twins = _shared(_shared(np.flatnonzero(ends), ends), rows["bytes"])
        for places, found in self._numbers(hash_bytes, twins[rows["byte_hash"][twins] == 0], until):
            rows["byte_hash"][places] = found

    def _numbers(self, work: Callable[[Sequence[str]], Hashes], order: Places, until: float) -> Iterator[tuple[Places, Hashes]]:
        paths = self.facts.files.paths
        parts = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
        chunks = [[paths[place] for place in part] for part in parts]
        for number, first, found in Crew(work, unhashed).each(chunks, until):
            yield parts[number][first : first + len(found)], found

    def spread(self, work: Callable[[Sequence[str]], Rows], order: Places, until: float | None) -> None:
        """Do ``work`` on the files at ``order`` and put down what it finds."""
        paths = self.facts.files.paths
        parts = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
        chunks = [[paths[place] for place in part] for part in parts]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata and of large pictures, which are listed anyway
            for number, first, rows in self._crew(work).each(chunks, until):
                places = parts[number][first : first + len(rows.table)]
                self.facts.put(places, rows)
                self.unwritten.append(places)
                if len(self.unwritten) * CHUNK >= WRITTEN:
                    self._write()
        self._write()

    def _crew(self, work: Callable[[Sequence[str]], Rows]) -> Crew[str, Rows] | Cluster[str, Rows]:
        if not self.cluster:
            return Crew(work, fallen)
        from vggdoctor.gather.dataset.cluster import Cluster  # what one machine does not need must not slow its start

        return Cluster(self.cluster, work, fallen)

    def _write(self) -> None:
        if self.cache is not None and self.unwritten:
            places = np.concatenate(self.unwritten)
            self.cache.add(self.keys[places], self.facts.take(places))
        self.unwritten = []


def _shared(places: Places, values: npt.NDArray[np.uint64]) -> Places:
    """Those of ``places`` whose value another of them has, too."""
    _, inverse, counts = np.unique(values[places], return_inverse=True, return_counts=True)
    return places[counts[inverse] > 1]
