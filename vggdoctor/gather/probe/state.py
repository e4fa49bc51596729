"""Puts everything back as it was: the probe must leave no trace in the user's objects."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR
from keras.src.utils.rng_utils import GLOBAL_RANDOM_SEED
from tensorflow.python.eager import context as tf_context

from vggdoctor.gather.live import LiveStage

ITERATOR_FIELDS = ("index_array", "batch_index", "total_batches_seen")
"""What a generator's iterator of Keras (``keras/src/legacy/preprocessing/image.py``) changes while it is read."""


class Variables:
    """Values of Keras variables at one moment."""

    def __init__(self, variables: list[Any]) -> None:
        self._kept = [(variable, np.array(variable.numpy())) for variable in variables]

    def restore(self) -> None:
        for variable, value in self._kept:
            variable.assign(value)


def variables_of(live: LiveStage) -> list[Any]:
    """Weights, seeds of random layers, metrics and the optimizer's variables, each once."""
    model = live.model
    found = list(model.variables) + list(getattr(model, "metrics_variables", []))
    if getattr(model, "optimizer", None) is not None:
        found += list(model.optimizer.variables)
    return list({id(variable): variable for variable in found}.values())


@contextmanager
def kept(live: LiveStage) -> Iterator[None]:
    """Restore variables, random states, automatic names and iterators at the end, whatever happens in between.

    A model that was not built yet gets built, as fit would have done.
    """
    variables = Variables(variables_of(live))
    python_state, numpy_state = random.getstate(), np.random.get_state()
    keras_state = {name: global_state.get_global_attribute(name) for name in (GLOBAL_RANDOM_SEED, GLOBAL_SEED_GENERATOR)}
    generator = keras_state[GLOBAL_SEED_GENERATOR]
    generator_state = Variables([generator.state]) if generator is not None else None
    names = dict(global_state.get_global_attribute("object_name_uids") or {})
    tensorflow_state = _tensorflow_state()
    iterators = [_iterator_state(source) for source in (live.train, live.validation)]
    try:
        yield
    finally:
        live.restore()
        variables.restore()
        if generator_state is not None:
            generator_state.restore()
        for name, value in keras_state.items():
            global_state.set_global_attribute(name, value)
        uids = global_state.get_global_attribute("object_name_uids")
        if uids is not None:
            uids.clear()
            uids.update(names)
        for source, state in zip((live.train, live.validation), iterators, strict=True):
            vars(source).update(state) if state else None
        _set_tensorflow_state(tensorflow_state)
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def _iterator_state(source: Any) -> dict[str, Any]:
    if not hasattr(source, "_get_batches_of_transformed_samples"):
        return {}
    return {name: vars(source)[name] for name in ITERATOR_FIELDS if name in vars(source)}


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
