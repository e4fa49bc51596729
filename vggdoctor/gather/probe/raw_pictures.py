"""The same pictures twice: as the user's pipeline gives them, and as plain RGB of 0..255."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras.utils import img_to_array, load_img

from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.entrance import arriving
from vggdoctor.gather.probe.modes import to_rgb
from vggdoctor.gather.probe.pictures import Pictures, class_numbers

CHUNK = 32


@dataclass(frozen=True)
class Pair:
    """``arriving`` (n, h, w, 3) at the backbone, ``rgb`` (n, h, w, 3) of 0..255, ``classes`` (n,)."""

    arriving: np.ndarray
    rgb: np.ndarray
    classes: np.ndarray


def pair(live: LiveStage, read: Pictures, count: int, seconds: float, seed: int) -> Pair:
    """From the files where the iterator knows them (then without augmentation), else from pictures already read.

    Raises NotPossible where plain RGB cannot be had exactly.
    """
    source = live.train
    if hasattr(source, "filepaths") and hasattr(source, "image_data_generator"):
        return _from_files(live, source, count, seconds, seed)
    classes = class_numbers(read.y)
    if classes is None:
        raise NotPossible("the labels are not classes")
    rows = balanced_rows(classes, count, seed)
    x = read.x[rows]
    there = arriving(live, x)[0]
    known_raw = hasattr(source, "file_paths") and x.min() >= 0 and x.max() <= 255.5
    rgb = x.astype("float32") if known_raw else to_rgb(x)
    if rgb is None or rgb.shape != there.shape:
        rgb = to_rgb(there)
    if rgb is None or rgb.ndim != 4 or rgb.shape[-1] != 3:
        raise NotPossible("the pictures cannot be brought back to plain RGB exactly")
    return Pair(there, rgb, classes[rows])


def balanced_rows(classes: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Up to ``count`` rows, classes in turn, so that each has as many as it can."""
    generator = np.random.default_rng(seed)
    queues = [list(generator.permutation(np.flatnonzero(classes == label))) for label in np.unique(classes)]
    rows: list[Any] = []
    while len(rows) < count and any(queues):
        rows += [queue.pop() for queue in queues if queue]
    return np.array(rows[:count], dtype=int)


def _from_files(live: LiveStage, source: Any, count: int, seconds: float, seed: int) -> Pair:
    """As ``BatchFromFilesMixin`` loads and standardises, but for the random transform."""
    labels = class_numbers(np.asarray(source.labels))
    if labels is None or source.color_mode != "rgb":
        raise NotPossible("the labels are not classes, or the pictures are not RGB")
    rows = balanced_rows(labels, count, seed)
    deadline = time.monotonic() + seconds
    parts: list[np.ndarray] = []
    raw: list[np.ndarray] = []
    for start in range(0, len(rows), CHUNK):
        chunk = [_load(source, int(row)) for row in rows[start : start + CHUNK]]
        given = np.stack([source.image_data_generator.standardize(np.array(picture)) for picture in chunk])
        parts.append(arriving(live, given.astype(source.dtype))[0])
        raw.append(np.stack(chunk))
        if time.monotonic() > deadline:
            break
    rgb = np.concatenate(raw)
    return Pair(np.concatenate(parts), rgb, labels[rows[: len(rgb)]])


def _load(source: Any, row: int) -> np.ndarray:
    picture = load_img(
        source.filepaths[row],
        color_mode=source.color_mode,
        target_size=source.target_size,
        interpolation=source.interpolation,
        keep_aspect_ratio=source.keep_aspect_ratio,
    )
    return np.asarray(img_to_array(picture, data_format="channels_last"), dtype="float32")
