"""Measures a training while it goes: what a callback calls at its turns."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any, Literal

import keras
import psutil
import tensorflow as tf

from vggdoctor.evidence import WatchedRun
from vggdoctor.gather.inprocess.input_clock import InputClock
from vggdoctor.gather.inprocess.resting import Resting
from vggdoctor.schema import Location


class Watch:
    """One call of fit on ``model``; ``stage`` is its place, ``callbacks`` are those that it was given."""

    def __init__(self, model: Any, stage: Location, planned: int, callbacks: list[Any]) -> None:
        self._model = model
        self._stage = stage
        self._planned = planned
        self._callbacks = callbacks
        self._process = psutil.Process()
        self._logs: dict[str, list[float | None]] = {}
        self._rates: list[float] = []
        self._seconds: list[float] = []
        self._memory: list[int] = []
        self._turn = time.perf_counter()
        self.resting = Resting(model)
        self.clock = InputClock(model)

    def start(self) -> None:
        self.resting.look()
        self.clock.start()
        self._turn = time.perf_counter()

    def epoch(self, logs: Mapping[str, Any]) -> None:
        """At the end of an epoch, with what Keras logged of it."""
        now = time.perf_counter()
        self._seconds.append(now - self._turn)
        self._turn = now
        for name, value in logs.items():
            number = float(value)
            known = self._logs.setdefault(name, [None] * (len(self._seconds) - 1))
            known.append(number if math.isfinite(number) else None)
        self._rates.append(float(keras.ops.convert_to_numpy(self._model.optimizer.learning_rate)))
        self._memory.append(self._process.memory_info().rss)
        self.resting.look()
        self.clock.end_of_epoch()

    def run(self, ended: Literal["finished", "stopped", "broken"], overhead: float) -> WatchedRun:
        """All that was seen so far."""
        return WatchedRun(
            stage=self._stage,
            planned=self._planned,
            ended=ended,
            logs={name: tuple(values) for name, values in self._logs.items()},
            rates=tuple(self._rates),
            seconds=tuple(self._seconds),
            memory=tuple(self._memory),
            device_memory=_device_memory(),
            resting=self.resting.resting,
            output_moved=self.resting.output_moved,
            waiting=self.clock.share,
            timed_steps=self.clock.timed,
            kept_best=any(_keeps_best(callback) for callback in self._callbacks),
            overhead=overhead + self.clock.added,
        )


def _keeps_best(callback: Any) -> bool:
    """EarlyStopping that restores, or ModelCheckpoint that saves, the best weights only."""
    return bool(getattr(callback, "restore_best_weights", False) or getattr(callback, "save_best_only", False))


def _device_memory() -> int | None:
    if not tf.config.list_physical_devices("GPU"):
        return None
    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
