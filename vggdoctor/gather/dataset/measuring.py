"""Measures many decoded pictures at once: numpy's calls cost more than the work on one of 64 x 64 pixels."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from vggdoctor.gather.dataset.decoding import SIDE

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Rec. 601, as in JPEG and in Pillow's conversion to L."""

FREQUENCIES = 8
"""Low frequencies of either direction in the fingerprint, as in N. Krawetz' perceptual hash ("Looks Like It", 2011)."""

PLAIN = 2.0
"""Grey levels (root mean square) of the low frequencies; what varies less is noise of the codec and has no fingerprint (ours)."""

FINGERPRINT_SCALE = 254.0
"""An entry of a unit vector becomes a signed byte; entries over one half are cut (ours)."""

Floats = npt.NDArray[np.float32]
Square: TypeAlias = np.void
Squares: TypeAlias = npt.NDArray[np.void]
"""A picture, and several (n,), of the dtype SQUARE or a larger one."""


def cosines(count: int, size: int) -> Floats:
    """The first ``count`` rows of the orthonormal discrete cosine transform (type II) of ``size`` samples: (count, size)."""
    angles = np.pi * (2 * np.arange(size) + 1) * np.arange(count)[:, None] / (2 * size)
    basis = np.cos(angles) * np.sqrt(2 / size)
    basis[0] /= np.sqrt(2)
    return np.asarray(basis, np.float32)


_BASIS = cosines(FREQUENCIES, SIDE)
_SHARES = np.arange(1, SIDE * SIDE + 1) / (SIDE * SIDE)
_BITS_OF = np.append(0, -_SHARES * np.log2(_SHARES))
"""What a grey level adds to the entropy, by the number of its pixels."""
_DISTANCE = np.hypot(*np.mgrid[:FREQUENCIES, :FREQUENCIES]).astype(np.float32)
"""Natural pictures fall with 1 / frequency (D. Field, J. Opt. Soc. Am. A 4, 1987); multiplied by it, all entries say as much."""


def measure(squares: npt.NDArray[np.uint8], rows: npt.NDArray[np.void]) -> None:
    """Fill in the measured fields of ``rows`` (n, dtype ROW) for ``squares`` of shape (n, SIDE, SIDE, 3), RGB."""
    planes = np.ascontiguousarray(squares.reshape(len(squares), -1, 3).transpose(0, 2, 1))
    rows["greyness"] = _spread(planes).max(axis=1)
    values = planes.astype(np.float32)
    rows["mean"], rows["std"] = _moments(values)
    luma = np.einsum("ncp,c->np", values, LUMA)
    rows["brightness"], rows["contrast"] = _moments(luma)
    square = luma.reshape(-1, SIDE, SIDE)
    rows["sharpness"] = _moments(_laplacian(square))[1]
    counts = _histogram(luma)
    rows["entropy"] = _BITS_OF[counts].sum(axis=1)
    below = counts.cumsum(axis=1)
    rows["dark"] = (below < 0.99 * SIDE * SIDE).sum(axis=1)
    rows["light"] = (below < 0.05 * SIDE * SIDE).sum(axis=1)
    rows["fingerprint"] = fingerprints(square)


def square_dtype(side: int) -> np.dtype[np.void]:
    """What copies are told by: luma (side, side), and red and blue minus luma in 8 x 8 fields."""
    return np.dtype([("is_known", "?"), ("luma", "u1", (side, side)), ("chroma", "i2", (8, 8, 2))])


SQUARE = square_dtype(SIDE)
"""4 KB a picture."""


def squares_of(pictures: npt.NDArray[np.uint8]) -> Squares:
    """Of ``pictures`` (n, side, side, 3), RGB: what is kept of them until they are compared."""
    side = pictures.shape[1]
    found = np.zeros(len(pictures), square_dtype(side))
    luma = pictures.astype(np.float32) @ LUMA
    found["is_known"], found["luma"] = True, luma.round()
    means = np.repeat(np.eye(8, dtype=np.float32), side // 8, axis=1) / (side // 8)
    fields = means @ luma @ means.T
    for place, channel in enumerate((0, 2)):
        found["chroma"][..., place] = (means @ pictures[..., channel].astype(np.float32) @ means.T - fields).round()
    return found


def fingerprints(luma: Floats) -> npt.NDArray[np.int8]:
    """Low frequencies of ``luma`` (n, SIDE, SIDE), flattened, as unit vectors of signed bytes (n, 64): alike for copies that are
    scaled, compressed, brighter or a little cropped. The mean is left out, and plain pictures get zeros."""
    found = (_BASIS @ luma @ _BASIS.T).reshape(len(luma), -1)
    found[:, 0] = 0
    structure = np.linalg.norm(found, axis=1) / SIDE
    found *= _DISTANCE.ravel()
    length = np.linalg.norm(found, axis=1)
    found *= np.where(structure < PLAIN, 0, FINGERPRINT_SCALE / np.maximum(length, 1e-6))[:, None]
    return np.asarray(found.round().clip(-127, 127), np.int8)


def _spread(planes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    red, green, blue = planes[:, 0], planes[:, 1], planes[:, 2]
    spread: npt.NDArray[np.uint8] = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return spread


def _moments(values: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation along the last axis."""
    mean = values.mean(axis=-1)
    square = np.einsum("...p,...p->...", values, values) / values.shape[-1]
    return mean, np.sqrt(np.maximum(square - mean * mean, 0))


def _laplacian(luma: Floats) -> Floats:
    middle = luma[:, 1:-1, 1:-1]
    found = luma[:, :-2, 1:-1] + luma[:, 2:, 1:-1] + luma[:, 1:-1, :-2] + luma[:, 1:-1, 2:] - 4 * middle
    return found.reshape(len(luma), -1)


def _histogram(luma: Floats) -> npt.NDArray[np.int64]:
    """Counts of (n, 256) grey levels."""
    count = len(luma)
    level = luma.astype(np.int64)
    level += 256 * np.arange(count)[:, None]
    return np.bincount(level.ravel(), minlength=256 * count).reshape(count, 256)
