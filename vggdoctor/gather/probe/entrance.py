"""The tensor that enters the backbone: the place where a normalisation shows, wherever it was done."""

from __future__ import annotations

from typing import Any

import numpy as np

from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.budget import NotPossible

CHUNK = 16
"""Pictures that go through the model's front at once."""


class _Arrived(BaseException):
    """Carries the tensor out of the model; no Exception, because Keras rewraps those on their way."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


def entrance_layer(live: LiveStage) -> Any:
    """The first layer that keras.applications made, built-in preprocessing included; else the model's first with a kernel.

    Raises NotPossible for a model without either. The model must be built.
    """
    for layer in live.backbone_layers:
        if type(layer).__name__ != "InputLayer":
            return layer
    layers = live.model._flatten_layers(include_self=False, recursive=True)
    first = next((layer for layer in layers if getattr(layer, "kernel", None) is not None), None)
    if first is None:
        raise NotPossible("the model has no layer with a kernel")
    return first


def arriving(live: LiveStage, x: np.ndarray) -> tuple[np.ndarray, str]:
    """What reaches the entrance layer for input ``x``, in inference mode, and the layer's name. No layer behind it is run.

    Raises NotPossible if the layer is never reached.
    """
    layer = entrance_layer(live)
    own = "call" in vars(layer)
    original = layer.call

    def stop(inputs: Any, *_: Any, **__: Any) -> Any:
        raise _Arrived(inputs)

    parts = []
    object.__setattr__(layer, "call", stop)
    try:
        for start in range(0, len(x), CHUNK):
            parts.append(_through(live.model, x[start : start + CHUNK]))
    finally:
        if own:
            object.__setattr__(layer, "call", original)
        else:
            object.__delattr__(layer, "call")
    return np.concatenate(parts), layer.name


def _through(model: Any, x: np.ndarray) -> np.ndarray:
    try:
        model(x, training=False)
    except _Arrived as arrived:
        return np.asarray(arrived.value, dtype="float32")
    raise NotPossible("the model does not send its input through the layer that was expected first")
