"""How much longer an instrumented step takes than a plain one, in one run: ``python -m tests.benchmarks.probe_step``.

Both kinds of step alternate, so that what else the machine does meets them alike; the median of the ratios is printed.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import keras
import numpy as np

from vggdoctor.evidence import Pipeline, Stage
from vggdoctor.evidence.model import Model
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.bench import Samples, set_up
from vggdoctor.gather.probe.first_look import InstrumentedStep
from vggdoctor.gather.probe.training import Stepper
from vggdoctor.schema import Location

ROUNDS = 7
BATCH = 16


def networks() -> dict[str, tuple[keras.Model, tuple[int, ...]]]:
    """A convolutional network from scratch, a VGG16 that trains, and the head of a frozen one on its features."""
    layers = keras.layers
    small = keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3), pooling="avg")
    whole = keras.Sequential([base, layers.Dense(10, activation="softmax")])
    head = keras.Sequential(
        [keras.Input((7, 7, 512)), layers.Flatten(), layers.Dense(256, activation="relu"), layers.Dense(10, activation="softmax")]
    )
    return {
        "small network, 64 px": (small, (64, 64, 3)),
        "VGG16, 64 px": (whole, (64, 64, 3)),
        "head of 25,088 x 256": (head, (7, 7, 512)),
    }


def ratio(model: keras.Model, shape: tuple[int, ...]) -> tuple[float, float]:
    """Median ratio of an instrumented to a plain step, and seconds of a plain one."""
    model.compile("adam", "sparse_categorical_crossentropy")
    generator = np.random.default_rng(0)
    samples = Samples([generator.random((BATCH, *shape), dtype="float32")], generator.integers(0, 10, BATCH), None)
    place = Location("train.py", 1, 1)
    live = LiveStage(stage=Stage(place=place, model=Model(), train=Pipeline()), model=model, train=None)
    stepper = Stepper(set_up(live), samples, BATCH, 0)
    instrumented, rows = InstrumentedStep(stepper), np.arange(BATCH)
    stepper.step(0)
    instrumented(rows)
    ratios, plain = [], []
    for _ in range(ROUNDS):
        plain.append(_seconds(lambda: stepper.step(0)))
        ratios.append(_seconds(lambda: instrumented(rows)) / plain[-1])
    return median(ratios), median(plain)


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    for name, (model, shape) in networks().items():
        times, plain = ratio(model, shape)
        print(f"{name}: {times:.2f} times a plain step of {1000 * plain:.0f} ms, {BATCH} pictures")


if __name__ == "__main__":
    main()
