"""The preprocessing of each family, and its inverse, on arrays (as ``keras.applications.imagenet_utils``)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vggdoctor.backbones import CAFFE_MEANS_BGR, FAMILIES, TORCH_MEANS_RGB, TORCH_STDS_RGB, Mode
from vggdoctor.evidence import Backbone

WHOLE = 0.01
"""A value this near to a whole number counts as one, on the scale 0..255."""

DARK, BRIGHT = 1.0, 250.0
"""Photographs reach these on the scale 0..255, where a wrong inverse would not (ours)."""


def preprocess(rgb: np.ndarray, mode: Mode) -> np.ndarray:
    """float32 pictures (n, height, width, 3) of 0..255 in RGB, as the mode's weights were trained."""
    pixels: np.ndarray = rgb.astype("float32")
    if mode is Mode.CAFFE:
        pixels = pixels[..., ::-1] - np.array(CAFFE_MEANS_BGR, "float32")
    elif mode is Mode.TF:
        pixels = pixels / 127.5 - 1.0
    elif mode is Mode.TORCH:
        pixels = (pixels / 255.0 - np.array(TORCH_MEANS_RGB, "float32")) / np.array(TORCH_STDS_RGB, "float32")
    return pixels


def wanted_mode(backbone: Backbone) -> Mode | None:
    """What must be fed to this backbone; None where it is not known."""
    family = FAMILIES.get(backbone.family)
    if family is None:
        return None
    if family.optional_preprocessing and backbone.include_preprocessing.is_(False):
        return family.mode_outside
    return family.mode


INVERSES: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
    ("0..255", lambda x: x),
    ("0..1", lambda x: x * 255.0),
    ("tf", lambda x: (x + 1.0) * 127.5),
    ("caffe", lambda x: (x + np.array(CAFFE_MEANS_BGR, "float32"))[..., ::-1]),
    ("torch", lambda x: (x * np.array(TORCH_STDS_RGB, "float32") + np.array(TORCH_MEANS_RGB, "float32")) * 255.0),
)


def as_pixels(x: np.ndarray, mode: Mode) -> np.ndarray:
    """(n, height, width, 3) values back on 0..255 in RGB as if ``mode`` had made them; beyond that range where it had not."""
    return dict(INVERSES)["0..255" if mode is Mode.BUILTIN else mode.value](x.astype("float32"))


def to_rgb(x: np.ndarray) -> np.ndarray | None:
    """Pictures back on 0..255, where one inverse fits: all its values within 0..255, and either whole numbers or reaching from
    ``DARK`` to ``BRIGHT`` without every picture doing so (which would mean that each was stretched). None otherwise."""
    for _, inverse in INVERSES:
        raw = inverse(x.astype("float32"))
        if raw.min() < -0.5 or raw.max() > 255.5:
            continue
        if np.all(np.abs(raw - np.round(raw)) < WHOLE) and raw.max() > 2:
            return raw
        pictures = raw.reshape(len(raw), -1)
        stretched = np.all(pictures.max(axis=1) > 254.9) and np.all(pictures.min(axis=1) < 0.1)
        if raw.min() <= DARK and raw.max() >= BRIGHT and not stretched:
            return raw
    return None
