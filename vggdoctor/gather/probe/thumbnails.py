"""A few of the pictures that enter the backbone, small, as people can look at them."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from vggdoctor.backbones import Mode
from vggdoctor.evidence import Arrival
from vggdoctor.gather.probe.modes import as_pixels, to_rgb

MOST = 8
"""Pictures; a row of them can be taken in at a glance (ours)."""
SIDE = 96
"""Pixels of the longer side; 2 to 4 kB each."""
QUALITY = 80


def arrivals(tensor: np.ndarray, mode: Mode | None, classes: np.ndarray | None) -> tuple[Arrival, ...]:
    """Up to ``MOST`` pictures of ``tensor`` (n, height, width, 1 or 3), classes in turn; none where it holds no pictures.

    ``mode``: how the family's weights read values. ``classes`` (n,): class numbers.
    """
    if tensor.ndim != 4 or tensor.shape[-1] not in (1, 3):
        return ()
    rows = _spread_over(classes, len(tensor))
    values = np.nan_to_num(np.repeat(tensor[rows], 3, axis=-1) if tensor.shape[-1] == 1 else tensor[rows])
    seen = as_pixels(values, mode) if mode else None
    plain = to_rgb(values)
    stretched = plain is None
    if plain is None:
        low, high = float(values.min()), float(values.max())
        plain = (values - low) * (255.0 / ((high - low) or 1.0))
    return tuple(
        Arrival(
            seen="" if seen is None else jpeg(seen[index]),
            plain=jpeg(plain[index]),
            spread=stretched,
            label=None if classes is None else int(classes[row]),
        )
        for index, row in enumerate(rows)
    )


def jpeg(pixels: np.ndarray) -> str:
    """(height, width, 3) of 0..255, cut off beyond, as base64 of a JPEG of at most ``SIDE`` pixels."""
    picture = Image.fromarray(np.clip(np.round(pixels), 0, 255).astype("uint8"))
    picture.thumbnail((SIDE, SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return base64.b64encode(buffer.getvalue()).decode()


def _spread_over(classes: np.ndarray | None, count: int) -> list[int]:
    """The first of each class, then the second of each ..., at most ``MOST``, one class after the other."""
    if classes is None:
        return list(range(min(MOST, count)))
    queues = [list(np.flatnonzero(classes == label)) for label in np.unique(classes)]
    rows: list[int] = []
    while len(rows) < MOST and any(queues):
        rows += [int(queue.pop(0)) for queue in queues if queue]
    return sorted(rows[:MOST], key=lambda row: (classes[row], row))
