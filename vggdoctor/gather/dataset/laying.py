"""Lays pictures on others, many pairs at once: moves, scales and turns each a little until it agrees best with its partner, and
measures how well they do.

The method is that of B. Lucas and T. Kanade (IJCAI 1981), in its inverse compositional form (S. Baker and I. Matthews,
"Lucas-Kanade 20 Years On", IJCV 56, 2004): the derivatives of the first picture serve all steps.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
Matrices = npt.NDArray[np.float64]

STILL = 0.01
"""Pixels: a step below it ends the search."""

STUCK, FAR = 0.95, 0.35
"""A step that leaves more than this of the difference ends the search; where more than FAR of the standard deviation is left
then, these are different pictures. Measured: of copies cropped by 5 %, turned by 3 degrees or 1.3 times brighter 0.13 are
left in the middle, 0.34 at most."""

EDGE = 4
"""Pixels at the border that are not compared; half as many at half the resolution."""

MOST_MOVED = 0.4
"""In half widths: what moves further is no small movement."""

UNMOVED, REFINED = 0.97, 0.95
"""Correlation of the fine structure from which on no movement is looked for, or no better one (ours)."""

LEAST_FIELDS = 12
"""Fields with structure that both need before they may be moved: a square can be laid on any square (ours)."""

MOST_SCALE, MOST_TURN, MOST_SHEAR = 0.15, 8.0, 0.06
"""What may be between two copies beyond flips and quarter turns: scale (log), degrees, and shear or unequal scale. More of
it, and different pictures of one kind of thing can be laid on each other (ours)."""

BLACK, WHITE = 3, 252
"""Grey levels beyond which a picture may have been cut off."""

FIELDS = 8
"""Fields a side: a thing that only one of the pictures shows fills one somewhere, and does not vanish in the mean of all."""

STRUCTURED = 4.0
"""Grey levels (root mean square): fields with finer structure are not asked, JPEG of quality 10 does as much (ours)."""

LEAST_SHARED = 0.6
"""Of the picture that both must show."""

AT_ONCE = 2**16
"""Pixels of as many pairs: what is worked on stays in the processor's cache (ours)."""


@dataclass
class Laid:
    """Each of shape (n,): ``correlation`` of the fine structure (what a blur of 2 pixels takes away; 1: the same), ``difference``
    of luma (mean, absolute, 0..255) after brightness and contrast are matched, ``spread`` (share of the picture that carries
    the fine structure, 1 / n to 1), ``patch`` (largest difference of the mean luma in a field),
    ``strange`` (share of the fields with structure that show another), ``brighter`` (mean luma of the second minus the
    first); and ``places`` (n, 3, 3): where the points of the first lie in the second, in coordinates from -1 to 1.
    """

    correlation: Floats
    difference: Floats
    spread: Floats
    patch: Floats
    strange: Floats
    brighter: Floats
    places: Matrices

    @classmethod
    def apart(cls, count: int) -> Laid:
        """Pairs of which nothing agrees."""
        zero, most = np.zeros(count, np.float32), np.full(count, 255, np.float32)
        return cls(zero, most, zero.copy(), most.copy(), zero + 1, zero.copy(), unmoved(count))

    def put(self, places: Places, found: Laid) -> None:
        for field in fields(self):
            getattr(self, field.name)[places] = getattr(found, field.name)

    def take(self, places: Places | Bools) -> Laid:
        return Laid(*(getattr(self, field.name)[places] for field in fields(self)))


def unmoved(count: int) -> Matrices:
    return np.tile(np.eye(3), (count, 1, 1))


def movements(places: Matrices) -> tuple[Floats, Floats, Floats, Floats]:
    """Of ``places`` (n, 3, 3): log of the scale, turn in degrees, shift in widths of the picture, and what is left: shear and
    unequal scale."""
    linear = places[:, :2, :2]
    size = np.sqrt(np.maximum(np.linalg.det(linear), 1e-6))
    angle = np.arctan2(linear[:, 1, 0] - linear[:, 0, 1], linear[:, 0, 0] + linear[:, 1, 1])
    rotated = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear = np.abs(linear - rotated.transpose(2, 0, 1)).max(axis=(1, 2))
    shift = np.hypot(places[:, 0, 2], places[:, 1, 2]) / 2
    return _floats(np.log(size)), _floats(np.degrees(angle)), _floats(shift), _floats(shear)


