"""What the short trainings work on: the whole model on pictures, or its head on the features of a frozen backbone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.budget import PICTURES, NotPossible, rung
from vggdoctor.gather.probe.feature_store import FeatureStore
from vggdoctor.gather.probe.graph import cut_after_frozen
from vggdoctor.gather.probe.pictures import Pictures

CHUNK = 8
"""Pictures that go through a backbone at once: VGG16 at 224 pixels holds some 100 MB for each block of so many."""


@dataclass(frozen=True)
class Samples:
    """``inputs``: arrays (n, ...) that ``Bench.forward`` takes, with labels and sample weights."""

    inputs: list[np.ndarray]
    y: np.ndarray
    weight: np.ndarray | None

    def __len__(self) -> int:
        return len(self.y)

    def at(self, rows: np.ndarray) -> tuple[list[np.ndarray], np.ndarray, np.ndarray | None]:
        return [array[rows] for array in self.inputs], self.y[rows], None if self.weight is None else self.weight[rows]

    def rows(self, rows: np.ndarray) -> Samples:
        """Only these, in this order."""
        return Samples(*self.at(rows))


@dataclass(frozen=True)
class Bench:
    """``forward(inputs, training)`` gives the model's output; ``prepare(pictures, training, seconds)`` makes samples of as many
    pictures as the time allows; ``head_only`` where those are features."""

    live: LiveStage
    forward: Callable[[list[Any], bool], Any]
    prepare: Callable[[Pictures, bool, float], Samples]
    head_only: bool


def set_up(live: LiveStage) -> Bench:
    """The head alone where the backbone is frozen and the graph can be cut behind it, else the whole model.

    Raises NotPossible for a model that was not compiled or trains in a way of its own.
    """
    model = live.model
    if not getattr(model, "compiled", False) or getattr(model, "optimizer", None) is None:
        raise NotPossible("the model was not compiled")
    if type(model).train_step is not keras.Model.train_step:
        raise NotPossible("the model trains by a train_step of its own")
    own_loss = type(model).compute_loss is not keras.Model.compute_loss
    cut = None if own_loss else cut_after_frozen(model, live.backbone_layers)
    if cut is None:
        return Bench(live, lambda inputs, training: model(inputs[0], training=training), _as_they_are, False)
    front = tf.function(cut.front, reduce_retracing=True)
    return Bench(live, cut.head, _FeatureMaker(front, FeatureStore(live.features)), True)


def _as_they_are(pictures: Pictures, training: bool, seconds: float) -> Samples:
    if pictures.y is None:
        raise NotPossible("the pictures come without labels")
    return Samples([pictures.x], pictures.y, pictures.weight)


class _FeatureMaker:
    """Features of all pictures, or of a round number of them where the time was over before."""

    def __init__(self, front: Callable[..., list[Any]], store: FeatureStore) -> None:
        self._front = front
        self._store = store

    def __call__(self, pictures: Pictures, training: bool, seconds: float) -> Samples:
        if pictures.y is None:
            raise NotPossible("the pictures come without labels")

        def front(x: np.ndarray) -> list[np.ndarray]:
            return [np.asarray(tensor) for tensor in self._front(tf.convert_to_tensor(x), training)]

        deadline = time.monotonic() + seconds
        parts: list[list[np.ndarray]] = []
        for start in range(0, len(pictures), CHUNK):
            parts.append(self._store.features(pictures.x[start : start + CHUNK], training, front))
            if time.monotonic() > deadline:
                break
        self._store.keep()
        done = min(len(parts) * CHUNK, len(pictures))
        count = done if done == len(pictures) else rung(done, PICTURES)
        kept = pictures.first(count)
        inputs = [np.concatenate([part[index] for part in parts])[:count] for index in range(len(parts[0]))]
        return Samples(inputs, pictures.y[:count], kept.weight)
