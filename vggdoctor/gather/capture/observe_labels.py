"""What the labels of a live fit tell: whether they stand class by class, how far their numbers go, how many a row holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from msgspec.structs import replace

from vggdoctor.evidence import Fact, Origin, Pipeline, known, unknown

ROWS_PER_CLASS = 5
"""On average at least; of fewer rows, blocks may be chance (ours)."""

KEEPS_ORDER = ("Batch", "Map", "Prefetch", "Cache", "Options", "Repeat")
"""Parts of the names of tf.data's classes that hand on what they get in its order."""


def with_labels(pipeline: Pipeline, x: Any, y: Any, batch: tuple[Any, ...] | None) -> Pipeline:
    """The pipeline of ``x`` and ``y`` with ``order``, where that is to be seen (on labels that fit is given as an array, and on
    those that a tf.data pipeline without a shuffle begins with), and with the ``label_range`` of its first batch."""
    labels = batch[1] if batch and len(batch) > 1 else None
    numbers = _numbers(labels)
    if labels is not None and numbers is not None and len(numbers) == np.size(labels):
        pipeline = replace(pipeline, label_range=_known((int(numbers.min()), int(numbers.max()))))
    if isinstance(x, tf.data.Dataset):
        order = order_of(_first_labels(x))
        return replace(pipeline, order=order, shuffle=_known(False)) if order.is_("by-class") else pipeline
    return replace(pipeline, order=order_of(y)) if y is not None else pipeline


def order_of(labels: Any) -> Fact[str]:
    """``by-class`` for class numbers (n,) or (n, 1), or one-hot rows (n, classes), of which those of each class are side by side;
    else ``mixed``."""
    numbers = _numbers(labels)
    if numbers is None:
        return unknown("no class numbers were seen")
    classes = len(np.unique(numbers))
    if classes < 2 or len(numbers) < ROWS_PER_CLASS * classes:
        return unknown("too few rows, or one class alone")
    blocks = 1 + int(np.count_nonzero(np.diff(numbers)))
    return _known("by-class" if blocks == classes else "mixed")


def form_of_vectors(rows: np.ndarray) -> Fact[str]:
    """``one-hot`` or ``multi-hot`` for rows (n, classes) of 0 and 1: with a single 1 each, or with several in some of them."""
    if not ((rows == 0) | (rows == 1)).all():
        return unknown("the labels are vectors, and not of 0 and 1")
    ones = rows.sum(axis=1)
    if (ones == 1).all():
        return _known("one-hot")
    return _known("multi-hot") if (ones > 1).any() else unknown("some labels are vectors of 0 alone")


def _numbers(labels: Any) -> np.ndarray | None:
    """(n,) class numbers of labels that are one number a row, or one-hot."""
    array = None if labels is None else np.asarray(labels)
    if array is None or array.dtype.kind not in "biuf" or array.size == 0 or array.ndim not in (1, 2):
        return None
    if array.ndim == 2 and array.shape[1] > 1:
        return array.argmax(axis=1) if (array.max(axis=1) == 1).all() and (array.sum(axis=1) == 1).all() else None
    flat = array.ravel()
    return flat if np.array_equal(flat, np.round(flat)) else None


def _first_labels(dataset: Any) -> Any:
    """The labels that a from_tensor_slices at the head of the chain holds; None where anything on the way may mix them."""
    *rest, head = _chain(dataset)
    if type(head).__name__ != "_TensorSliceDataset" or not all(_keeps_order(one) for one in rest):
        return None
    slices = tf.nest.pack_sequence_as(head.element_spec, list(getattr(head, "_tensors", ())))
    return slices[1] if isinstance(slices, tuple) and len(slices) > 1 and tf.is_tensor(slices[1]) else None


def _keeps_order(dataset: Any) -> bool:
    name = type(dataset).__name__
    return "FlatMap" not in name and any(name.endswith(f"{part}Dataset") for part in KEEPS_ORDER)


def _chain(dataset: Any) -> Iterator[Any]:
    """A dataset and those that it was made from one after another, last first; ends where there is none, or more than one."""
    while True:
        yield dataset
        upstream = list(getattr(dataset, "_inputs", list)() or ())
        if len(upstream) != 1:
            return
        dataset = upstream[0]


def _known(value: Any) -> Fact[Any]:
    return known(value, origin=Origin.OBSERVED)
