"""Which way round red and blue arrive: the range cannot show it, but the same files can, decoded again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vggdoctor.gather.live import LiveStage

SIDE = 16
"""Pixels of the small copies that are compared: photographs differ, and another interpolation does not matter."""
MOST_FILES = 400
MOST_PICTURES = 32
MOST_LISTED = 20_000
SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp")
ALIKE = 0.97
"""Correlation of two small grey copies from which on they show the same picture (ours)."""
CLEARER = 0.02
"""By which the second best match must be worse (ours)."""
COLOURFUL = 0.02
"""Mean difference of the two orders' correlations that is more than the noise of decoding (ours); grey pictures have none."""
FEWEST = 3
"""Pictures that must be found again (ours)."""


def order_of(live: LiveStage, arrived: np.ndarray, seed: int) -> tuple[str, int]:
    """``rgb`` or ``bgr`` for pictures (n, height, width, 3) as they arrive, and on how many of them that rests.

    ("", 0) where the files are not found again: other data, strong augmentation, grey pictures.
    """
    if arrived.ndim != 4 or arrived.shape[-1] != 3:
        return "", 0
    files = _files(live, seed)
    if not files:
        return "", 0
    copies = [copy for file in files if (copy := _small_copy(file)) is not None]
    if not copies:
        return "", 0
    known = np.stack(copies)
    greys = _standardised(known.mean(axis=-1))
    differences = []
    for picture in _shrunk(arrived[:MOST_PICTURES]):
        likeness = greys @ _standardised(picture.mean(axis=-1)[None])[0] / SIDE**2
        best, second = (int(index) for index in np.argsort(likeness)[::-1][:2]) if len(likeness) > 1 else (0, 0)
        if likeness[best] > ALIKE and (best == second or likeness[best] - likeness[second] > CLEARER):
            differences.append(_as_rgb(picture, known[best]) - _as_rgb(picture[..., ::-1], known[best]))
    if len(differences) < FEWEST or abs(float(np.mean(differences))) < COLOURFUL:
        return "", 0
    return ("rgb" if np.mean(differences) > 0 else "bgr"), len(differences)


def _as_rgb(picture: np.ndarray, file: np.ndarray) -> float:
    """How well the channels agree with red, green and blue of the file, -1..1."""
    one, other = (_standardised(np.moveaxis(array, -1, 0)) for array in (picture, file))
    return float(np.mean(one * other))


def _standardised(copies: np.ndarray) -> np.ndarray:
    """(n, SIDE * SIDE) of mean 0 and deviation 1 each, so that no scale and no offset matters."""
    flat = copies.reshape(len(copies), -1).astype("float64")
    flat = flat - flat.mean(axis=1, keepdims=True)
    spread = flat.std(axis=1, keepdims=True)
    return np.asarray(flat / np.where(spread > 0, spread, 1.0))


def _shrunk(pictures: np.ndarray) -> np.ndarray:
    """(n, SIDE, SIDE, 3) by averaging, whatever the values."""
    planes = np.moveaxis(pictures.astype("float32"), -1, 1)
    small = [[Image.fromarray(plane).resize((SIDE, SIDE), Image.Resampling.BOX) for plane in picture] for picture in planes]
    return np.stack([np.stack([np.asarray(plane) for plane in picture], axis=-1) for picture in small])


def _small_copy(file: str) -> np.ndarray | None:
    """RGB (SIDE, SIDE, 3), None for a file that is no picture."""
    try:
        with Image.open(file) as picture:
            picture.draft("RGB", (4 * SIDE, 4 * SIDE))
            return np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX), dtype="float64")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _files(live: LiveStage, seed: int) -> list[str]:
    """Those that the source names, else pictures below the working folder; a sample of them."""
    named: Any = getattr(live.train, "filepaths", None) or getattr(live.train, "file_paths", None)
    files = list(named) if named else sorted(_below(Path.cwd()))
    if len(files) <= MOST_FILES:
        return files
    return [files[index] for index in np.random.default_rng(seed).choice(len(files), MOST_FILES, replace=False)]


def _below(folder: Path) -> Iterator[str]:
    listed = 0
    for place, folders, names in os.walk(folder, followlinks=True):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES):
                listed += 1
                yield os.path.join(place, name)
        if listed > MOST_LISTED:
            return
