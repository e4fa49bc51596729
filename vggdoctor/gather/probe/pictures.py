"""Reads pictures and labels from whatever fit was given."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.budget import NotPossible

MAXIMUM_BYTES = 256_000_000
"""Of pictures held at once (ours)."""

CHUNK = 16
"""Pictures between two looks at the clock, where the source has no batches of its own."""


@dataclass(frozen=True)
class Pictures:
    """``x`` (n, ...) as the model gets it; ``y`` (n, ...) as the loss gets it; ``weight`` (n,) of each sample or None."""

    x: np.ndarray
    y: np.ndarray | None
    weight: np.ndarray | None

    def __len__(self) -> int:
        return len(self.x)

    def first(self, count: int) -> Pictures:
        return self.at(np.arange(min(count, len(self))))

    def at(self, rows: np.ndarray) -> Pictures:
        return Pictures(
            self.x[rows],
            None if self.y is None else self.y[rows],
            None if self.weight is None else self.weight[rows],
        )


def training(live: LiveStage, count: int, seconds: float, seed: int) -> Pictures:
    """Up to ``count`` training pictures, augmented as the user's pipeline does, in the order of fit: at random unless it was told
    otherwise, and as they come for tf.data.

    Raises NotPossible where the source cannot be read as one input and its labels.
    """
    source, y, weight = live.train, live.y, live.sample_weight
    if _is_array(source) and live.fit_arguments.get("validation_split"):
        kept = len(source) - _held_back(live, source)
        source, y = source[:kept], None if y is None else y[:kept]
        weight = None if weight is None else weight[:kept]
    shuffled = live.fit_arguments.get("shuffle") is not False and not isinstance(source, tf.data.Dataset)
    read = _read(source, y, weight, count, seconds, seed if shuffled else None)
    return _with_class_weight(read, live.fit_arguments.get("class_weight"))


def validation(live: LiveStage, count: int, seconds: float, seed: int) -> Pictures:
    """Up to ``count`` validation pictures, picked at random, since they often lie in the order of their classes.

    Raises NotPossible where fit has no validation data, or none that can be read.
    """
    source, y, weight = live.validation, None, None
    if source is None and _is_array(live.train) and live.fit_arguments.get("validation_split"):
        start = len(live.train) - _held_back(live, live.train)
        source, y = live.train[start:], None if live.y is None else live.y[start:]
    elif isinstance(source, (tuple, list)) and len(source) in (2, 3) and _is_array(source[0]):
        source, y, weight = (*source, None)[:3]
    if source is None:
        raise NotPossible("fit has no validation data")
    return _read(source, y, weight, count, seconds, seed)


def _held_back(live: LiveStage, source: Any) -> int:
    """As Keras splits: the last rows (``train_validation_split`` rounds the first part down)."""
    return len(source) - int(np.floor(len(source) * (1.0 - live.fit_arguments["validation_split"])))


def _read(source: Any, y: Any, weight: Any, count: int, seconds: float, seed: int | None) -> Pictures:
    parts: list[Pictures] = []
    held = size = 0
    deadline = time.monotonic() + seconds
    for batch in _batches(source, y, weight, count, seed, deadline):
        parts.append(_part(batch))
        held += len(parts[-1])
        size += parts[-1].x.nbytes
        if held >= count or size > MAXIMUM_BYTES or time.monotonic() > deadline:
            break
    if not parts:
        raise NotPossible("the source gave no picture in time")
    joined = Pictures(
        np.concatenate([part.x for part in parts]),
        _join([part.y for part in parts]),
        _join([part.weight for part in parts]),
    )
    return joined.at(_order(len(joined), seed)).first(count)


def _batches(source: Any, y: Any, weight: Any, count: int, seed: int | None, deadline: float) -> Iterable[Any]:
    if isinstance(source, tf.data.Dataset):
        return _of_dataset(source, count, seed, deadline)
    if hasattr(source, "_get_batches_of_transformed_samples"):
        return _of_keras_iterator(source, seed)
    if _is_array(source):
        return _of_arrays(source, y, weight, seed)
    if hasattr(source, "__getitem__") and hasattr(source, "__len__") and not isinstance(source, (dict, list, tuple)):
        return (source[int(index)] for index in _order(len(source), seed))
    if isinstance(source, Iterable) and not isinstance(source, (dict, list, tuple, str)):
        return source
    raise NotPossible(f"fit was given a {type(source).__name__}, not one input")


def _of_arrays(x: Any, y: Any, weight: Any, seed: int | None) -> Iterator[Any]:
    order = _order(len(x), seed)
    columns = [None if column is None else np.asarray(column) for column in (x, y, weight)]
    for start in range(0, len(order), CHUNK):
        rows = order[start : start + CHUNK]
        yield tuple(None if column is None else column[rows] for column in columns)


def _of_keras_iterator(source: Any, seed: int | None) -> Iterator[Any]:
    """Straight from its picture lists: the iterator's own position stays where it is."""
    order = _order(source.n, seed)
    for start in range(0, len(order), CHUNK):
        yield source._get_batches_of_transformed_samples(order[start : start + CHUNK])


