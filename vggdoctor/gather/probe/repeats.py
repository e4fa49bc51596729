"""Experiment: the user's short training again from other starts, so that chance can be told from effect."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vggdoctor.evidence import Repeats
from vggdoctor.gather.probe.bench import Bench, Samples
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.pictures import class_numbers
from vggdoctor.gather.probe.predictions import chosen, outputs
from vggdoctor.gather.probe.training import Stepper

MOST = 5
"""Seeds: with fewer, Student's quantile alone doubles the interval; more cost time that other fixes need (ours)."""
EPOCHS = 8
"""Of a head on stored features, so that a start that merely learns slowly has caught up (ours)."""
MOST_STEPS = 160


def planned_steps(stepper: Stepper, user_steps: int) -> int:
    """Steps of each repeated training: on features, some epochs of them; of a whole model, as many as the probe could afford."""
    if not stepper.bench.head_only:
        return user_steps
    batches = max(1, len(stepper.samples) // max(1, stepper.batch_size))
    return min(MOST_STEPS, max(user_steps, EPOCHS * batches))


def repeat(
    stepper: Stepper, held_out: Samples, steps: int, seeds: Sequence[int], deadline: float, rate: float | None = None
) -> Repeats:
    """Train once for each seed from a start of its own for ``steps`` steps, and look at the pictures ``held_out`` after each.

    What the user's initializers drew is drawn anew, and so are the order of the pictures and dropout; pretrained weights stay.
    ``rate`` replaces that of the optimizer. Ends early, after a whole training, when the next one would pass ``deadline``
    (monotonic seconds).

    Raises NotPossible for labels or outputs that are no classes, and where not one training fits.
    """
    began = time.monotonic()
    seen: list[np.ndarray] = []
    for seed in seeds:
        each = (time.monotonic() - began) / max(1, len(seen))
        if seen and time.monotonic() + each > deadline:
            break
        seen.append(_trained(stepper, held_out, steps, seed, deadline, rate))
    return _judged(stepper, held_out, seen, steps, tuple(seeds[: len(seen)]), time.monotonic() - began)


def only(stepper: Stepper, held_out: Samples, output: np.ndarray, steps: int) -> Repeats:
    """The one training that there was, by its ``output`` for the validation pictures. Raises NotPossible as :func:`repeat`."""
    return _judged(stepper, held_out, [output], steps, (stepper.seed,), 0.0)


def _judged(
    stepper: Stepper, held_out: Samples, seen: list[np.ndarray], steps: int, seeds: tuple[int, ...], seconds: float
) -> Repeats:
    bench = stepper.bench
    actual = class_numbers(held_out.y)
    if actual is None or any(output.ndim != 2 for output in seen):
        raise NotPossible("labels or outputs are not classes")
    model = bench.live.model
    return Repeats(
        stage=bench.live.stage.place,
        seeds=seeds,
        steps=steps,
        batch_size=min(stepper.batch_size, len(stepper.samples)),
        pictures=len(stepper.samples),
        labels=tuple(int(label) for label in actual),
        right=tuple(tuple(bool(met) for met in chosen(model, output) == actual) for output in seen),
        losses=tuple(_losses(bench, held_out, output) for output in seen),
        loss_name=_name_of(model.loss),
        seconds=seconds,
    )


def _trained(stepper: Stepper, held_out: Samples, steps: int, seed: int, deadline: float, rate: float | None) -> np.ndarray:
    """The outputs for the validation pictures after a training from the start that ``seed`` draws."""
    started = time.monotonic()
    stepper.reset()
    restart(stepper.bench, seed)
    if rate is not None:
        stepper.optimizer.learning_rate.assign(rate)
    kept, stepper.seed = stepper.seed, seed
    try:
        for index in range(steps):
            stepper.step(index)
            if time.monotonic() > deadline:
                took = time.monotonic() - started
                raise NotPossible(f"no time: {index + 1} of {steps} steps took {took:.0f} s")
    finally:
        stepper.seed = kept
    return outputs(stepper.bench, held_out)


def restart(bench: Bench, seed: int) -> None:
    """Draw anew what initializers drew, in layers that are not pretrained, and seed the layers that draw at random."""
    keras.utils.set_random_seed(seed)
    pretrained = {id(layer) for layer in bench.live.backbone_layers} if bench.live.pretrained else set()
    model = bench.live.model
    for position, layer in enumerate(model._flatten_layers(include_self=False, recursive=True)):
        if id(layer) in pretrained:
            continue
        for name in ("kernel", "bias"):
            _draw(layer, name, [seed, position])
        for generator in getattr(layer, "_seed_generators", ()):
            generator.state.assign(np.array([seed, position], dtype=str(generator.state.dtype)))


def _draw(layer: Any, name: str, seed: list[int]) -> None:
    variable, initializer = getattr(layer, name, None), getattr(layer, f"{name}_initializer", None)
    if variable is None or not getattr(variable, "trainable", False) or not isinstance(initializer, keras.Initializer):
        return
    config = copy.deepcopy(initializer.get_config())
    if "seed" in config:
        config["seed"] = int(np.random.SeedSequence(seed).generate_state(1)[0])
        variable.assign(type(initializer).from_config(config)(variable.shape, dtype=variable.dtype))


def _losses(bench: Bench, samples: Samples, output: np.ndarray) -> tuple[float, ...]:
    """The user's loss of each picture, without penalties; empty where it cannot be computed for single pictures."""
    loss = bench.live.model.loss
    if isinstance(loss, keras.losses.Loss):
        loss = type(loss).from_config({**loss.get_config(), "reduction": "none"})
    elif isinstance(loss, str):
        loss = keras.losses.get(loss)
    if not callable(loss):
        return ()
    y = tf.convert_to_tensor(samples.y)
    if y.dtype.is_floating:  # as compiled losses do before they call a function of the user's own
        y = tf.cast(y, output.dtype)
    values = np.asarray(loss(y[:, None] if len(y.shape) == 1 else y, tf.convert_to_tensor(output)))
    return tuple(float(value) for value in values) if values.shape == (len(samples),) and np.isfinite(values).all() else ()


def _name_of(loss: Any) -> str:
    return loss if isinstance(loss, str) else str(getattr(loss, "name", getattr(loss, "__name__", "")))
