"""What vggdoctor.Callback adds to a training: ``python tests/benchmarks/callback_overhead.py``.

One call of fit, in which the callback watches every other block of epochs; the blocks between are trained without it, so both
share the model, the data and the weather of the machine. Told are the median time of an epoch with and without, and the whole
overhead with what is done once (the first look, the report), as a share of the run. The limit is 2 %.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import vggdoctor

SIDE, CLASSES, BATCH = 64, 5, 16


class Alternating(keras.callbacks.Callback):
    """Lets ``watched`` see the epochs of odd blocks only, and times all."""

    def __init__(self, watched: vggdoctor.Callback, block: int) -> None:
        super().__init__()
        self.watched = watched
        self.block = block
        self.once = 0.0
        self.seconds: dict[bool, list[float]] = {True: [], False: []}

    def on_train_begin(self, logs: Any = None) -> None:
        self.watched.set_model(self.model)
        self.watched.set_params(self.params)
        began = time.perf_counter()
        self.watched.on_train_begin(logs)
        self.once += time.perf_counter() - began

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.is_watched = epoch // self.block % 2 == 1
        if self.is_watched:
            self.watched._watch.clock.start()
        else:
            self.watched._watch.clock.stop()
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.is_watched:
            self.watched.on_epoch_end(epoch, logs)
        if epoch % self.block:  # the first epoch of a block finds other buffers than it would
            self.seconds[self.is_watched].append(time.perf_counter() - self.began)

    def on_train_end(self, logs: Any = None) -> None:
        began = time.perf_counter()
        self.watched.on_train_end(logs)
        self.once += time.perf_counter() - began


def main() -> None:
    """Print one line of numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--pictures", type=int, default=320)
    given = parser.parse_args()
    draw = np.random.default_rng(0)
    x = draw.integers(0, 255, (given.pictures, SIDE, SIDE, 3)).astype("float32")
    y = draw.integers(0, CLASSES, given.pictures)
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(SIDE, SIDE, 3))
    base.trainable = False
    head = [keras.layers.Flatten(), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(CLASSES, activation="softmax")]
    model = keras.Sequential([base, *head])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    with tempfile.TemporaryDirectory() as folder:
        alternating = Alternating(vggdoctor.Callback(folder, quiet=True), block=3)
        began = time.perf_counter()
        model.fit(x, y, batch_size=BATCH, epochs=given.epochs, verbose=0, callbacks=[alternating])
        whole = time.perf_counter() - began
    watched, bare = (statistics.median(alternating.seconds[kind]) for kind in (True, False))
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, Keras {keras.__version__}, {given.epochs} epochs")
    print(f"an epoch: watched {watched:.3f} s, not watched {bare:.3f} s, ratio {watched / bare:.4f}")
    print(f"once: {alternating.once:.2f} s of {whole:.0f} s, {alternating.once / whole:.1%}")


if __name__ == "__main__":
    main()