class Bench:
    """Lays pictures of ``side`` x ``side`` pixels (n, side, side), luma of 0..255, on as many others."""

    def __init__(self, side: int) -> None:
        self._side = side
        self._little, self._more = _gaussian(side, 1.0), _gaussian(side, 2.0)
        self._fields, self._halves = _means(side, side // FIELDS), _means(side, 2)
        self._coarse, self._whole = _Level(side // 2, 8, EDGE // 2), _Level(side, 3, EDGE)
        self._inside = np.zeros((side, side), np.bool_)
        self._inside[EDGE:-EDGE, EDGE:-EDGE] = True

    def structure(self, luma: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Of each: the standard deviation of its fine structure, and how many fields have some."""
        fine = self._fine(luma)
        squares = fine * fine
        return np.sqrt(squares.mean(axis=(1, 2))), (self._in_fields(squares) >= STRUCTURED**2).sum(axis=(1, 2))

    def lay(self, first: Floats, second: Floats, movable: Bools) -> Laid:
        """The better of laying each of ``second`` on its partner of ``first`` as it is and, if it is ``movable``, after the
        search; nothing agrees where no small movement leads from one to the other."""
        laid = Laid.apart(len(first))
        for part in self._parts(len(first)):
            laid.put(part, self._lay(first[part], second[part], movable[part]))
        return laid

    def refine(self, first: Floats, second: Floats, places: Matrices) -> Laid:
        """The better of laying each of ``second`` where ``places`` say and near by."""
        laid = Laid.apart(len(first))
        for part in self._parts(len(first)):
            begin = self._moved(first[part], second[part], places[part])
            self._search(first[part], second[part], begin, np.flatnonzero(begin.correlation <= REFINED))
            laid.put(part, begin)
        return laid

    def _parts(self, count: int) -> list[Places]:
        each = max(1, AT_ONCE // self._side**2)
        return [np.arange(start, min(start + each, count)) for start in range(0, count, each)]

    def _lay(self, first: Floats, second: Floats, movable: Bools) -> Laid:
        inside = np.broadcast_to(self._inside.ravel(), (len(first), self._side**2))
        laid = self._compared(first, second.reshape(inside.shape), inside, unmoved(len(first)))
        moving = np.flatnonzero((laid.correlation <= UNMOVED) & movable)
        coarse, other = (self._halves @ luma[moving] @ self._halves.T for luma in (first, second))
        places, is_found = self._coarse.search(coarse, other, unmoved(len(moving)))
        laid.put(moving[~is_found], Laid.apart(int((~is_found).sum())))
        begin = laid.take(moving)
        begin.places[:] = places
        self._search(first[moving], second[moving], begin, np.flatnonzero(is_found))
        laid.put(moving, begin)
        return laid

    def _search(self, first: Floats, second: Floats, laid: Laid, moving: Places) -> None:
        """Puts what is better for those that are ``moving`` into ``laid``."""
        smooth, other = (self._little @ luma[moving] @ self._little.T for luma in (first, second))
        places, is_found = self._whole.search(smooth, other, laid.places[moving])
        moving, places = moving[is_found], places[is_found]
        moved = self._moved(first[moving], second[moving], places)
        better = moved.correlation > laid.correlation[moving]
        laid.put(moving[better], moved.take(better))

    def _moved(self, first: Floats, second: Floats, places: Matrices) -> Laid:
        scale, turn, _, shear = movements(places)
        warped, shared = _warped(second, places, EDGE)
        laid = self._compared(first, warped, shared, places)
        too_much = (np.abs(scale) > MOST_SCALE) | (np.abs(turn) > MOST_TURN) | (shear > MOST_SHEAR)
        too_much |= shared.sum(axis=1) < LEAST_SHARED * self._side**2
        laid.put(np.flatnonzero(too_much), Laid.apart(int(too_much.sum())))
        return laid

    def _compared(self, first: Floats, warped: Floats, shared: Bools, places: Matrices) -> Laid:
        """``warped`` and ``shared``: (n, points)."""
        shape, flat = first.shape, first.reshape(warped.shape)
        count = np.maximum(shared.sum(axis=1), 1).astype(np.float32)
        # What was cut off at white or black cannot be had back: the picture with less of it is made like the other.
        swapped = (_is_saturated(warped) & shared).sum(axis=1) > (_is_saturated(flat) & shared).sum(axis=1)
        source, target = np.where(swapped[:, None], flat, warped), np.where(swapped[:, None], warped, flat)
        made = np.where(shared, _matched(source, target, shared).clip(0, 255), target)
        error = made - target
        fine = [self._fine(picture.reshape(shape)).reshape(flat.shape) * shared for picture in (made, target)]
        squares = [values * values for values in fine]
        power = [values.sum(axis=1) for values in squares]
        spread = [total**2 / np.maximum(_dots(values, values), 1e-6) for total, values in zip(power, squares, strict=True)]
        laid = Laid(
            correlation=_dots(fine[0], fine[1]) / np.sqrt(np.maximum(power[0] * power[1], 1e-6)),
            difference=np.abs(error).sum(axis=1) / count,
            spread=np.minimum(*spread) / count,
            patch=np.abs(self._in_fields(error.reshape(shape))).max(axis=(1, 2)),
            strange=self._strange(*(values.reshape(shape) for values in fine)),
            brighter=((warped - flat) * shared).sum(axis=1) / count,
            places=places.copy(),
        )
        is_plain = np.minimum(*power) < 1e-3
        laid.put(np.flatnonzero(is_plain), Laid.apart(int(is_plain.sum())))
        return laid

    def _strange(self, here: Floats, there: Floats) -> Floats:
        """Share of the fields with structure where the structures differ by more than half of their power: in the whole picture
        or in its middle, whichever is more (a frame or black corners that many have must not outvote what they show)."""
        power = np.maximum(self._in_fields(here * here), self._in_fields(there * there))
        structured = power >= STRUCTURED**2
        other = (self._in_fields((here - there) ** 2) > power / 2) & structured
        edge = len(self._fields) // 4
        middle = (slice(None), slice(edge, -edge), slice(edge, -edge))
        whole, inner = structured.sum(axis=(1, 2)), structured[middle].sum(axis=(1, 2))
        outside = np.where(whole, other.sum(axis=(1, 2)) / np.maximum(whole, 1), 1)
        return _floats(np.maximum(outside, other[middle].sum(axis=(1, 2)) / np.maximum(inner, 1)))

    def _fine(self, luma: Floats) -> Floats:
        return _floats(luma - self._more @ luma @ self._more.T)

    def _in_fields(self, values: Floats) -> Floats:
        return _floats(self._fields @ values @ self._fields.T)


class _Level:
    """Searches at one resolution, ``size`` pixels a side."""

    def __init__(self, size: int, steps: int, edge: int) -> None:
        axis = ((np.arange(size) - (size - 1) / 2) / (size / 2)).astype(np.float32)
        self._x, self._y = np.tile(axis, size), np.repeat(axis, size)
        self._size, self._steps, self._edge = size, steps, edge

    def search(self, template: Floats, moving: Floats, places: Matrices) -> tuple[Matrices, Bools]:
        """Where the points of each ``template`` (n, size, size) lie in its ``moving``, in coordinates from -1 to 1, beginning
        with ``places`` (n, 3, 3), and whether a small movement leads there."""
        count, size = len(template), self._size
        slopes = self._slopes(template)
        curvature = (slopes @ slopes.transpose(0, 2, 1)).astype(float)
        diagonal = np.arange(6)
        curvature[:, diagonal, diagonal] = curvature[:, diagonal, diagonal] * 1.0001 + 1e-3
        inverse = np.linalg.inv(curvature)
        flat = template.reshape(count, size * size)
        spread = flat.std(axis=1)
        places, before = places.copy(), np.full(count, np.inf)
        is_lost = np.zeros(count, np.bool_)
        active = np.arange(count)
        for _ in range(self._steps):
            if not len(active):
                break
            warped, shared = _warped(moving[active], places[active], self._edge)
            number = shared.sum(axis=1)
            target = flat[active]
            error = (_matched(warped, target, shared) - target) * shared
            left = np.sqrt(_dots(error, error) / np.maximum(number, 1))
            is_lost[active] = number < LEAST_SHARED * size * size
            goes_on = ~is_lost[active] & (left <= STUCK * before[active])
            active, error, left = active[goes_on], error[goes_on], left[goes_on]
            before[active] = left
            step = (inverse[active] @ (slopes[active] @ error[:, :, None]).astype(float))[:, :, 0]
            places[active] = places[active] @ np.linalg.inv(_as_matrices(step))
            is_lost[active] = ~(np.abs(places[active] - np.eye(3)).max(axis=(1, 2)) <= MOST_MOVED)
            active = active[~is_lost[active] & (np.abs(step).max(axis=1) >= STILL * 2 / size)]
        return places, ~is_lost & (before <= FAR * spread)

    def _slopes(self, template: Floats) -> Floats:
        """How each point of the template changes with the six numbers of a movement: (n, 6, points)."""
        down, right = (slope.reshape(-1, self._size**2) * (self._size / 2) for slope in np.gradient(template, axis=(1, 2)))
        return np.stack([right * self._x, right * self._y, right, down * self._x, down * self._y, down], axis=1)


def _gaussian(side: int, sigma: float) -> Floats:
    """A blur as a matrix (side, side): ``m @ picture @ m.T``."""
    distance = np.arange(side)[:, None] - np.arange(side)
    weights = np.where(abs(distance) <= 4 * sigma, np.exp(-(distance**2) / (2 * sigma**2)), 0)  # denormal numbers are slow
    return _floats(weights / weights.sum(axis=1, keepdims=True))


def _means(side: int, width: int) -> Floats:
    """Means over ``width`` x ``width`` pixels as a matrix (side / width, side)."""
    return _floats(np.repeat(np.eye(side // width), width, axis=1) / width)


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, np.float32)


def _dots(first: Floats, second: Floats) -> Floats:
    return _floats(np.einsum("...p,...p->...", first, second))


def _as_matrices(steps: Matrices) -> Matrices:
    found = np.zeros((len(steps), 3, 3))
    found[:, :2] = steps.reshape(-1, 2, 3)
    found += np.eye(3)
    return found


def _warped(pictures: Floats, places: Matrices, edge: int) -> tuple[Floats, Bools]:
    """Each of ``pictures`` seen from where ``places`` lead, and where it has pixels there: both (n, points)."""
    count, size = len(pictures), pictures.shape[1]
    # From coordinates of -1 to 1 to places of pixels that begin at 0.
    points = np.arange(size, dtype=np.float32)
    matrix = places[:, :2, :2].astype(np.float32)
    begin = size / 2 * (places[:, :2, 2] + 1 - places[:, :2, :2].sum(axis=2)) + places[:, :2, :2].sum(axis=2) / 2 - 0.5
    begin = begin.astype(np.float32)
    right = matrix[:, 0, 0, None, None] * points + matrix[:, 0, 1, None, None] * points[:, None] + begin[:, 0, None, None]
    down = matrix[:, 1, 0, None, None] * points + matrix[:, 1, 1, None, None] * points[:, None] + begin[:, 1, None, None]
    shared = (right >= -0.5) & (right < size - 0.5) & (down >= -0.5) & (down < size - 0.5)
    shared[:, :edge] = shared[:, -edge:] = shared[:, :, :edge] = shared[:, :, -edge:] = False
    np.clip(right, 0, size - 1.001, out=right)
    np.clip(down, 0, size - 1.001, out=down)
    column, row = right.astype(np.int32), down.astype(np.int32)
    right -= column
    down -= row
    at = row * size + column + (np.arange(count, dtype=np.int32) * (size * size))[:, None, None]
    flat = pictures.ravel()
    above = flat[at]
    above += (flat[at + 1] - above) * right
    at += size
    below = flat[at]
    below += (flat[at + 1] - below) * right
    above += (below - above) * down
    return above.reshape(count, size * size), shared.reshape(count, size * size)


def _is_saturated(picture: Floats) -> Bools:
    return (picture < BLACK) | (picture > WHITE)


def _matched(values: Floats, target: Floats, where: Bools) -> Floats:
    """``values`` (n, points) with the brightness and contrast that ``target`` has in the places ``where`` (least squares)."""
    whole = where & ~(_is_saturated(target) & ~_is_saturated(values))
    number = whole.sum(axis=1)
    few = number < where.sum(axis=1) / 4
    if few.any():
        whole[few] = where[few]
        number[few] = where[few].sum(axis=1)
    weight = whole / np.maximum(number, 1).astype(np.float32)[:, None]
    mean, wanted = _dots(values, weight), _dots(target, weight)
    centred = values - mean[:, None]
    weight *= centred
    gain = _dots(weight, target - wanted[:, None]) / np.maximum(_dots(weight, centred), 1e-9)
    centred *= gain[:, None]
    centred += wanted[:, None]
    return centred
