"""What the checks of whole, watched trainings share: the curves of a run, and the cases' hand-made runs."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.evidence import Evidence, WatchedRun
from vggdoctor.schema import Curve, Location

SHORT = 5
"""Epochs under which a run shows no trend (ours)."""
PROGRAM = """\
import vggdoctor
from tensorflow import keras

train = keras.utils.image_dataset_from_directory("data/train", image_size=(64, 64))
validation = keras.utils.image_dataset_from_directory("data/val", image_size=(64, 64))
model = keras.Sequential([keras.layers.Conv2D(8, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(10)])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
model.fit(train, validation_data=validation, epochs=12, callbacks=[vggdoctor.Callback()])
"""
LINE = 9
PLACE = Location("train.py", LINE, LINE)


def long_runs(evidence: Evidence, least: int = SHORT) -> Iterator[WatchedRun]:
    """The watched runs with at least so many whole epochs."""
    yield from (run for run in evidence.runs or () if run.epochs >= least)


def course(run: WatchedRun, *names: str) -> Curve:
    """The logged quantities over the epochs."""
    shown = {name: run.logs[name] for name in names if name in run.logs}
    epochs = {name: tuple(float(epoch) for epoch in range(1, len(values) + 1)) for name, values in shown.items()}
    return Curve(title=f"Training at {run.stage}", x_label="epoch", y_label="loss", x=epochs, y=shown)


def finite(values: tuple[float | None, ...]) -> list[float]:
    """The values that are finite, in order."""
    return [value for value in values if value is not None]


def run_of(loss: tuple[float | None, ...], val_loss: tuple[float | None, ...] = (), **more: object) -> WatchedRun:
    """A run for a case: fit at ``PLACE`` with these losses, ended as planned."""
    logs = {"loss": loss, **({"val_loss": val_loss} if val_loss else {})}
    given = {"stage": PLACE, "planned": len(loss), "ended": "finished", "logs": logs, **more}
    return WatchedRun(**given)  # type: ignore[arg-type]
