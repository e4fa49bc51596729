"""Tells whether the weights of a network are the published ones, by comparing kernels with the files that Keras downloaded."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from vggdoctor.gather.weights import cache_folder, vgg16_weights

UNKNOWN_WEIGHTS = "unknown"
ALIKE = 0.9
"""Cosine of the first kernel to the published one from which it counts as that, trained on or not. Fine-tuning moves a kernel by
a few percent; two random draws of 1,728 values have a cosine of 0 +- 0.024 (ours)."""
DRAWN = 0.02
"""Relative deviation from the spread of a fresh Glorot draw within which a kernel counts as one: the sampling error of the spread
of 10,000 uniform values is 0.5 % (ours)."""
LARGE = 10_000
"""Values of a kernel whose spread is told apart from that of another distribution (ours)."""


def weights_of(application: str, weighted: list[Any]) -> str | None:
    """``imagenet``, None for weights as freshly drawn, ``unknown`` if neither shows. ``weighted``: the network's layers with
    weights, in order."""
    kernel = weighted[0].weights[0].numpy()
    if any(_cosine(kernel, published) >= ALIKE for published in _published(application, kernel.shape)):
        return "imagenet"
    kernels = [layer.weights[0].numpy() for layer in weighted if layer.weights[0].ndim == 4]
    large = [kernel for kernel in kernels if kernel.size >= LARGE]
    return None if large and all(_is_fresh(kernel) for kernel in large[:3]) else UNKNOWN_WEIGHTS


def _cosine(one: Any, other: Any) -> float:
    return float(np.sum(one * other) / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-12))


def _is_fresh(kernel: Any) -> bool:
    """Whether it is distributed as Keras' default draw: uniform within sqrt(6 / (fan in + fan out)), Glorot and Bengio 2010."""
    field = int(np.prod(kernel.shape[:2]))
    limit = float(np.sqrt(6.0 / (field * (kernel.shape[2] + kernel.shape[3]))))
    return float(np.abs(kernel).max()) <= limit * 1.0001 and abs(float(kernel.std()) / (limit / np.sqrt(3.0)) - 1.0) < DRAWN


def _published(application: str, shape: tuple[int, ...]) -> Iterator[Any]:
    """The arrays of this shape in the weights files of the application that are on this machine."""
    for file in _files(application):
        try:
            with h5py.File(file, "r") as opened:
                found: list[Any] = []
                opened.visititems(lambda _, item: found.append(np.array(item)) if getattr(item, "shape", None) == shape else None)  # noqa: B023
        except OSError:  # damaged, or not ours to read: then it tells nothing
            continue
        yield from found


def _files(application: str) -> Iterator[Path]:
    folders = [Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models", cache_folder() / "keras"]
    for folder in folders:
        yield from (file for file in sorted(folder.glob("*.h5")) if _plain(file.name).startswith(_plain(application)))
    offline = vgg16_weights() if application == "VGG16" else None
    if offline is not None:
        yield offline


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
