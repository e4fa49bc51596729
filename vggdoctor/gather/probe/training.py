"""Experiment: a few steps of training with the user's own optimizer, rate, loss, weights and augmentation."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from vggdoctor.evidence import TrainingRun
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.bench import Bench, Samples
from vggdoctor.gather.probe.budget import BATCHES, STEPS, NotPossible, rung
from vggdoctor.gather.probe.optimizers import fresh, initial_rate
from vggdoctor.gather.probe.state import Variables

UPDATE_STEPS = 3
"""Steps whose updates are compared with the kernels: the first ones, by the third of which momentum has built up."""

CLEARLY = 0.97
"""Share of the first or the chance loss under which the end of a run must lie to count as learning (ours)."""

FEWEST = 8
"""Steps that a run should have at least; the batch is made smaller for that where a step is slow (ours)."""

CHEAP = 0.2
"""Seconds of a step up to which it is timed again with its own batch: calls, not pictures, take most of them (ours)."""

RUNS = 3
"""Of a whole model, whose steps are dear: as many as the first run makes are needed again at each of two other rates."""


@dataclass
class Stepper:
    """Trains on samples with an optimizer of its own; ``reset`` brings weights, optimizer and random layers back to the start.

    ``seconds``: of one step, as it was timed; 0 where it was not. ``settings``: the optimizer to copy instead of the
    user's. ``training``: whether layers that behave differently then do.
    """

    bench: Bench
    samples: Samples
    batch_size: int
    seed: int
    rate: float | None = None
    settings: Any = None
    training: bool = True
    seconds: float = 0.0
    start: Variables = field(init=False)
    optimizer: Any = field(init=False)

    def __post_init__(self) -> None:
        model = self.bench.live.model
        self.variables = model.trainable_variables
        if not self.variables:
            raise NotPossible("nothing in the model trains")
        self.optimizer = fresh(self.settings or model.optimizer, self.rate)
        self.optimizer.build(self.variables)
        self.start = Variables(list(model.variables) + list(self.optimizer.variables))
        self._step = tf.function(self._train, reduce_retracing=True)

    @property
    def is_cheap(self) -> bool:
        """Whether a step takes so little that hundreds of them can be afforded."""
        return self.bench.head_only or 0 < self.seconds < CHEAP

    def reset(self) -> None:
        self.start.restore()

    def step(self, index: int) -> float:
        """One step on the ``index``-th batch of a fixed random order; the loss before the update."""
        inputs, y, weight = self.samples.at(self._rows(index))
        tensors = [tf.convert_to_tensor(array) for array in inputs]
        return float(self._step(tensors, tf.convert_to_tensor(y), None if weight is None else tf.convert_to_tensor(weight)))

    def _rows(self, index: int) -> np.ndarray:
        """Epochs of the samples in ever new orders, cut into batches of one size."""
        size = min(self.batch_size, len(self.samples))
        epoch, position = divmod(index, len(self.samples) // size)
        order = np.random.default_rng([self.seed, epoch]).permutation(len(self.samples))
        return order[position * size : (position + 1) * size]

    def _train(self, inputs: list[Any], y: Any, weight: Any) -> Any:
        model = self.bench.live.model
        with tf.GradientTape() as tape:
            output = self.bench.forward(inputs, self.training)
            loss = model.compute_loss(x=inputs[0], y=y, y_pred=output, sample_weight=weight)
            scaled = self.optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, self.variables)
        self.optimizer.apply_gradients(zip(gradients, self.variables, strict=True))
        return loss


def prepare(bench: Bench, samples: Samples, seconds: float, seed: int) -> tuple[Stepper, int]:
    """A stepper with the user's settings, and how many steps it can do in the time.

    The batch is the user's own size, or less where ``FEWEST`` steps of it would take too long. Leaves everything as at the start.
    """
    wanted = _user_batch(bench.live, samples)
    stepper = Stepper(bench, samples, min(4, wanted), seed)
    began = time.monotonic()
    stepper.step(0)
    traced = time.monotonic()
    stepper.step(1)
    each = (time.monotonic() - traced) / stepper.batch_size
    stepper.reset()
    left = seconds - (time.monotonic() - began)
    affordable = left / FEWEST / each
    stepper.batch_size = wanted if wanted <= affordable else max(min(2, wanted), rung(min(affordable, wanted), BATCHES))
    if stepper.batch_size > 1 and each * stepper.batch_size < CHEAP:
        stepper.step(0)
        again = time.monotonic()
        stepper.step(1)
        each = (time.monotonic() - again) / stepper.batch_size
        stepper.reset()
    stepper.seconds = each * stepper.batch_size
    steps = left / stepper.seconds
    if not bench.head_only:
        steps = max(min(steps, FEWEST), steps / RUNS)
    return stepper, max(STEPS[0], rung(steps, STEPS))


def run(
    stepper: Stepper, label: str, steps: int, deadline: float, chance: float | None, rate: float | None = None
) -> TrainingRun:
    """Train from the start for ``steps`` steps, or until the loss is not finite or ``deadline`` (monotonic seconds) has passed.

    ``rate`` replaces the user's. Leaves the weights as trained, for what wants to look at them.
    """
    began = time.monotonic()
    stepper.reset()
    if rate is not None:
        stepper.optimizer.learning_rate.assign(rate)
    start_rate = rate if rate is not None else initial_rate(stepper.optimizer)
    kernels = _pretrained_kernels(stepper.bench.live)
    losses: list[float | None] = []
    ratios: list[float] = []
    for index in range(steps):
        step_began = time.monotonic()
        before = [np.array(kernel.numpy()) for kernel in kernels] if index < UPDATE_STEPS else []
        loss = stepper.step(index)
        losses.append(loss if math.isfinite(loss) else None)
        if before:
            ratios.append(_update_ratio(before, kernels))
        now = time.monotonic()
        if losses[-1] is None or now + (now - step_began) > deadline:
            break
    finite = [ratio for ratio in ratios if math.isfinite(ratio)]
    return TrainingRun(
        stage=stepper.bench.live.stage.place,
        label=label,
        learning_rate=start_rate,
        losses=tuple(losses),
        chance_loss=chance,
        batch_size=min(stepper.batch_size, len(stepper.samples)),
        pictures=len(stepper.samples),
        update_ratio=finite[-1] if finite else None,
        seconds=time.monotonic() - began,
        seed=stepper.seed,
    )


def learns(found: TrainingRun) -> bool:
    """Whether the loss stays finite and ends (mean of the last quarter) below both its first value and the chance loss."""
    losses = [loss for loss in found.losses if loss is not None]
    if len(losses) < len(found.losses):
        return False
    end = float(np.mean(losses[-max(1, len(losses) // 4) :]))
    return end < CLEARLY * min(losses[0], found.chance_loss or losses[0])


def trend(found: TrainingRun) -> float | None:
    """How the mean loss of the last quarter differs from that of the first, as a share of it; None where not all are finite."""
    losses = [loss for loss in found.losses if loss is not None]
    if not losses or len(losses) < len(found.losses):
        return None
    quarter = max(1, len(losses) // 4)
    first = float(np.mean(losses[:quarter]))
    return (float(np.mean(losses[-quarter:])) - first) / abs(first) if first else 0.0


def _user_batch(live: LiveStage, samples: Samples) -> int:
    batch = live.fit_arguments.get("batch_size")
    fact = live.stage.train.batch_size
    size = batch if isinstance(batch, int) else fact.value if fact.known and fact.value else 32
    return max(1, min(int(size), len(samples)))


def _pretrained_kernels(live: LiveStage) -> list[Any]:
    if not live.pretrained:
        return []
    kernels = [getattr(layer, "kernel", None) for layer in live.backbone_layers if layer.trainable]
    return [kernel for kernel in kernels if kernel is not None and len(kernel.shape) == 4]


def _update_ratio(before: list[np.ndarray], kernels: list[Any]) -> float:
    ratios = [
        np.std(np.array(kernel.numpy()) - old) / max(float(np.std(old)), 1e-12)
        for old, kernel in zip(before, kernels, strict=True)
    ]
    return float(np.median(ratios))
