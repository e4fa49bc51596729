"""Experiment: does another optimizer train the same head better in the same number of steps?"""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np

from vggdoctor.evidence import OptimizerTrial
from vggdoctor.gather.probe.budget import STEPS, NotPossible, rung
from vggdoctor.gather.probe.logistic import stratified_split
from vggdoctor.gather.probe.optimizers import has_schedule, initial_rate
from vggdoctor.gather.probe.pictures import class_numbers
from vggdoctor.gather.probe.predictions import balanced_accuracy, chosen, outputs
from vggdoctor.gather.probe.training import Stepper

SEEDS = 5
"""Orders of the batches, and splits, that each optimizer is tried with (ours: a paired t interval needs a few)."""
MOST_STEPS = 64
"""At most, of each training (ours)."""
FEWEST_STEPS = 16
RIVALS: dict[str, Any] = {
    "adam": lambda: keras.optimizers.Adam(1e-3),
    "sgd": lambda: keras.optimizers.SGD(1e-2, momentum=0.9),
    "rmsprop": lambda: keras.optimizers.RMSprop(1e-3),
}
"""At Keras' default rates; SGD with the usual momentum."""
SAME_RATE = 1e-3


def compare(stepper: Stepper, seconds: float) -> tuple[OptimizerTrial, ...]:
    """The user's optimizer and its rivals from the same weights, on the same splits and batches.

    Raises NotPossible where pretrained layers train, labels are no classes, or the time is too short.
    """
    live = stepper.bench.live
    if live.pretrained and any(layer.trainable and layer.trainable_variables for layer in live.backbone_layers):
        raise NotPossible("pretrained layers train, for which the usual rates are too high")
    classes = class_numbers(stepper.samples.y)
    if classes is None or np.unique(classes, return_counts=True)[1].min() < 4:
        raise NotPossible("the labels are not classes of four pictures or more")
    user = live.model.optimizer
    others = {name: make() for name, make in RIVALS.items()}
    entrants = {"user": None} | {name: rival for name, rival in others.items() if has_schedule(user) or not _is_same(user, rival)}
    steps = _affordable(stepper, seconds / len(entrants) / SEEDS)
    if steps < FEWEST_STEPS:
        raise NotPossible("no time: too few steps would fit for each optimizer")
    return tuple(_trial(stepper, label, settings, classes, steps) for label, settings in entrants.items())


def _is_same(user: Any, rival: Any) -> bool:
    return type(user) is type(rival) and abs(initial_rate(user) / initial_rate(rival) - 1) < SAME_RATE


def _affordable(stepper: Stepper, seconds: float) -> int:
    stepper.reset()
    stepper.step(0)
    began = time.monotonic()
    stepper.step(1)
    each = time.monotonic() - began
    stepper.reset()
    return rung(min(MOST_STEPS, seconds / max(each, 1e-6)), STEPS)


def _trial(stepper: Stepper, label: str, settings: Any, classes: np.ndarray, steps: int) -> OptimizerTrial:
    own = Stepper(stepper.bench, stepper.samples, stepper.batch_size, stepper.seed, settings=settings)
    losses, accuracies = [], []
    for seed in range(SEEDS):
        keras.utils.set_random_seed(stepper.seed + seed)
        train, held = stratified_split(classes, np.random.default_rng([stepper.seed, seed]))
        own.samples, own.seed = stepper.samples.rows(train), stepper.seed + seed
        own.reset()
        for index in range(steps):
            own.step(index)
        test = stepper.samples.rows(held)
        output = outputs(own.bench, test)
        model = own.bench.live.model
        loss = float(model.compute_loss(y=keras.ops.convert_to_tensor(test.y), y_pred=keras.ops.convert_to_tensor(output)))
        losses.append(loss if np.isfinite(loss) else None)
        accuracies.append(balanced_accuracy(classes[held], chosen(model, output)))
    own.reset()
    return OptimizerTrial(
        stage=own.bench.live.stage.place,
        label=label,
        optimizer=type(own.optimizer).__name__.lower(),
        learning_rate=initial_rate(own.optimizer),
        steps=steps,
        pictures=len(stepper.samples),
        losses=tuple(losses),
        accuracies=tuple(accuracies),
    )
