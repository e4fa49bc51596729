"""Takes a little from whatever fit, evaluate and predict accept, and tells how much there is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.legacy.preprocessing.image import Iterator as LegacyIterator

from vggdoctor.gather.capture.observe_pipeline import is_array

POSITION = ("batch_index", "total_batches_seen", "index_array", "index_generator")
"""What moves in a Keras 2 style iterator when it is read (keras/src/legacy/preprocessing/image.py)."""


def as_batch(item: Any) -> tuple[Any, ...]:
    """(pictures, labels, weights) as far as an element has them."""
    return tuple(item) if (isinstance(item, (tuple, list)) and not is_array(item)) or isinstance(item, tuple) else (item,)


def first(x: Any, y: Any = None, weights: Any = None, size: int = 32) -> tuple[tuple[Any, ...] | None, Any]:
    """The first batch, and what to use in the place of ``x`` from now on: a Python generator is put together again.

    The batch is None if ``x`` is empty or of an unknown kind. Whatever the user's own generator raises goes through.
    """
    if x is None:
        return None, x
    if isinstance(x, tf.data.Dataset):
        item = next(iter(x.take(1)), None)
        return (None if item is None else as_batch(item)), x
    if isinstance(x, LegacyIterator):
        position = Position(x)
        item = x[0] if len(x) else None
        position.restore()
        return (None if item is None else as_batch(item)), x
    if isinstance(x, keras.utils.PyDataset):
        return (as_batch(x[0]) if x.num_batches is None or x.num_batches > 0 else None), x
    if is_array(x) or isinstance(x, (dict, tuple, list)):
        parts = tuple(cut(part, 0, size) for part in (x, y, weights) if part is not None)
        return parts, x
    if hasattr(x, "__next__"):
        item = next(x, None)
        return (None, x) if item is None else (as_batch(item), itertools.chain([item], x))
    if hasattr(x, "__iter__"):
        item = next(iter(x), None)
        return (None if item is None else as_batch(item)), x
    return None, x


def cut(rows: Any, start: int, stop: int) -> Any:
    """Rows ``start`` to ``stop`` of an array, or of each array in a list, tuple or dict of inputs."""
    if isinstance(rows, dict):
        return {name: part[start:stop] for name, part in rows.items()}
    if isinstance(rows, (list, tuple)) and rows and hasattr(rows[0], "shape") and np.ndim(rows[0]) >= 2:
        return type(rows)(part[start:stop] for part in rows)
    return rows[start:stop]


def numeric(batch: tuple[Any, ...] | None, rows: int) -> tuple[Any, ...] | None:
    """The first ``rows`` of a batch as arrays that Keras computes with."""
    if batch is None:
        return None
    return tuple(keras.tree.map_structure(lambda part: np.asarray(part)[:rows], part) for part in batch)


def rows(batch: tuple[Any, ...] | None) -> int | None:
    """How many pictures a batch holds; None if that is not to be seen."""
    if not batch:
        return None
    shape = np.shape(keras.tree.flatten(batch[0])[0])
    return int(shape[0]) if shape else None


def count(x: Any, batch_size: int | None, steps: int | None) -> int | None:
    """How many rows predict would return for ``x``; None if only reading all of it tells."""
    if is_array(x):
        total = len(x[0]) if isinstance(x, list) and np.ndim(x[0]) >= 3 else int(np.shape(x)[0])
        return total if steps is None else min(total, steps * (batch_size or 32))
    if isinstance(x, LegacyIterator):
        return int(x.n) if steps is None else min(int(x.n), steps * int(x.batch_size))
    if isinstance(x, keras.utils.PyDataset) and x.num_batches:
        last = np.shape(as_batch(x[x.num_batches - 1])[0])[0]
        full = np.shape(as_batch(x[0])[0])[0]
        batches = x.num_batches if steps is None else min(steps, x.num_batches)
        return int(batches * full if batches < x.num_batches else (batches - 1) * full + last)
    if isinstance(x, tf.data.Dataset):
        return _count_dataset(x, steps)
    return None


def _count_dataset(dataset: Any, steps: int | None) -> int | None:
    current = dataset
    while True:
        size = getattr(current, "_batch_size", None)
        if size is not None:
            rows = int(current._input_dataset.cardinality())
            if rows < 0:
                return None
            return rows if steps is None else min(rows, steps * int(size))
        kind = type(current).__name__
        upstream = list(getattr(current, "_inputs", list)() or ())
        if len(upstream) != 1 or not any(word in kind for word in ("Map", "Prefetch", "Cache", "Options")):
            return None
        current = upstream[0]


def count_by_reading(x: Any, steps: int | None) -> Iterator[int]:
    """The number of rows read so far, batch by batch."""
    total = 0
    for item in itertools.islice(iter(x), steps):
        total += int(np.shape(as_batch(item)[0])[0])
        yield total


class Position:
    """Where an iterator of the Keras 2 style stands; anything else has no position that could be kept."""

    def __init__(self, x: Any) -> None:
        self._x = x
        self._kept = {
            name: x.__dict__[name] for name in POSITION if name in getattr(x, "__dict__", {}) and name != "index_generator"
        }

    def restore(self) -> None:
        for name, value in self._kept.items():
            setattr(self._x, name, value)
        if hasattr(self._x, "_flow_index") and self._kept:
            self._x.index_generator = self._x._flow_index()
