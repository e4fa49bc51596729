"""Experiment: one instrumented step, to see whether signal and gradient get through the network as it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from vggdoctor.evidence import FirstLook, LayerSignal
from vggdoctor.gather.probe.hooks import watched
from vggdoctor.gather.probe.pictures import class_numbers
from vggdoctor.gather.probe.state import Variables
from vggdoctor.gather.probe.training import Stepper

ACTIVATING = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "BatchNormalization")
"""Layers that finish the result of the one before; BatchNormalization stands between a kernel and its activation."""


@dataclass
class _Seen:
    """A layer with a kernel, and its result as far as it was followed through the layers that finish it."""

    layer: Any
    result: Any
    activation: str
    finished: list[Any] = field(default_factory=list)


def look(stepper: Stepper, moment: str, pictures: int, chance: float | None) -> FirstLook:
    """Forward, backward and one update on the first ``pictures`` samples; weights and optimizer are as before at the end.

    The network is in training mode, as in fit. Layers of a frozen backbone are not looked at.
    """
    bench, samples = stepper.bench, stepper.samples
    model = bench.live.model
    inputs, y, weight = samples.at(np.arange(min(pictures, len(samples))))
    before = Variables(list(model.variables) + list(stepper.optimizer.variables))
    seen: list[_Seen] = []
    layers = [layer for layer in model._flatten_layers(include_self=False, recursive=True) if _is_of_interest(layer)]
    with watched(layers, lambda layer, given, result: _follow(seen, layer, given, result)), tf.GradientTape() as tape:
        output = bench.forward([tf.convert_to_tensor(array) for array in inputs], True)
        total = model.compute_loss(y=tf.convert_to_tensor(y), y_pred=output, sample_weight=weight)
    gradients = tape.gradient(total, stepper.variables)
    old = [np.array(item.layer.kernel.numpy()) for item in seen]
    stepper.optimizer.apply_gradients([(g, v) for g, v in zip(gradients, stepper.variables, strict=True) if g is not None])
    by_variable = {id(variable): gradient for variable, gradient in zip(stepper.variables, gradients, strict=True)}
    signals = tuple(
        _signal(item, by_variable.get(id(_variable_of(item.layer))), kernel) for item, kernel in zip(seen, old, strict=True)
    )
    before.restore()
    penalty = float(sum(float(term) for term in model.losses))
    found = np.asarray(bench.forward([tf.convert_to_tensor(array) for array in inputs], False), dtype="float64")
    return FirstLook(
        stage=bench.live.stage.place,
        moment=moment,
        pictures=len(y),
        loss=_finite(float(total) - penalty),
        penalty=_finite(penalty),
        chance_loss=chance,
        spread=_finite(float(found.std(axis=0).mean())),
        label_perplexity=_perplexity(samples.y),
        layers=signals,
        **_labels(samples.y),
    )


def _variable_of(layer: Any) -> Any:
    """The variable behind ``kernel``, which a property of some layers wraps (LoRA, quantization)."""
    return getattr(layer, "_kernel", None) if getattr(layer, "_kernel", None) is not None else layer.kernel


def _is_of_interest(layer: Any) -> bool:
    has_kernel = getattr(layer, "kernel", None) is not None and layer.trainable and bool(layer.trainable_variables)
    return has_kernel or type(layer).__name__ in ACTIVATING


def _follow(seen: list[_Seen], layer: Any, given: Any, result: Any) -> None:
    if getattr(layer, "kernel", None) is not None and layer.trainable:
        activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
        seen.append(_Seen(layer, result, activation, [result]))
        return
    source = next((item for item in seen if any(given is one for one in item.finished)), None)
    if source is None:
        return
    source.finished.append(result)
    source.result = result
    name = type(layer).__name__
    if name != "BatchNormalization":
        source.activation = getattr(getattr(layer, "activation", None), "__name__", "") if name == "Activation" else name.lower()


def _signal(seen: _Seen, gradient: Any, old: np.ndarray) -> LayerSignal:
    result = np.asarray(seen.result, dtype="float32")
    flat = result.reshape(-1, result.shape[-1])
    silent = np.all(flat == 0, axis=0)
    slope = None if gradient is None else np.asarray(tf.convert_to_tensor(gradient), dtype="float64")
    still = np.zeros_like(silent)
    if slope is not None and slope.shape[-1] == len(silent):
        still = np.all(slope.reshape(-1, slope.shape[-1]) == 0, axis=0)
    spread = float(old.std())
    change = float((np.array(seen.layer.kernel.numpy()) - old).std())
    return LayerSignal(
        name=seen.layer.name,
        kind=type(seen.layer).__name__,
        units=int(result.shape[-1]),
        activation=seen.activation,
        output_std=_finite(float(result.std())),
        silent=float(silent.mean()),
        dead=float((silent & still).mean()),
        gradient=0.0 if slope is None else _finite(float(np.abs(slope).mean())),
        kernel_std=_finite(spread),
        update_ratio=_finite(change / spread) if spread > 0 else None,
    )


def _labels(y: np.ndarray) -> dict[str, Any]:
    if y.ndim > 2 or (y.ndim == 2 and y.shape[1] > 1) or not np.issubdtype(y.dtype, np.number):
        return {}
    flat = y.reshape(-1).astype("float64")
    return {
        "label_range": (float(flat.min()), float(flat.max())),
        "whole_labels": bool(np.all(flat == np.round(flat))),
    }


def _perplexity(y: np.ndarray) -> float | None:
    classes = class_numbers(y)
    if classes is None:
        return None
    shares = np.unique(classes, return_counts=True)[1] / len(classes)
    return float(np.exp(-np.sum(shares * np.log(shares))))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
