"""Wall clock of the probe, and the round numbers that experiments choose their sizes from."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

STEPS = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192)
PICTURES = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
BATCHES = (2, 4, 8, 16, 32, 64, 128)
"""Sizes are taken from these, so that two runs whose timings differ a little still do the same and can be compared."""


class NotPossible(Exception):  # noqa: N818 no error: a reason, as StopIteration is
    """An experiment cannot be done here; the message says why, for people."""


class Budget:
    """``seconds`` of wall clock from now on."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._start = clock()

    def spent(self) -> float:
        return self._clock() - self._start

    def left(self) -> float:
        return max(0.0, self.seconds - self.spent())

    def share(self, part: float) -> float:
        """``part`` (0..1) of the whole, or what is left if that is less; in seconds."""
        return min(part * self.seconds, self.left())


def rung(value: float, ladder: Sequence[int]) -> int:
    """The largest number of the ladder that is not above ``value``; 0 if none."""
    return max((step for step in ladder if step <= value), default=0)
