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
from vggdoctor.gather.probe.predictions import outputs
from vggdoctor.gather.probe.state import Variables
from vggdoctor.gather.probe.training import Stepper

ACTIVATING = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "BatchNormalization")
"""Layers that finish the result of the one before; BatchNormalization stands between a kernel and its activation."""


RECTIFIERS = ("relu", "relu6")
"""The activations whose units can fall silent for good."""
WEIGHTS = 65_536
"""Of a kernel, at most, that its gradient, spread and update are told by."""
SAMPLE = 4
"""Pictures whose results tell the spread: a pass over all of them would slow the step (measured: 1.35 times a plain one)."""


@dataclass
class _Seen:
    """A layer with a kernel, and its result as far as it was followed through the layers that finish it."""

    layer: Any
    result: Any
    activation: str
    finished: list[Any] = field(default_factory=list)


class InstrumentedStep:
    """A training step of the stepper that also tells how signal and gradient get through each trainable layer.

    It is one graph, traced at the first call, and what it adds are reductions: tests/benchmarks/probe_step.py compares its time
    with that of a plain step.
    """

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper
        self._seen: list[_Seen] = []
        self._step = tf.function(self._train, reduce_retracing=True)

    def __call__(self, rows: np.ndarray) -> tuple[float, tuple[LayerSignal, ...]]:
        """Loss with penalties before the update on these samples, and the layers in the order of the forward pass."""
        inputs, y, weight = self._stepper.samples.at(rows)
        tensors = [tf.convert_to_tensor(array) for array in inputs]
        total, told = self._step(tensors, tf.convert_to_tensor(y), None if weight is None else tf.convert_to_tensor(weight))
        signals = tuple(_signal(seen, *map(np.asarray, numbers)) for seen, numbers in zip(self._seen, told, strict=True))
        return float(total), signals

    def _train(self, inputs: list[Any], y: Any, weight: Any) -> tuple[Any, list[tuple[Any, ...]]]:
        stepper = self._stepper
        model = stepper.bench.live.model
        self._seen = []
        layers = [layer for layer in model._flatten_layers(include_self=False, recursive=True) if _is_of_interest(layer)]
        with watched(layers, self._follow), tf.GradientTape() as tape:
            output = stepper.bench.forward(inputs, True)
            total = model.compute_loss(x=inputs[0], y=y, y_pred=output, sample_weight=weight)
            scaled = stepper.optimizer.scale_loss(total)
        gradients = tape.gradient(scaled, stepper.variables)
        old = [tf.identity(_part(item.layer.kernel)) for item in self._seen]
        given = [(slope, variable) for slope, variable in zip(gradients, stepper.variables, strict=True) if slope is not None]
        stepper.optimizer.apply_gradients(given)
        slopes = {id(variable): slope for variable, slope in zip(stepper.variables, gradients, strict=True)}
        scale = scaled / total
        told = []
        for item, kernel in zip(self._seen, old, strict=True):
            bias = slopes.get(id(getattr(item.layer, "bias", None)))
            told.append(_numbers(item, slopes.get(id(_variable_of(item.layer))), bias, kernel, scale))
        return total, told

    def _follow(self, layer: Any, given: Any, result: Any) -> None:
        if getattr(layer, "kernel", None) is not None and layer.trainable:
            activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
            self._seen.append(_Seen(layer, result, activation, [result]))
            return
        source = next((item for item in self._seen if any(given is one for one in item.finished)), None)
        if source is None:
            return
        source.finished.append(result)
        source.result = result
        name = type(layer).__name__
        if name != "BatchNormalization":
            own = getattr(getattr(layer, "activation", None), "__name__", "")
            source.activation = own if name == "Activation" else name.lower()


def look(stepper: Stepper, moment: str, pictures: int, chance: float | None) -> FirstLook:
    """An instrumented step on the first ``pictures`` samples; weights and optimizer are as before at the end.

    The network is in training mode, as in fit. Layers of a frozen backbone are not looked at.
    """
    bench, samples = stepper.bench, stepper.samples
    model = bench.live.model
    rows = np.arange(min(pictures, len(samples)))
    before = Variables(list(model.variables) + list(stepper.optimizer.variables))
    try:
        total, signals = InstrumentedStep(stepper)(rows)
    finally:
        before.restore()
    penalty = float(sum(float(term) for term in model.losses))
    found = outputs(bench, samples.rows(rows)).astype("float64")
    return FirstLook(
        stage=bench.live.stage.place,
        moment=moment,
        pictures=len(rows),
        loss=_finite(total - penalty),
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


def _part(kernel: Any) -> Any:
    """The first inputs of a kernel (..., inputs, units), ``WEIGHTS`` numbers at most: a pass over all would slow the step."""
    tensor = tf.convert_to_tensor(kernel)
    if len(tensor.shape) < 2:
        return tensor
    each = int(np.prod([*tensor.shape[:-2], tensor.shape[-1]]))
    return tensor[..., : max(1, WEIGHTS // each), :]


def _numbers(seen: _Seen, slope: Any, bias: Any, old: Any, scale: Any) -> tuple[Any, ...]:
    """Spread of the result, silent units, still units, mean absolute gradient, spread of the kernel and of its update.

    A unit is still where the gradient of its bias is 0, or without one that of its weights.
    """
    result = seen.result
    spread = tf.math.reduce_std(tf.cast(result[:SAMPLE], "float32"))
    silent = tf.zeros(result.shape[-1], "bool")
    if seen.activation in RECTIFIERS:  # these give nothing below 0, so one pass tells
        silent = tf.equal(tf.reduce_max(result, axis=list(range(len(result.shape) - 1))), 0)
    kernel, still, mean = tf.cast(old, "float32"), tf.zeros_like(silent), tf.constant(0.0)
    if slope is not None:
        part = tf.cast(_part(slope), "float32") / tf.cast(scale, "float32")
        mean = tf.reduce_mean(tf.abs(part))
        of_units = slope if bias is None else bias
        if of_units.shape[-1] == silent.shape[-1]:
            still = tf.reduce_all(tf.equal(of_units, 0), axis=list(range(len(of_units.shape) - 1)))
    change = tf.cast(_part(seen.layer.kernel), "float32") - kernel
    return spread, silent, still, mean, tf.math.reduce_std(kernel), tf.math.reduce_std(change)


def _signal(
    seen: _Seen,
    spread: np.ndarray,
    silent: np.ndarray,
    still: np.ndarray,
    gradient: np.ndarray,
    kernel: np.ndarray,
    change: np.ndarray,
) -> LayerSignal:
    return LayerSignal(
        name=seen.layer.name,
        kind=type(seen.layer).__name__,
        units=len(silent),
        activation=seen.activation,
        output_std=_finite(float(spread)),
        silent=float(silent.mean()),
        dead=float((silent & still).mean()),
        gradient=_finite(float(gradient)),
        kernel_std=_finite(float(kernel)),
        update_ratio=_finite(float(change) / float(kernel)) if kernel > 0 else None,
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
