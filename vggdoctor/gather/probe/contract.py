"""Experiment: what range, mean and spread the pictures have where they enter the backbone."""

from __future__ import annotations

import numpy as np

from vggdoctor.evidence import InputContract
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.channels import order_of
from vggdoctor.gather.probe.entrance import arriving
from vggdoctor.gather.probe.modes import wanted_mode
from vggdoctor.gather.probe.thumbnails import arrivals

BINS = 48
MAXIMUM_CHANNELS = 4
"""More columns than a picture has colours are taken as one (tables, feature vectors)."""


def measure(live: LiveStage, x: np.ndarray, role: str, classes: np.ndarray | None = None, seed: int = 0) -> InputContract:
    """Statistics of the tensor that enters the backbone for ``x`` (n, height, width, channels) as the model gets them.

    Values that are not finite are left out. ``classes`` (n,) are the class numbers, None where they are not known. Raises
    NotPossible where there is no such tensor.
    """
    tensor, name = arriving(live, x)
    channels = [row[np.isfinite(row)].astype("float64") for row in _channels(tensor)]
    if any(row.size == 0 for row in channels):
        raise NotPossible(f"no finite value arrives at {name}")
    low, high = min(float(row.min()) for row in channels), max(float(row.max()) for row in channels)
    order, found_again = order_of(live, tensor, seed)
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    backbone = live.stage.model.backbone.value if live.backbone_layers else None
    return InputContract(
        stage=live.stage.place,
        role=role,
        family=backbone.family if backbone else "",
        tensor=name,
        pictures=len(x),
        minimum=low,
        maximum=high,
        mean=tuple(float(row.mean()) for row in channels),
        std=tuple(float(row.std()) for row in channels),
        edges=tuple(float(edge) for edge in edges),
        counts=tuple(tuple(int(n) for n in np.histogram(row, edges)[0]) for row in channels),
        order=order,
        order_pictures=found_again,
        arrivals=arrivals(tensor, wanted_mode(backbone) if backbone else None, classes),
    )


def _channels(tensor: np.ndarray) -> np.ndarray:
    """(channels, values): the last axis of pictures, or the second where it is the one of a few channels."""
    if tensor.ndim == 4 and tensor.shape[-1] <= MAXIMUM_CHANNELS:
        return np.moveaxis(tensor, -1, 0).reshape(tensor.shape[-1], -1)
    if tensor.ndim == 4 and tensor.shape[1] <= MAXIMUM_CHANNELS:
        return np.moveaxis(tensor, 1, 0).reshape(tensor.shape[1], -1)
    return tensor.reshape(1, -1)
