"""Features of pictures that a frozen front has seen before in this audit, shared by the runs of a project and its patched copies.

A feature is looked up by the picture's own values. That another run's front is the same function is not taken from names or
settings but seen: for a few stored pictures it is computed again, and must give what is stored.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

Front = Callable[[np.ndarray], list[np.ndarray]]

COMPARED = 4
"""Pictures by which a front is recognised (ours)."""
CLOSE = 1e-4
"""Largest difference between two runs of one front, as a share of the largest value: rounding alone (ours)."""
LARGEST_BYTES = 400_000_000
"""More than this is neither kept nor read: small pictures with large features (ours)."""


class FeatureStore:
    """The features in ``folder``; without one, nothing is known and nothing is kept.

    ``recognised``: whether this run's front is that of an earlier one, for training and for inference (layers that draw at random
    make a difference).
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[bytes, list[np.ndarray]] = _read(folder) if folder else {}
        self._new: dict[bytes, list[np.ndarray]] = {}
        self.recognised: dict[bool, bool] = {}

    def features(self, x: np.ndarray, training: bool, front: Front) -> list[np.ndarray]:
        """The features of pictures ``x`` (n, ...): those that are known, and of ``front`` those that are not; one array (n, ...)
        for each tensor that leaves it."""
        keys = [_key(picture, training) for picture in x]
        self._recognise(x, keys, training, front)
        usable = self._known if self.recognised.get(training) else {}
        missing = [row for row, key in enumerate(keys) if key not in self._new and key not in usable]
        if missing:
            made = front(x[missing])
            self._new.update({keys[row]: [part[index] for part in made] for index, row in enumerate(missing)})
        rows = [self._new.get(key) or self._known[key] for key in keys]
        return [np.stack(parts) for parts in zip(*rows, strict=True)]

    def keep(self) -> None:
        """Write what is new for the runs to come."""
        size = sum(part.nbytes for parts in self._new.values() for part in parts)
        if self._folder is None or not self._new or size > LARGEST_BYTES:
            return
        columns = [np.stack(parts) for parts in zip(*self._new.values(), strict=True)]
        arrays: dict[str, Any] = {f"feature{index}": column for index, column in enumerate(columns)}
        arrays["keys"] = np.array([list(key) for key in self._new], "uint8")
        unfinished = self._folder / f"{os.getpid()}.part"
        with unfinished.open("wb") as stream:
            np.savez(stream, **arrays)
        unfinished.rename(unfinished.with_name(f"{os.getpid()}-{len(self._new)}.npz"))

    def _recognise(self, x: np.ndarray, keys: list[bytes], training: bool, front: Front) -> None:
        """Decide once, at the first pictures that are known, whether this front is the one that they went through."""
        rows = [row for row, key in enumerate(keys) if key in self._known][:COMPARED]
        if training in self.recognised or not rows:
            return
        made = front(x[rows])
        stored = [self._known[keys[row]] for row in rows]
        self.recognised[training] = all(
            len(parts) == len(made) and all(_agree(part, one[index]) for part, one in zip(parts, made, strict=True))
            for index, parts in enumerate(stored)
        )
        self._new.update({keys[row]: [part[index] for part in made] for index, row in enumerate(rows)})


def _agree(stored: np.ndarray, made: np.ndarray) -> bool:
    return stored.shape == made.shape and bool(np.abs(stored - made).max() <= CLOSE * max(float(np.abs(stored).max()), 1e-12))


def _key(picture: np.ndarray, training: bool) -> bytes:
    content = np.ascontiguousarray(picture).reshape(-1).view("uint8")
    return blake2b(content.tobytes(), digest_size=16, person=f"{picture.dtype} {training}".encode()[:16]).digest()


def _read(folder: Path) -> dict[bytes, list[np.ndarray]]:
    """All that earlier runs wrote; a file of other tensors than the first one's replaces nothing of it."""
    known: dict[bytes, list[np.ndarray]] = {}
    for file in sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime):
        with np.load(file) as arrays:
            columns = [arrays[f"feature{index}"] for index in range(len(arrays.files) - 1)]
            for row, key in enumerate(arrays["keys"]):
                known.setdefault(key.tobytes(), [column[row] for column in columns])
    return known
