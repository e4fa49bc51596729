"""The loss of a network that knows nothing but how many classes there are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from vggdoctor.gather.probe.pictures import class_numbers

NAMES = {
    "categorical_crossentropy": "categorical",
    "sparse_categorical_crossentropy": "categorical",
    "binary_crossentropy": "binary",
}


def chance_loss(model: Any, y: np.ndarray) -> float | None:
    """ln C for cross-entropy over C classes, ln 2 for binary cross-entropy; None for any other loss."""
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
    kind = NAMES.get(_snake(str(name)))
    if kind is None:
        return None
    if kind == "binary":
        return math.log(2)
    shape = getattr(model, "output_shape", None)
    labels = class_numbers(y)
    if isinstance(shape, tuple) and shape and isinstance(shape[-1], int) and shape[-1] > 1:
        return math.log(shape[-1])
    if labels is not None and labels.max() > 0:
        return math.log(max(int(labels.max()) + 1, y.shape[1] if y.ndim == 2 else 0))
    return None


def _snake(name: str) -> str:
    """``CategoricalCrossentropy`` as Keras names its function."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
