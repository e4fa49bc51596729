"""Experiment: the loss after one step at each of growing learning rates (Smith 2017, Cyclical Learning Rates, section 3.3)."""

from __future__ import annotations

import math
import time

import numpy as np
import tensorflow as tf

from vggdoctor.evidence import RateRange
from vggdoctor.gather.probe.predictions import outputs
from vggdoctor.gather.probe.training import Stepper

LOWEST, HIGHEST = 1e-7, 10.0
MEMORY = 0.6
"""Weight of the past in the exponential mean (bias corrected) that smooths the losses (ours)."""
LEARNT = 0.1
"""Share of the first loss at which the samples are known by heart: higher rates would no longer be tried by anything (ours)."""
RISE = 0.1
"""A smoothed loss this share of the first loss above its lowest so far has left the stable range (ours)."""
STOP = 4.0
"""The test ends when the smoothed loss is this many times its lowest so far, as in fastai's and Smith's practice."""
DROP = 0.02
"""A fall of less than this share of the first loss over the whole test is none (ours)."""


def rate_range(stepper: Stepper, steps: int, deadline: float, user_rate: float) -> RateRange:
    """Raise the rate from 1e-7 to 10 in ``steps`` equal steps of its logarithm, from restored weights.

    Where steps are cheap, the loss is that of all samples, in inference mode, after each step. Else always the same batch, the
    loss before the following step. ``stepper`` must have a plain rate. Stops early: loss not finite or risen
    (``STOP``), samples learnt by heart (``LEARNT``), ``deadline`` (monotonic seconds).
    """
    stepper.reset()
    rates: list[float] = []
    losses: list[float | None] = []
    previous = None
    complete = True
    for index, rate in enumerate(np.geomspace(LOWEST, HIGHEST, steps)):
        stepper.optimizer.learning_rate.assign(rate)
        before = stepper.step(index if stepper.is_cheap else 0)
        after, belongs_to = (_loss_of_all(stepper), float(rate)) if stepper.is_cheap else (before, previous)
        previous = float(rate)
        if belongs_to is None:
            continue
        rates.append(belongs_to)
        losses.append(after if math.isfinite(after) else None)
        if _is_over(losses):
            break
        if time.monotonic() > deadline:
            complete = False
            break
    stepper.reset()
    largest, steepest = judge(rates, losses, complete)
    return RateRange(
        stage=stepper.bench.live.stage.place,
        rates=tuple(rates),
        losses=tuple(losses),
        user_rate=user_rate,
        largest_stable=largest,
        steepest=steepest,
    )


def judge(rates: list[float], losses: list[float | None], complete: bool = True) -> tuple[float | None, float | None]:
    """The largest stable and the steepest rate.

    Largest stable: the last one before the smoothed loss leaves its lowest so far by ``RISE`` whose own loss had not; a
    lower bound where the samples were learnt by heart before (``LEARNT``). None if an incomplete test saw no end of it.
    Steepest: where the smoothed loss falls fastest over the logarithm of the rate, before its lowest point; None if it never
    falls by ``DROP``.
    """
    smooth = smoothed(losses)
    finite = [value for value in smooth if value is not None]
    if not finite:
        return None, None
    first = abs(finite[0])
    lowest = finite[0]
    stable = None
    left = False
    for rate, value, loss in zip(rates, smooth, losses, strict=True):
        limit = lowest + RISE * first
        if value is None or value > limit:
            left = True
            break
        if loss is not None and loss <= limit:
            stable = rate
        lowest = min(lowest, value)
    if not left and not complete:
        stable = None
    bottom = int(np.argmin(finite))
    if finite[0] - finite[bottom] < DROP * first or bottom == 0:
        return stable, None
    slopes = np.diff(finite[: bottom + 1]) / np.diff(np.log10(rates[: bottom + 1]))
    return stable, float(rates[int(np.argmin(slopes)) + 1])


def smoothed(losses: list[float | None]) -> list[float | None]:
    """Exponential mean with bias correction (as for Adam's moments); None from the first value on that is not finite."""
    mean = 0.0
    found: list[float | None] = []
    for index, loss in enumerate(losses, start=1):
        if loss is None:
            return found + [None] * (len(losses) - len(found))
        mean = MEMORY * mean + (1 - MEMORY) * loss
        found.append(mean / (1 - MEMORY**index))
    return found


def _is_over(losses: list[float | None]) -> bool:
    smooth = smoothed(losses)
    last = smooth[-1]
    if last is None:
        return True
    lowest = min(value for value in smooth if value is not None)
    floor = LEARNT * abs(losses[0] or 1.0)
    return last > STOP * max(lowest, floor) or last < floor


def _loss_of_all(stepper: Stepper) -> float:
    output = outputs(stepper.bench, stepper.samples)
    model, samples = stepper.bench.live.model, stepper.samples
    return float(
        model.compute_loss(y=tf.convert_to_tensor(samples.y), y_pred=tf.convert_to_tensor(output), sample_weight=samples.weight)
    )
