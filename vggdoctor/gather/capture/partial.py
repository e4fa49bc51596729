"""Features that predict computed of some pictures only, because all of them would have taken too long."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src.legacy.preprocessing.image import Iterator as LegacyIterator

from vggdoctor.gather.capture.batches import as_batch
from vggdoctor.gather.capture.observe_fit import parts
from vggdoctor.gather.capture.observe_pipeline import is_array
from vggdoctor.gather.live import LiveStage

LEAST = 8
"""Rows below which nothing can be measured on them (ours)."""


def spread(x: Any, total: int, size: int) -> tuple[Any, Any] | None:
    """About ``size`` of the ``total`` rows of ``x``, evenly spread, and their numbers; None if ``x`` has no random access.

    An iterator of the Keras 2 style must not be shuffled, or the numbers would mean nothing.
    """
    if size < LEAST:
        return None
    if is_array(x) and hasattr(x, "shape"):
        numbers = np.unique(np.linspace(0, total - 1, size).astype(int))
        return np.asarray(x)[numbers], numbers
    if isinstance(x, LegacyIterator) and not x.shuffle:
        step = int(x.batch_size)
        chosen = np.unique(np.linspace(0, (total - 1) // step, max(1, size // step)).astype(int))
        taken = [np.asarray(as_batch(x[int(index)])[0]) for index in chosen]
        numbers = np.concatenate([index * step + np.arange(len(rows)) for index, rows in zip(chosen, taken, strict=True)])
        return np.concatenate(taken)[numbers < total], numbers[numbers < total]
    return None


def filled(rows: Any, numbers: Any, total: int) -> Any:
    """Shape (total, ...): each row that was not computed is a copy of the nearest one that was."""
    middle = (numbers[1:] + numbers[:-1]) / 2
    return rows[np.searchsorted(middle, np.arange(total))]


def reduce(live: LiveStage) -> str:
    """Leave only rows that were computed, each once; returns why that is not possible, empty if it is.

    A row whose copies have different labels is left out: which of them is its own is not known any more.
    """
    if not is_array(live.train) or live.y is None:
        return ""  # not what predict returned
    kept = _own_rows(live.train, live.y)
    if len(kept) < LEAST:
        return f"predict was cut short: only {len(kept)} rows of what is trained on were really computed"
    live.train, live.y = np.asarray(live.train)[kept], np.asarray(live.y)[kept]
    live.sample_weight = None if live.sample_weight is None else np.asarray(live.sample_weight)[kept]
    x, y, _ = parts(live.validation)
    if is_array(x) and y is not None:
        held = _own_rows(x, y)
        live.validation = (np.asarray(x)[held], np.asarray(y)[held]) if len(held) else None
    return ""


def _own_rows(x: Any, y: Any) -> Any:
    rows, labels = np.asarray(x), np.asarray(y)
    groups: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        groups.setdefault(hash(row.tobytes()), []).append(index)
    return np.array(sorted(one[0] for one in groups.values() if all(np.array_equal(labels[one[0]], labels[i]) for i in one)), int)
