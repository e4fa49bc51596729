"""Lays one picture on another: moves, scales and turns it a little until they agree best, and measures how well they do.

The method is that of B. Lucas and T. Kanade (IJCAI 1981), in its inverse compositional form (S. Baker and I. Matthews,
"Lucas-Kanade 20 Years On", IJCV 56, 2004): the derivatives of the first picture serve all steps.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from PIL import Image

from vggdoctor.gather.dataset.decoding import SIDE

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

STILL = 3e-4
"""A step below this (in half widths of the picture; 0.01 pixels) ends the search."""

STUCK, FAR = 0.95, 0.35
"""A step that leaves more than this of the difference ends the search; where more than FAR of the standard deviation is left
then, these are different pictures. Measured: of copies cropped by 5 %, turned by 3 degrees or 1.3 times brighter 0.13 are
left in the middle, 0.34 at most."""

EDGE = 4
"""Pixels at the border (of SIDE) that are not compared."""

MOST_MOVED = 0.4
"""In half widths: what moves further is no small movement."""

UNMOVED = 0.97
"""Correlation of the fine structure from which on no movement is looked for."""

LEAST_FIELDS = 12
"""Fields with structure that both need before they may be moved: a square can be laid on any square (ours)."""

MOST_SCALE, MOST_TURN, MOST_SHEAR = 0.15, 8.0, 0.06
"""What may be between two copies beyond flips and quarter turns: scale (log), degrees, and shear or unequal scale. More of
it, and different pictures of one kind of thing can be laid on each other (ours)."""

BLACK, WHITE = 3, 252
"""Grey levels beyond which a picture may have been cut off."""

FIELD = 8
"""Pixels: a thing that only one of the pictures shows fills such a field somewhere, and does not vanish in the mean of all."""

STRUCTURED = 4.0
"""Grey levels (root mean square): fields with finer structure are not asked, JPEG of quality 10 does as much (ours)."""

LEAST_SHARED = 0.6
"""Of the picture that both must show."""


class Laid(Struct, frozen=True):
    """``correlation`` of the fine structure (what a blur of 2 pixels takes away; 1: the same), ``difference`` of luma (mean,
    absolute, 0..255) after brightness and contrast are matched, ``structure`` (the smaller standard deviation of the fine
    structure in grey levels), ``spread`` (share of the picture that carries it, 1 / n to 1), ``patch`` (largest difference of the
    mean luma in a field of FIELD x FIELD pixels), ``strange`` (share of the fields with structure that show another),
    ``brighter`` (mean luma of the second minus the first), and how the second lies: ``scale`` (its log), ``turn`` in degrees
    and ``shift`` in widths of the picture.
    """

    correlation: float = 0.0
    difference: float = 255.0
    structure: float = 0.0
    spread: float = 0.0
    patch: float = 255.0
    strange: float = 1.0
    brighter: float = 0.0
    scale: float = 0.0
    turn: float = 0.0
    shift: float = 0.0


class Sheet:
    """A picture's luma (SIDE x SIDE, 0..255), and what every comparison with it needs."""

    def __init__(self, luma: Floats) -> None:
        self.luma = luma
        self.coarse = np.ascontiguousarray(luma.reshape(SIDE // 2, 2, SIDE // 2, 2).mean(axis=(1, 3)))
        self.smooth = _LITTLE @ luma @ _LITTLE.T
        fine = _fine(luma)
        self.structure = float(fine.std())
        self.fields = int((_in_fields(fine**2) >= STRUCTURED**2).sum())


def lay(first: Sheet, second: Sheet) -> Laid:
    """The better of laying ``second`` on ``first`` as it is and, where both have enough to hold on to, after the search."""
    if min(first.fields, second.fields) < LEAST_FIELDS:
        return _compared(first, second, np.eye(3))
    found = _HALF.search(first.coarse, second.coarse, np.eye(3))
    if found is None:
        return Laid()
    straight = _compared(first, second, np.eye(3))
    if straight.correlation > UNMOVED:
        return straight
    found = _WHOLE.search(first.smooth, second.smooth, found)
    if found is None:
        return straight
    return max(straight, _compared(first, second, found), key=lambda laid: laid.correlation)


def _gaussian(sigma: float) -> Floats:
    """A blur as a matrix (SIDE, SIDE): ``m @ picture @ m.T``."""
    distance = np.arange(SIDE)[:, None] - np.arange(SIDE)
    weights = np.where(abs(distance) <= 4 * sigma, np.exp(-(distance**2) / (2 * sigma**2)), 0)  # denormal numbers are slow
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


_LITTLE, _MORE = _gaussian(1.0), _gaussian(2.0)


def _fine(luma: Floats) -> Floats:
    return np.asarray(luma - _MORE @ luma @ _MORE.T, np.float32)


class _Level:
    """Searches at one resolution, ``size`` pixels a side."""

    def __init__(self, size: int, steps: int) -> None:
        axis = ((np.arange(size) - (size - 1) / 2) / (size / 2)).astype(np.float32)
        self._x, self._y = np.tile(axis, size), np.repeat(axis, size)
        self._size, self._steps = size, steps

    def search(self, template: Floats, moving: Floats, place: Matrix) -> Matrix | None:
        """Where the points of ``template`` lie in ``moving``, in coordinates from -1 to 1, beginning with ``place``; None if no
        small movement leads there."""
        size = self._size
        down, right = (slope.ravel() * (size / 2) for slope in np.gradient(template))
        slopes = np.stack([right * self._x, right * self._y, right, down * self._x, down * self._y, down])
        curvature = (slopes @ slopes.T).astype(float)
        curvature[np.diag_indices(6)] = curvature.diagonal() * 1.0001 + 1e-3
        inverse = np.linalg.inv(curvature)
        spread, before = float(template.std()), np.inf
        for _ in range(self._steps):
            warped, shared = _warped(moving, place)
            count = int(np.count_nonzero(shared))
            if count < LEAST_SHARED * size * size:
                return None
            error = ((_matched(warped, template, shared) - template) * shared).ravel()
            left = math.sqrt(float(error @ error) / count)
            if left > STUCK * before:
                break
            before = left
            a, b, c, d, e, f = step = inverse @ (slopes @ error)
            place = place @ np.linalg.inv([[1 + a, b, c], [d, 1 + e, f], [0, 0, 1]])
            if not np.isfinite(place).all() or np.abs(place - np.eye(3)).max() > MOST_MOVED:
                return None
            if np.abs(step).max() < STILL * SIDE / size:
                break
        return place if before <= FAR * spread else None


_HALF, _WHOLE = _Level(SIDE // 2, steps=8), _Level(SIDE, steps=3)


def _compared(one: Sheet, other: Sheet, place: Matrix) -> Laid:
    scale, turn, shear = _parts(place)
    if abs(scale) > MOST_SCALE or abs(turn) > MOST_TURN or shear > MOST_SHEAR:
        return Laid()
    first = one.luma
    warped, shared = _warped(other.luma, place)
    if shared.sum() < LEAST_SHARED * SIDE * SIDE:
        return Laid()
    # What was cut off at white or black cannot be had back: the picture with less of it is made like the other.
    source, target = (first, warped) if _saturated(warped, shared) > _saturated(first, shared) else (warped, first)
    made = np.where(shared, _matched(source, target, shared).clip(0, 255), target)
    error = np.where(shared, made - target, 0)
    fine = [np.where(shared, _fine(picture), 0) for picture in (made, np.where(shared, target, made))]
    squares = [values * values for values in fine]
    power = [float(values.sum()) for values in squares]
    if min(power) < 1e-3:
        return Laid()
    return Laid(
        correlation=float(np.sum(fine[0] * fine[1])) / math.sqrt(power[0] * power[1]),
        difference=float(np.abs(error[shared]).mean()),
        structure=math.sqrt(min(power) / shared.sum()),
        spread=min(float(values.sum() ** 2 / (values * values).sum()) for values in squares) / float(shared.sum()),
        patch=float(np.abs(_in_fields(error)).max()),
        strange=_strange(fine[0], fine[1]),
        brighter=float(warped[shared].mean() - first[shared].mean()),
        scale=scale,
        turn=turn,
        shift=float(np.hypot(*place[:2, 2]) / 2),
    )


def _strange(here: Floats, there: Floats) -> float:
    """Share of the fields with structure where the structures differ by more than half of their power: in the whole picture or in
    its middle, whichever is more (a frame or black corners that many pictures have must not outvote what they show)."""
    power = np.maximum(_in_fields(here * here), _in_fields(there * there))
    structured = power >= STRUCTURED**2
    other = (_in_fields((here - there) ** 2) > power / 2) & structured
    middle = slice(SIDE // FIELD // 4, -(SIDE // FIELD // 4))
    parts = [(other, structured), (other[middle, middle], structured[middle, middle])]
    return max(float(some.sum() / all_.sum()) if all_.any() else float(all_ is structured) for some, all_ in parts)


def _in_fields(values: Floats) -> Floats:
    """Means over FIELD x FIELD pixels."""
    count = SIDE // FIELD
    return np.asarray(values.reshape(count, FIELD, count, FIELD).mean(axis=(1, 3)), np.float32)


def _warped(picture: Floats, place: Matrix) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """``picture`` seen from where ``place`` leads, and where it has pixels there."""
    size = len(picture)
    half, outside = size / 2, -1.0
    (a, b, c), (d, e, f) = place[:2]
    # From coordinates of -1 to 1 to pixels that begin at 0.
    matrix = (a, b, half * (c + 1 - a - b), d, e, half * (f + 1 - d - e))
    image = Image.fromarray(picture).transform(
        (size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=outside
    )
    warped = np.asarray(image)
    shared = warped > outside
    edge = EDGE * size // SIDE
    shared[:edge] = shared[-edge:] = shared[:, :edge] = shared[:, -edge:] = False
    return warped, shared


def _saturated(picture: Floats, where: npt.NDArray[np.bool_]) -> int:
    return int((_is_saturated(picture) & where).sum())


def _is_saturated(picture: Floats) -> npt.NDArray[np.bool_]:
    return (picture < BLACK) | (picture > WHITE)


def _matched(values: Floats, target: Floats, where: npt.NDArray[np.bool_]) -> Floats:
    """``values`` with the brightness and contrast that ``target`` has in the places ``where`` (least squares)."""
    whole = where & ~(_is_saturated(target) & ~_is_saturated(values))
    if whole.sum() < where.sum() / 4:
        whole = where
    seen, wanted = values[whole], target[whole]
    centred = seen - seen.mean()
    gain = float(centred @ (wanted - wanted.mean())) / max(float(centred @ centred), 1e-6)
    return np.asarray((values - seen.mean()) * gain + wanted.mean(), np.float32)


def _parts(place: Matrix) -> tuple[float, float, float]:
    """Log of the scale, turn in degrees, and what is left: shear and unequal scale."""
    linear = place[:2, :2]
    size = math.sqrt(max(float(np.linalg.det(linear)), 1e-6))
    angle = math.atan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])
    turned = size * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return math.log(size), math.degrees(angle), float(np.abs(linear - turned).max())
