"""What the instrumentation costs a fit that is allowed to run: ``python tests/benchmarks/capture/overhead.py``.

One process trains a small convolutional network; then Keras is instrumented as in the child of an audit, and the same model
trains again. Steps are timed one by one. A second process does the same without instrumenting: its ratio is the machine's drift.
Printed: the step that one in ten is quicker than (other work on the machine hardly touches it), in wall clock and in processor
time, and the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

EPOCHS, STEPS, BATCH, SIDE = 6, 60, 16, 48


def main() -> None:
    """Print a table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--child", choices=["instrumented", "control"], help=argparse.SUPPRESS)
    child = parser.parse_args().child
    if child:
        print(json.dumps(measured(child == "instrumented")))
        return
    print("| run | first half, ms a step | second half | ratio of wall clock | of processor time |")
    print("| --- | --- | --- | --- | --- |")
    for name in ("control", "instrumented"):
        command = [sys.executable, __file__, "--child", name]
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
        output = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
        before, after = json.loads(output.splitlines()[-1])
        ratios = [later / earlier for earlier, later in zip(before, after, strict=True)]
        print(f"| {name} | {before[0] * 1e3:.2f} | {after[0] * 1e3:.2f} | {ratios[0]:.3f} | {ratios[1]:.3f} |")


def measured(instrumented: bool) -> list[list[float]]:
    """Seconds of a step, wall clock and processor, in the first half and in the second."""
    import keras
    import numpy as np

    draw = np.random.default_rng(0)
    x, y = draw.random((STEPS * BATCH, SIDE, SIDE, 3), dtype="float32"), draw.integers(0, 2, STEPS * BATCH)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    class Steps(keras.callbacks.Callback):
        """Seconds from one batch's begin to its end."""

        def __init__(self) -> None:
            super().__init__()
            self.taken: list[tuple[float, float]] = []

        def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
            self.begun = time.perf_counter(), time.process_time()

        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            self.taken.append((time.perf_counter() - self.begun[0], time.process_time() - self.begun[1]))

    def train() -> list[float]:
        steps = Steps()
        model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, callbacks=[steps], verbose=0)
        return [statistics.quantiles(column, n=10)[0] for column in zip(*steps.taken, strict=True)]

    train()  # traced and warm
    first = train()
    if not instrumented:
        return [first, train()]
    session = _instrument()
    with session.own_work():
        train()
        return [first, train()]


def _instrument() -> Any:
    """A session of the child, with Keras instrumented in this process."""
    from vggdoctor.gather.capture import instrument
    from vggdoctor.gather.capture.answers import devices, standins
    from vggdoctor.gather.capture.guard import Guard
    from vggdoctor.gather.capture.journal import ChildRequest, Journal
    from vggdoctor.gather.capture.places import Places
    from vggdoctor.gather.capture.session import Session

    base = Path(tempfile.mkdtemp())
    order = ChildRequest(
        root=str(base),
        copy=str(base),
        base=str(base),
        store=str(base),
        entry="train.py",
        folder=".",
        arguments=(),
        seconds=600.0,
        probe_seconds=0.0,
        seed=0,
        offline=True,
        probe="",
    )
    session = Session(order, Journal(base / "journal.jsonl"), Places(str(base)), Guard((str(base),)))
    for part in (instrument, standins, devices):
        part.install(session)
    return session


if __name__ == "__main__":
    main()
