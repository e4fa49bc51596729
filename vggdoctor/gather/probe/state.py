"""Puts everything back as it was: the probe must leave no trace in the user's objects."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR
from keras.src.utils.rng_utils import GLOBAL_RANDOM_SEED
from tensorflow.python.eager import context as tf_context

from vggdoctor.gather.live import LiveStage


class Variables:
    """Values of Keras variables at one moment."""

    def __init__(self, variables: list[Any]) -> None:
        self._kept = [(variable, np.array(variable.numpy())) for variable in variables]

    def restore(self) -> None:
        for variable, value in self._kept:
            variable.assign(value)


def variables_of(model: Any) -> list[Any]:
    """Weights, seeds of random layers, metrics and the optimizer's variables, each once."""
    found = list(model.variables) + list(getattr(model, "metrics_variables", []))
    if getattr(model, "optimizer", None) is not None:
        found += list(model.optimizer.variables)
    return list({id(variable): variable for variable in found}.values())


def kept(live: LiveStage) -> AbstractContextManager[None]:
    """As :func:`untouched`, for the model of a stage and all else that it restores."""
    return untouched(live.model, live.restore)


@contextmanager
def untouched(model: Any, restore: Callable[[], None]) -> Iterator[None]:
    """Restore variables, random states and automatic names at the end, whatever happens in between.

    Iterators of Keras need nothing: their pictures are read past their position. Nor does Keras' global generator: the probe
    seeds one of its own. A model that was not built yet gets built, as fit would have done.
    """
    variables = Variables(variables_of(model))
    python_state, numpy_state = random.getstate(), np.random.get_state()
    keras_state = {name: global_state.get_global_attribute(name) for name in (GLOBAL_RANDOM_SEED, GLOBAL_SEED_GENERATOR)}
    names = dict(global_state.get_global_attribute("object_name_uids") or {})
    tensorflow_state = _tensorflow_state()
    try:
        yield
    finally:
        restore()
        variables.restore()
        for name, value in keras_state.items():
            global_state.set_global_attribute(name, value)
        uids = global_state.get_global_attribute("object_name_uids")
        if uids is not None:
            uids.clear()
            uids.update(names)
        _set_tensorflow_state(tensorflow_state)
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def _tensorflow_state() -> tuple[Any, Any, Any]:
    """Seed, and state of the generator that gives operations their seeds (``tf.random.set_seed``)."""
    context = tf_context.context()
    generator = getattr(context, "_rng", None)
    return context._seed, generator, generator.getstate() if generator is not None else None


def _set_tensorflow_state(state: tuple[Any, Any, Any]) -> None:
    context = tf_context.context()
    seed, generator, inner = state
    context._seed = seed
    if generator is not None:
        generator.setstate(inner)
        context._rng = generator
