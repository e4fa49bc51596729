"""Times, on a few steps of a running training, how long a step waits for its batch."""

from __future__ import annotations

import time
from typing import Any

import tensorflow as tf

ALLOWANCE = 0.005
"""Of the training's time, what the timing may add to it (ours; the whole callback may take 2 %)."""
WARM_UP = 5
"""Steps at the start that are not timed: they trace the graph and fill buffers (ours)."""
FEWEST = 8
"""Steps under which no share is told (ours)."""


class InputClock:
    """Stands before the compiled train function of a model between ``start`` and ``stop``.

    Keras draws the batch inside that function. On a step that is timed the batch is drawn here first, and the function is
    given an iterator that holds just that batch, of the same signature, so that nothing is traced anew. Nothing is timed where
    a call makes several steps or trains on several devices.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._function: Any = None
        self._began = time.perf_counter()
        self._last: tuple[float, float, float] | None = None
        self.calls = 0
        self.waited = 0.0
        self.stepped = 0.0
        self.added = 0.0
        self.timed = 0

    def start(self) -> None:
        function = self._model.train_function
        if isinstance(getattr(function, "__self__", None), InputClock):  # left by a fit that broke off
            function = function.__self__._function
        self._function = function
        if callable(function) and self._model.steps_per_execution == 1:
            self._model.train_function = self._step
        self._began = time.perf_counter()

    def stop(self) -> None:
        if self._function is not None:
            self._model.train_function = self._function

    @property
    def share(self) -> float | None:
        """Of the time of the timed steps, what was spent waiting (0..1); None for too few of them."""
        return min(1.0, self.waited / self.stepped) if self.timed >= FEWEST and self.stepped else None

    def _step(self, iterator: Any) -> Any:
        now = time.perf_counter()
        if self._last is not None:
            began, waited, added = self._last
            self.waited += waited
            self.stepped += now - began - added
            self.timed += 1
            self._last = None
        self.calls += 1
        if not isinstance(iterator, tf.data.Iterator) or not self._is_due(now):
            return self._function(iterator)
        batch = next(iterator, None)
        if batch is None:  # the epoch is over: Keras is told in its own way
            return self._function(iterator)
        drawn = time.perf_counter()
        alone = _holding(batch, iterator.element_spec)
        added = time.perf_counter() - drawn
        self.added += added
        self._last = (now, drawn - now, added)
        return self._function(alone)

    def _is_due(self, now: float) -> bool:
        return self.calls > WARM_UP and self.added < ALLOWANCE * (now - self._began)

    def end_of_epoch(self) -> None:
        """What lies between two epochs is no part of a step."""
        self._last = None


def _holding(batch: Any, signature: Any) -> Any:
    dataset = tf.data.Dataset.from_tensors(batch)
    return iter(tf.data.experimental.from_variant(tf.data.experimental.to_variant(dataset), signature))
