"""What a repair gains: the same pictures and the same starts, before and after."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence

from msgspec import Struct

from vggdoctor.schema import Comparison

LEVEL = 0.975
"""Of the quantile: a two-sided interval of 95 %."""


class Grid(Struct, frozen=True):
    """One quantity, measured in several trainings on several pictures: ``rows`` has one row a training, one value a picture.

    ``of`` says what was measured (so many pictures, after so many steps) and ``order`` labels the pictures: only grids that agree
    in both, and in the number of rows, are pairs.
    """

    rows: tuple[tuple[float, ...], ...]
    larger_is_better: bool = True
    of: str = ""
    order: tuple[int, ...] = ()

    def mean(self) -> float:
        return _mean([_mean(row) for row in self.rows])


def unlike(before: Grid, after: Grid) -> str:
    """Why two grids are no pairs; empty where they are."""
    if before.of != after.of:
        return f"not comparable: {before.of} before, {after.of} now"
    if before.order != after.order or len(before.rows[0]) != len(after.rows[0]):
        return "the two runs read other validation pictures"
    return ""


def compare(metric: str, before: Grid, after: Grid) -> Comparison | None:
    """The mean paired difference, positive where ``after`` is better, with its 95 % interval over trainings and pictures.

    The variance is that of the trainings' means over their number plus that of the pictures' means over theirs: for data crossed
    by two random factors this is never too small (Owen, *The pigeonhole bootstrap*, 2007, section 3). The degrees of freedom are
    Satterthwaite's (1946). With one training only, pictures are all that vary.

    None where fewer than two values vary, or some are not finite.
    """
    sign = 1.0 if after.larger_is_better else -1.0
    count = min(len(before.rows), len(after.rows))
    differences = [
        [sign * (new - old) for old, new in zip(olds, news, strict=True)]
        for olds, news in zip(before.rows[:count], after.rows[:count], strict=True)
    ]
    pictures = len(differences[0]) if differences else 0
    if count * pictures < 2 or not all(math.isfinite(value) for row in differences for value in row):
        return None
    gain = _mean([_mean(row) for row in differences])
    of_trainings = _squared_error([_mean(row) for row in differences])
    of_pictures = _squared_error([_mean(column) for column in zip(*differences, strict=True)])
    half = _half_width((of_trainings, count - 1), (of_pictures, pictures - 1))
    return Comparison(
        metric=metric,
        before=Grid(before.rows[:count]).mean(),
        after=Grid(after.rows[:count]).mean(),
        gain=gain,
        interval=(gain - half, gain + half),
        how=_how(count, pictures, before.of),
    )


def is_same(before: Grid, after: Grid) -> bool:
    """Whether every value is the same: nothing that was measured has changed."""
    return before.rows == after.rows


def _half_width(*parts: tuple[float, int]) -> float:
    """Of the interval, from squared standard errors and their degrees of freedom."""
    total = sum(variance for variance, _ in parts)
    if total <= 0:
        return 0.0
    freedom = total**2 / sum(variance**2 / free for variance, free in parts if free > 0 and variance > 0)
    # SciPy loads only where there is something to compare.
    return float(importlib.import_module("scipy.special").stdtrit(freedom, LEVEL)) * math.sqrt(total)


def _squared_error(values: Sequence[float]) -> float:
    """Of the mean of ``values``; 0 for a single one."""
    if len(values) < 2:
        return 0.0
    mean = _mean(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _how(trainings: int, pictures: int, of: str) -> str:
    kind = f"{trainings} short trainings from different starts" if trainings > 1 else "one short training"
    covers = "starts and pictures" if trainings > 1 else "pictures, not starts"
    what = f" ({of})" if of else ""
    return f"{kind} before and after{what}, paired by start and by picture; the interval covers {covers} ({pictures} pictures)"