def _of_dataset(source: Any, count: int, seed: int | None, deadline: float) -> Iterator[Any]:
    """In order without a seed, or from an endless source; else a fair sample of the batches read in time (reservoir)."""
    if seed is None or int(source.cardinality()) == tf.data.INFINITE_CARDINALITY:
        yield from source
        return
    generator = np.random.default_rng(seed)
    held: list[Any] = []
    wanted = 0
    for index, batch in enumerate(source):
        wanted = wanted or max(1, -(-count // max(1, len(_first(batch)))))
        if len(held) < wanted:
            held.append(batch)
        else:
            position = int(generator.integers(index + 1))
            if position < wanted:
                held[position] = batch
        if time.monotonic() > deadline:
            break
    yield from held


def _order(count: int, seed: int | None) -> np.ndarray:
    return np.arange(count) if seed is None else np.random.default_rng(seed).permutation(count)


def _first(batch: Any) -> Any:
    return batch[0] if isinstance(batch, (tuple, list)) else batch


def _part(batch: Any) -> Pictures:
    columns = (*(batch if isinstance(batch, (tuple, list)) else (batch,)), None, None)[:3]
    for column in columns[:2]:
        if isinstance(column, (dict, list, tuple)):
            raise NotPossible("the model has several inputs or outputs")
    x, y, weight = (None if column is None else np.asarray(column) for column in columns)
    if x is None or x.ndim == 0 or x.dtype == object:
        raise NotPossible("what the source gives is no array")
    return Pictures(x, y, weight)


def _join(parts: list[Any]) -> np.ndarray | None:
    return None if any(part is None for part in parts) else np.concatenate(parts)


def _is_array(source: Any) -> bool:
    return isinstance(source, (np.ndarray, tf.Tensor))


def _with_class_weight(read: Pictures, class_weight: Any) -> Pictures:
    """Keras turns class weights into sample weights in the same way (``class_weight_to_sample_weights``)."""
    classes = class_numbers(read.y)
    if not class_weight or classes is None or read.weight is not None:
        return read
    return Pictures(read.x, read.y, np.array([class_weight.get(int(label), 1.0) for label in classes], "float32"))


def class_numbers(y: np.ndarray | None) -> np.ndarray | None:
    """(n,) class numbers of labels that are one-hot, one column, or numbers; None for anything else."""
    if y is None or y.ndim > 2 or y.size == 0 or not np.issubdtype(y.dtype, np.number):
        return None
    if y.ndim == 2 and y.shape[1] > 1:
        one_hot = np.all((y == 0) | (y == 1)) and np.all(y.sum(axis=1) == 1)
        return y.argmax(axis=1) if one_hot else None
    flat = y.reshape(-1)
    whole = np.all(np.isfinite(flat)) and np.all(flat == np.round(flat)) and flat.min() >= 0
    return flat.astype(int) if whole else None
