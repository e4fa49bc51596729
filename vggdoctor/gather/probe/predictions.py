"""Experiment: where validation pictures go after the short training."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from vggdoctor.evidence import Predictions
from vggdoctor.gather.probe.bench import CHUNK, Bench, Samples
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.pictures import class_numbers

AT_ONCE = 4_000_000
"""Bytes of inputs that go through at once where more than ``CHUNK`` pictures have so few (ours)."""


def outputs(bench: Bench, samples: Samples) -> np.ndarray:
    """(n, ...) the model's outputs in inference mode."""
    parts = []
    each = max(1, sum(array[:1].nbytes for array in samples.inputs))
    size = max(CHUNK, AT_ONCE // each) if bench.head_only or each * CHUNK < AT_ONCE // 8 else CHUNK
    for start in range(0, len(samples), size):
        inputs = [tf.convert_to_tensor(array[start : start + size]) for array in samples.inputs]
        parts.append(np.asarray(bench.forward(inputs, False), dtype="float32"))
    return np.concatenate(parts)


def judge(bench: Bench, samples: Samples, output: np.ndarray, steps: int) -> Predictions:
    """Count predicted and actual classes in the ``output`` for ``samples``, after ``steps`` of training.

    Raises NotPossible for labels or outputs that are no classes.
    """
    actual = class_numbers(samples.y)
    if actual is None or output.ndim != 2:
        raise NotPossible("labels or outputs are not classes")
    predicted = chosen(bench.live.model, output)
    classes = int(max(2, output.shape[1], actual.max() + 1))
    loss = float(bench.live.model.compute_loss(y=tf.convert_to_tensor(samples.y), y_pred=tf.convert_to_tensor(output)))
    return Predictions(
        stage=bench.live.stage.place,
        predicted=tuple(int(n) for n in np.bincount(predicted, minlength=classes)),
        actual=tuple(int(n) for n in np.bincount(actual, minlength=classes)),
        balanced_accuracy=balanced_accuracy(actual, predicted),
        loss=loss if np.isfinite(loss) else None,
        labels=tuple(int(label) for label in actual),
        right=tuple(bool(met) for met in predicted == actual),
        answers=tuple(int(answer) for answer in predicted),
        steps=steps,
    )


def chosen(model: Any, output: np.ndarray) -> np.ndarray:
    """(n,) class numbers: the largest unit, or for one unit whether it is over one half (over 0 for logits)."""
    if output.shape[1] > 1:
        return np.asarray(output.argmax(axis=1))
    threshold = 0.0 if getattr(model.loss, "from_logits", False) else 0.5
    return (output[:, 0] > threshold).astype(int)


def balanced_accuracy(actual: np.ndarray, predicted: np.ndarray) -> float:
    """Mean over the classes that occur of the share that is right, 0..1."""
    return float(np.mean([np.mean(predicted[actual == label] == label) for label in np.unique(actual)]))
