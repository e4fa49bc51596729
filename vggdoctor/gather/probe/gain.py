"""Experiment: do the frozen features separate the classes better when the backbone gets what it was trained on?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vggdoctor.backbones import FAMILIES, Mode
from vggdoctor.evidence import Backbone, FeatureGain
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.budget import PICTURES, NotPossible, rung
from vggdoctor.gather.probe.logistic import corrected_interval, paired_scores
from vggdoctor.gather.probe.modes import preprocess, wanted_mode
from vggdoctor.gather.probe.pictures import Pictures
from vggdoctor.gather.probe.raw_pictures import Pair, pair

SPLITS = 20
"""More than ten narrow the interval: its variance has 1 / splits + n_test / n_train."""
SIDES = (224, 192, 160, 128)
"""Pixels. Both variants are scaled down alike where the time does not allow the full size; not further, because at 96 pixels the
sign of the difference was seen to change (musical instruments, 12 classes, 224 pixels: +.04 at 192, -.07 at 96)."""
TRIAL = 8
ENOUGH = 192
"""Pictures for which the size is reduced, rather than their number (ours)."""
FEWEST = 32
"""Pictures below which no gain is claimed (ours)."""
SAME = 2e-3
"""Largest difference, as a share of the right input's range, at which two inputs are the same."""
CHUNK = TRIAL
READING = 0.2
"""Of the time, for loading the pictures."""
REGRESSION = 1.0
"""Seconds set aside for the regressions."""


@dataclass(frozen=True)
class Question:
    """A backbone whose input is not what its family expects; ``sample``: a few pictures, to time the work on."""

    backbone: Backbone
    mode: Mode
    sample: Pair


def question(live: LiveStage, read: Pictures, seconds: float, seed: int) -> Question:
    """Find out cheaply whether there is something to compare.

    Raises NotPossible where there is not: no pretrained and frozen backbone, right input already, no plain RGB.
    """
    backbone = _frozen_backbone(live)
    mode = wanted_mode(backbone)
    if mode is None:
        raise NotPossible(f"what {backbone.application} expects is not known")
    sample = pair(live, read, TRIAL, seconds, seed)
    right = preprocess(sample.rgb, mode)
    if np.abs(sample.arriving - right).max() <= SAME * float(np.ptp(right) or 1.0):
        raise NotPossible("the pictures already arrive as the family expects")
    return Question(backbone, mode, sample)


def feature_gain(live: LiveStage, asked: Question, read: Pictures, seconds: float, seed: int) -> FeatureGain:
    """Compare features as they arrive now with those under the family's own preprocessing, on the same pictures.

    Raises NotPossible where the time does not suffice.
    """
    start = time.monotonic()
    backbone, mode = asked.backbone, asked.mode
    available = len(live.train.filepaths) if hasattr(live.train, "filepaths") else len(read)
    side, count, extract = _affordable(live, backbone, asked.sample, min(ENOUGH, available), seconds - REGRESSION)
    pictures = pair(live, read, min(count, available), READING * seconds, seed)
    now, corrected = _both(extract, pictures, mode, side, start + seconds - REGRESSION)
    rows, labels = usable_rows(pictures.classes[: len(now)])
    if len(rows) < FEWEST or labels.max() == 0:
        raise NotPossible(f"only {len(rows)} pictures in classes of four or more could be had in time")
    now, corrected = now[rows], corrected[rows]
    before, after, ratio = paired_scores(now, corrected, labels, SPLITS, seed)
    return FeatureGain(
        stage=live.stage.place,
        family=backbone.family,
        pictures=len(rows),
        side=side,
        splits=SPLITS,
        as_is=float(before.mean()),
        corrected=float(after.mean()),
        interval=corrected_interval(after - before, ratio),
        seconds=time.monotonic() - start,
    )


