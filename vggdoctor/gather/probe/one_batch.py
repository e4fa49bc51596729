"""Experiment: can the network learn a few pictures by heart? One that cannot will not learn many either."""

from __future__ import annotations

import math
import time

import keras
import numpy as np

from vggdoctor.evidence import OneBatch
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.pictures import class_numbers
from vggdoctor.gather.probe.predictions import chosen, outputs
from vggdoctor.gather.probe.raw_pictures import balanced_rows
from vggdoctor.gather.probe.training import Stepper

PICTURES = 16
STEPS = 120
"""Enough for a sound network of a few layers at Adam's default rate (tried on those of tests/benchmarks/small_classifiers)."""
LOOK_EVERY = 10
RATE = 1e-3
"""Adam's default: whether it is the user's rate that fails is another question, which the short trainings answer."""
LEARNT = 0.1
"""Share of the first loss below which the pictures are known by heart (ours)."""


def one_batch(stepper: Stepper, deadline: float) -> OneBatch:
    """Train on one small batch until it is known, or for ``STEPS`` steps, or until ``deadline`` (monotonic seconds).

    ``stepper`` is the user's, whose samples are taken; it is back at its start afterwards. Raises NotPossible where the labels
    are no classes, or all one.
    """
    classes = class_numbers(stepper.samples.y)
    if classes is None or len(np.unique(classes)) < 2:
        raise NotPossible("the labels are not two classes or more")
    rows = balanced_rows(classes, PICTURES, stepper.seed)
    few = stepper.samples.rows(rows)
    own = Stepper(stepper.bench, few, len(few), stepper.seed, settings=keras.optimizers.Adam(RATE), training=False)
    own.reset()
    losses: list[float | None] = []
    accuracy = None
    for index in range(STEPS):
        loss = own.step(index)
        losses.append(loss if math.isfinite(loss) else None)
        is_over = losses[-1] is None or time.monotonic() > deadline
        if is_over or index % LOOK_EVERY == LOOK_EVERY - 1:
            answers = chosen(stepper.bench.live.model, outputs(own.bench, few))
            accuracy = float(np.mean(answers == classes[rows]))
        if is_over or (accuracy == 1.0 and loss < LEARNT * abs(losses[0] or 0.0)):
            break
    stepper.reset()
    counts = np.bincount(classes[rows])
    return OneBatch(
        stage=stepper.bench.live.stage.place,
        pictures=len(few),
        rate=RATE,
        losses=tuple(losses),
        accuracy=accuracy if losses[-1] is not None else None,
        majority=float(counts.max() / counts.sum()),
    )
