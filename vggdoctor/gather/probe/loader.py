"""Experiment: does the step wait for the pictures, or do the pictures wait for the step?"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vggdoctor.evidence import LoaderSpeed
from vggdoctor.gather.capture.batches import Position
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.bench import Bench, Samples
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.training import Stepper

REPETITIONS = 3
FEWEST, MOST = 4, 40
"""Batches that each of the three is timed over."""
WARM = 2
"""Batches before the clock starts: they fill buffers and trace functions."""
TRIAL = 4
"""Pictures of the first steps, which tell how dear one is."""


def speed(live: LiveStage, seed: int, seconds: float) -> LoaderSpeed:
    """Time the pipeline alone, steps of the whole model on a batch that is there, and both one after the other as fit does.

    Where steps are too dear to be repeated, ``both`` is worked out: a tf.data pipeline works beside the step, all else before it.
    Weights are as at the start afterwards. Raises NotPossible for arrays (fit has nothing to wait for), plain generators (they
    cannot be wound back), sources of less than ``FEWEST`` batches, and where the time is too short.
    """
    source = live.train
    kind = _kind(source)
    deadline = time.monotonic() + seconds
    if len(source) < FEWEST + WARM:
        raise NotPossible(f"the source has only {len(source)} batches")
    position = Position(source)
    inputs, y = _first(source)
    size = len(inputs)
    whole = Bench(live, lambda batch, training: live.model(batch[0], training=training), _unused, False)
    stepper = Stepper(whole, Samples([inputs], y, None), min(TRIAL, size), seed)
    try:
        stepper.step(0)
        step = max(_seconds(lambda: stepper.step(0)), 1e-6) * size / stepper.batch_size
        load = max(_seconds(lambda: _exhaust(itertools.islice(_batches(source), WARM))) / WARM, 1e-6)
        count = int(min(MOST, len(source) - WARM, (deadline - time.monotonic()) / REPETITIONS / 2 / (step + load)))
        if count >= FEWEST:
            stepper.batch_size = size
            stepper.step(0)
            times = [_timed(source, stepper, count) for _ in range(REPETITIONS)]
        elif kind == "tf.data":
            count, times = 1, [(load, step, max(load, step))]
        else:
            count, times = 1, [(load, step, load + step)]
    finally:
        stepper.reset()
        position.restore()
    return LoaderSpeed(
        stage=live.stage.place,
        source=kind,
        batch_size=size,
        pipeline=size * count / median(alone for alone, _, _ in times),
        step=size * count / median(steps for _, steps, _ in times),
        both=size * count / median(both for _, _, both in times),
        waiting=tuple(max(0.0, 1 - steps / both) for _, steps, both in times),
        measured=count > 1,
    )


def _timed(source: Any, stepper: Stepper, count: int) -> tuple[float, float, float]:
    """Seconds for ``count`` batches: alone, steps alone, both."""
    batches = _warm(source)
    alone = _seconds(lambda: _exhaust(itertools.islice(batches, count)))
    steps = _seconds(lambda: _exhaust(stepper.step(0) for _ in range(count)))
    again = _warm(source)
    return alone, steps, _seconds(lambda: _exhaust(stepper.step(0) for _ in itertools.islice(again, count)))


def _warm(source: Any) -> Any:
    batches = _batches(source)
    _exhaust(itertools.islice(batches, WARM))
    return batches


def _batches(source: Any) -> Any:
    """In the order of the source, time after time, as fit goes through it: one thread, unless the source has its own."""
    if isinstance(source, tf.data.Dataset):
        return iter(source.repeat())
    return (source[index % len(source)] for index in itertools.count())


def _kind(source: Any) -> str:
    if isinstance(source, tf.data.Dataset):
        if int(source.cardinality()) == tf.data.INFINITE_CARDINALITY:
            raise NotPossible("the dataset repeats without end, so its length is not known")
        return "tf.data"
    if isinstance(source, (np.ndarray, tf.Tensor, dict, list, tuple)):
        raise NotPossible("fit is given arrays: there is nothing to wait for")
    if isinstance(source, keras.utils.PyDataset) or (hasattr(source, "__getitem__") and hasattr(source, "__len__")):
        return "ImageDataGenerator" if hasattr(source, "image_data_generator") else "PyDataset"
    raise NotPossible("fit is given a plain generator, which cannot be wound back")


def _first(source: Any) -> tuple[np.ndarray, np.ndarray]:
    batch = next(_batches(source), None)
    if not isinstance(batch, (tuple, list)) or len(batch) < 2 or any(isinstance(part, (dict, list, tuple)) for part in batch[:2]):
        raise NotPossible("the source does not give one input and its labels")
    return np.asarray(batch[0]), np.asarray(batch[1])


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _exhaust(items: Iterable[Any]) -> None:
    for _ in items:
        pass


def _unused(*_: Any) -> Samples:
    raise NotPossible("only timed")
