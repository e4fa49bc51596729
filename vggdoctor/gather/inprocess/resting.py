"""Finds units that no picture of an epoch reached."""

from __future__ import annotations

from typing import Any

import numpy as np


class Resting:
    """Compares the biases of a model from call to call.

    The gradient of a ReLU unit that stays at zero for every picture is zero, so its bias stays as it is; that of a unit that
    fires moves. An optimizer with weight decay moves all, and shows nothing.
    """

    def __init__(self, model: Any) -> None:
        layers = [layer for layer in model._flatten_layers() if layer.trainable and getattr(layer, "bias", None) is not None]
        decays = bool(getattr(model.optimizer, "weight_decay", None))
        self._layers = [] if decays else layers
        self._before: list[Any] = []
        self.resting: dict[str, tuple[int, int]] = {}
        self.output_moved = True

    def look(self) -> None:
        """Set ``resting`` and ``output_moved`` (of a WatchedRun) to what happened since the last call."""
        now = [np.asarray(layer.bias.numpy()) for layer in self._layers]
        still = [before == after for before, after in zip(self._before, now, strict=bool(self._before))]
        units = list(zip(self._layers, still, strict=False))
        self.resting = {layer.name: (int(same.sum()), int(same.size)) for layer, same in units if _ends_in_relu(layer)}
        self.output_moved = any(not same.all() for layer, same in units if not _ends_in_relu(layer))
        self._before = now


def _ends_in_relu(layer: Any) -> bool:
    return getattr(getattr(layer, "activation", None), "__name__", "") == "relu"