def usable_rows(classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of classes with at least four pictures (each split needs some on both sides), and their labels counted from 0."""
    present, counts = np.unique(classes, return_counts=True)
    kept = present[counts >= 4]
    rows = np.flatnonzero(np.isin(classes, kept))
    return rows, np.searchsorted(kept, classes[rows])


def extractor(live: LiveStage, application: str, side: int) -> Any:
    """The same network without its top, with the weights of the live one: (n, side, side, 3) to pooled features (n, d).

    Raises NotPossible where the live layers are not those of the constructor's usual form.
    """
    network = getattr(keras.applications, application)(
        weights=None, include_top=False, pooling="avg", input_shape=(side, side, 3)
    )
    source = [layer for layer in live.backbone_layers if layer.weights]
    target = [layer for layer in network.layers if layer.weights]
    for mine, theirs in zip(target, source, strict=False):
        if [w.shape for w in mine.weights] != [w.shape for w in theirs.weights]:
            raise NotPossible(f"the layers are not those of a plain {application}")
        mine.set_weights(theirs.get_weights())
    if len(source) < len(target):
        raise NotPossible(f"the model uses only the first layers of {application}")
    return tf.function(lambda batch: network(batch, training=False), reduce_retracing=True)


def pooled(extract: Any, pictures: np.ndarray, side: int) -> np.ndarray:
    """Features (n, d) of pictures scaled to ``side`` pixels (linear, so it may come after the preprocessing)."""
    parts = []
    for start in range(0, len(pictures), CHUNK):
        batch = pictures[start : start + CHUNK]
        if batch.shape[1:3] != (side, side):
            batch = tf.image.resize(batch, (side, side), antialias=True)
        parts.append(np.asarray(extract(tf.convert_to_tensor(batch, "float32")), dtype="float64"))
    return np.concatenate(parts)


def _both(extract: Any, pictures: Pair, mode: Mode, side: int, deadline: float) -> tuple[np.ndarray, np.ndarray]:
    """Features as the pictures arrive and under the right preprocessing, of as many as fit in the time."""
    parts: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    total = len(pictures.classes)
    for start in range(0, total, CHUNK):
        chunk = slice(start, start + CHUNK)
        parts[0].append(pooled(extract, pictures.arriving[chunk], side))
        parts[1].append(pooled(extract, preprocess(pictures.rgb[chunk], mode), side))
        if time.monotonic() > deadline:
            break
    done = min(len(parts[0]) * CHUNK, total)
    count = done if done == total else rung(done, PICTURES)
    return np.concatenate(parts[0])[:count], np.concatenate(parts[1])[:count]


def _frozen_backbone(live: LiveStage) -> Backbone:
    backbone = live.stage.model.backbone
    if not live.backbone_layers or not backbone.known or backbone.value is None:
        raise NotPossible("no backbone of keras.applications")
    if not live.pretrained:
        raise NotPossible("the backbone has random weights, so no gain of its features is claimed")
    first = next((layer for layer in live.backbone_layers if getattr(layer, "kernel", None) is not None), None)
    if first is None or first.trainable:
        raise NotPossible("the backbone trains, so its features do not stay as they are")
    return backbone.value


def _affordable(live: LiveStage, backbone: Backbone, sample: Pair, enough: int, seconds: float) -> tuple[int, int, Any]:
    """The largest side at which ``enough`` pictures fit in the time twice, by a trial, how many fit, and the network."""
    start = time.monotonic()
    size = min(sample.rgb.shape[1:3])
    smallest = max(FAMILIES[backbone.family].minimum, 32)
    sides = [side for side in SIDES if smallest <= side <= size] or [size]
    trial_side = min(sides, key=lambda side: abs(side - 112))
    extract = extractor(live, backbone.application, trial_side)
    pooled(extract, sample.arriving, trial_side)
    traced = time.monotonic()
    pooled(extract, sample.arriving, trial_side)
    each = (time.monotonic() - traced) / len(sample.arriving)
    left = (1 - READING) * (seconds - (time.monotonic() - start))
    side = next((s for s in sides if 2 * enough * each * (s / trial_side) ** 2 <= left), min(sides))
    count = rung(left / (2 * each * (side / trial_side) ** 2), PICTURES)
    if count < FEWEST:
        raise NotPossible("no time: the backbone takes " + f"{1000 * each:.0f} ms a picture at {trial_side} pixels")
    return side, count, extract if side == trial_side else extractor(live, backbone.application, side)
