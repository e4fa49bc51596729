"""Accumulators of what was measured: each part of a set has its own, and they are added up. Their size does not depend on the
number of pictures.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from vggdoctor.gather.dataset.facts import FORMATS, MODES, SEEN, Facts

Z = 1.96
"""Of a 95 % interval."""

RELATIVE_ERROR = 0.01
"""Of a quantile of a sketch."""

_GROWTH = math.log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR))

MEASURES = ("width", "height", "bytes", "brightness", "contrast", "sharpness", "entropy", "greyness")


class Estimate(Struct, frozen=True):
    """A value of the whole set with its 95 % interval, from ``seen`` of ``total`` pictures; exact where these are the same."""

    value: float
    low: float
    high: float
    seen: int
    total: int


class Moments(Struct):
    """Count, mean and sum of squared deviations; added up after T. Chan, G. Golub, R. LeVeque (1979)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: npt.NDArray[np.float64]) -> Moments:
        mean = float(values.mean()) if len(values) else 0.0
        return cls(len(values), mean, float(((values - mean) ** 2).sum()))

    def __add__(self, other: Moments) -> Moments:
        count = self.count + other.count
        if not count:
            return Moments()
        delta = other.mean - self.mean
        mean = self.mean + delta * other.count / count
        return Moments(count, mean, self.squares + other.squares + delta**2 * self.count * other.count / count)

    def estimate(self, total: int) -> Estimate:
        """The mean of ``total`` pictures of which these are a random sample (normal interval, finite population)."""
        if self.count < 2:
            return Estimate(self.mean, -math.inf if self.count < total else self.mean, math.inf, self.count, total)
        variance = self.squares / (self.count - 1) / self.count * _unseen(self.count, total)
        return Estimate(self.mean, self.mean - Z * math.sqrt(variance), self.mean + Z * math.sqrt(variance), self.count, total)


class Sketch(Struct):
    """Quantiles of positive values to within RELATIVE_ERROR: counts of logarithmic steps (DDSketch: C. Masson, J. Rim, H.
    Lee, VLDB 2019); values of 0 in a step of their own."""

    counts: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, values: npt.NDArray[np.float64]) -> Sketch:
        with np.errstate(divide="ignore"):
            steps = np.where(values > 0, np.ceil(np.log(np.maximum(values, 1e-9)) / _GROWTH), -(10**6)).astype(int)
        return cls({int(step): int(count) for step, count in zip(*np.unique(steps, return_counts=True), strict=True)})

    def __add__(self, other: Sketch) -> Sketch:
        return Sketch(dict(Counter(self.counts) + Counter(other.counts)))

    def quantile(self, share: float) -> float:
        """The value that ``share`` of all do not exceed; 0 for an empty sketch."""
        below, total = 0, sum(self.counts.values())
        for step in sorted(self.counts):
            below += self.counts[step]
            if below >= share * total:
                return 0.0 if step == -(10**6) else 2 * math.exp(step * _GROWTH) / (math.exp(_GROWTH) + 1)
        return 0.0


class Tally(Struct):
    """What is known of one class of one split, or of several added up. ``listed`` files, of which ``decoded`` were decoded;
    ``formats`` and ``modes`` as far as headers were read; measures by name."""

    listed: int = 0
    decoded: int = 0
    broken: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    moments: dict[str, Moments] = field(default_factory=dict)
    sketches: dict[str, Sketch] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.listed + other.listed,
            self.decoded + other.decoded,
            self.broken + other.broken,
            self.formats + other.formats,
            self.modes + other.modes,
            {name: self.moments.get(name, Moments()) + other.moments.get(name, Moments()) for name in MEASURES},
            {name: self.sketches.get(name, Sketch()) + other.sketches.get(name, Sketch()) for name in MEASURES},
        )

    def mean(self, measure: str) -> Estimate:
        return self.moments.get(measure, Moments()).estimate(self.listed)


def tally(facts: Facts) -> dict[tuple[str, str], Tally]:
    """By split and class; add them up for more."""
    return dict(_groups(facts))


def share(hits: int, seen: int, total: int) -> Estimate:
    """The share of ``total`` pictures of which ``hits`` were found among ``seen`` (Wilson 1927, with the variance of a sample
    without replacement)."""
    if not seen:
        return Estimate(0.0, 0.0, 1.0, 0, total)
    size = seen / max(_unseen(seen, total), 1e-9)
    part = hits / seen
    middle = (part + Z**2 / (2 * size)) / (1 + Z**2 / size)
    half = Z / (1 + Z**2 / size) * math.sqrt(part * (1 - part) / size + Z**2 / (4 * size**2))
    return Estimate(part, max(0.0, middle - half), min(1.0, middle + half), seen, total)


def _unseen(seen: int, total: int) -> float:
    """The finite population correction of a variance."""
    return (total - seen) / (total - 1) if total > 1 else 0.0


def _groups(facts: Facts) -> Iterator[tuple[tuple[str, str], Tally]]:
    files, rows = facts.files, facts.rows
    number = np.asarray(files.split, np.int64) * max(len(files.labels), 1) + np.asarray(files.label, np.int64)
    broken = np.zeros(len(rows), bool)
    broken[list(facts.problems)] = True
    for group in np.unique(number):
        here = number == group
        some = rows[here]
        known, decoded = some[some["format"] != 0], some[some["seen"] == SEEN.index("pixels")]
        values = {name: decoded[name].astype(float) for name in MEASURES}
        split, label = divmod(int(group), max(len(files.labels), 1))
        yield (
            (files.splits[split], files.labels[label]),
            Tally(
                listed=len(some),
                decoded=len(decoded),
                broken=int(broken[here].sum()),
                formats=_named(known["format"], FORMATS),
                modes=_named(known["mode"], MODES),
                moments={name: Moments.of(some) for name, some in values.items()},
                sketches={name: Sketch.of(some) for name, some in values.items()},
            ),
        )


def _named(codes: npt.NDArray[np.uint8], names: tuple[str, ...]) -> Counter[str]:
    return Counter({names[code]: int(count) for code, count in zip(*np.unique(codes, return_counts=True), strict=True)})
