"""Puts a model and its surroundings back as they were."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import tensorflow as tf

from vggdoctor.gather.capture.batches import Position

COMPILED = (
    "optimizer", "loss", "_compile_loss", "_compile_metrics", "_loss_tracker", "train_function", "test_function",
    "predict_function",
    "_run_eagerly", "_jit_compile", "compiled", "steps_per_execution", "_compile_config", "_compiled_trainable_state",
    "stop_training",
)  # fmt: skip
"""What compile and the first steps of training set on a model (keras/src/trainers/trainer.py, 3.15.1)."""


class Snapshot:
    """The state at the moment of making: variables of the model and its optimizer, trainable flags, what compile set, random
    states, positions of iterators.
    """

    def __init__(self, model: Any, *sources: Any) -> None:
        self._model = model
        self._variables = [(variable, np.array(variable)) for variable in _variables(model)]
        self._flags = [(layer, layer.trainable) for layer in _layers(model)]
        self._compiled = {name: model.__dict__[name] for name in COMPILED if name in model.__dict__}
        self._python = random.getstate()
        self._numpy = np.random.get_state()
        self._tensorflow = tf.random.get_global_generator().state.numpy()
        self._positions = [Position(source) for source in sources]

    def restore(self) -> None:
        """Undo everything since; can be called more than once."""
        for layer, flag in self._flags:
            if layer.trainable != flag:
                layer.trainable = flag
        for name, value in self._compiled.items():
            if self._model.__dict__.get(name) is not value:
                object.__setattr__(self._model, name, value)
        for variable, value in self._variables:
            variable.assign(value)
        random.setstate(self._python)
        np.random.set_state(self._numpy)
        tf.random.get_global_generator().state.assign(self._tensorflow)
        for position in self._positions:
            position.restore()


def _variables(model: Any) -> list[Any]:
    optimizer = getattr(model, "optimizer", None)
    found = {id(variable): variable for variable in model.variables}
    found.update({id(variable): variable for variable in (optimizer.variables if optimizer is not None else ())})
    return [
        variable for variable in found.values() if np.dtype(str(variable.dtype).replace("bfloat16", "float32")).kind in "biuf"
    ]


def _layers(model: Any) -> list[Any]:
    """Innermost last, so that a container's flag is put back before those of its layers."""
    return [model, *model._flatten_layers(include_self=False, recursive=True)]
