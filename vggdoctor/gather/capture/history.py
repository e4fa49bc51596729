"""A believable end of fit, for the code that comes after it."""

from __future__ import annotations

import os
from typing import Any

import keras
import numpy as np

from vggdoctor.gather.capture.batches import numeric
from vggdoctor.gather.capture.session import Session

ROWS = 8
"""Pictures on which the values of a history are computed (ours)."""
OLD_NAMES = {"acc": "accuracy", "val_acc": "val_accuracy"}


class Curves(dict[str, list[float]]):
    """The dictionary of a History that also answers to the names of Keras 1 and 2."""

    def __init__(self, curves: dict[str, list[float]], session: Session) -> None:
        super().__init__(curves)
        self._session = session

    def __missing__(self, name: str) -> list[float]:
        present = OLD_NAMES.get(name) or next((old for old, new in OLD_NAMES.items() if new == name), "")
        if present not in self:
            raise KeyError(name)
        self._session.supplied(name, present)
        return self[present]


def believable(model: Any, given: dict[str, Any], train: Any, validation: Any, session: Session) -> Any:
    """A keras History with one value an epoch for every metric that this fit would log; taken on a few pictures, without
    training.

    ``train`` and ``validation`` are first batches, None where there is none.
    """
    history = keras.callbacks.History()
    history.set_model(model)
    first, epochs = int(given.get("initial_epoch") or 0), int(given.get("epochs") or 1)
    history.epoch = list(range(first, epochs))
    logs = measure(model, train, session)
    if validation is not None:
        logs.update({f"val_{name}": value for name, value in measure(model, validation, session).items()})
    history.history = Curves({name: [value] * len(history.epoch) for name, value in logs.items()}, session)
    history.params = {"epochs": epochs, "steps": given.get("steps_per_epoch"), "verbose": 0}
    model.history = history
    return history


def measure(model: Any, batch: Any, session: Session) -> dict[str, float]:
    """Loss and metrics by name on the first ROWS pictures of a batch, eagerly; plain guesses where Keras cannot compute them."""
    rows = numeric(batch, ROWS)
    if rows is not None and len(rows) > 1:
        eager, functions = model.run_eagerly, (model.test_function, model.predict_function)
        with session.own_work():
            try:
                model.run_eagerly = True
                model.test_function = None
                logs = model.test_on_batch(rows[0], rows[1], rows[2] if len(rows) > 2 else None, return_dict=True)
                return {name: float(np.mean(value)) for name, value in logs.items()}
            except Exception as error:  # noqa: BLE001  (the user's own loss, metric or labels may be at fault; the audit goes on)
                problem = " ".join(str(error).split())[:300]
                session.journal.notice(f"one step of this training fails with {type(error).__name__}: {problem}")
            finally:
                model.run_eagerly = eager
                model.test_function, model.predict_function = functions
                model.reset_metrics()
    names = [name for name in (getattr(metric, "name", None) for metric in model.metrics) if name]
    return {"loss": 1.0, **{name: 0.5 for name in names if name not in {"loss", "compile_metrics"}}, "accuracy": 0.5}


def after_callbacks(callbacks: list[Any], model: Any, logs: dict[str, float], session: Session) -> None:
    """What code after fit may count on: a checkpoint's file, and one epoch seen by callbacks of the user's own."""
    for callback in callbacks:
        with session.own_work():
            try:
                if isinstance(callback, keras.callbacks.ModelCheckpoint):
                    _checkpoint(callback, model, logs, session)
                elif not type(callback).__module__.startswith("keras.") or type(callback).__name__ == "LambdaCallback":
                    callback.set_model(model)
                    callback.set_params({"epochs": 1, "steps": 1, "verbose": 0})
                    for hook in (callback.on_train_begin,):
                        hook({})
                    callback.on_epoch_begin(0, {})
                    callback.on_epoch_end(0, dict(logs))
                    callback.on_train_end(dict(logs))
            except Exception as error:  # noqa: BLE001  (a callback of the user's own may raise anything)
                session.journal.notice(
                    f"the callback {type(callback).__name__} failed after fit: {type(error).__name__}: {error}"
                )


def _checkpoint(callback: Any, model: Any, logs: dict[str, float], session: Session) -> None:
    """Have the checkpoint's file written if it is loaded later on (hundreds of megabytes are seldom missed)."""
    path = os.path.abspath(str(callback.filepath).format(epoch=1, batch=1, **logs))

    def write() -> None:
        save = model.save_weights if callback.save_weights_only else model.save
        save(path, overwrite=True)

    session.checkpoints[path] = write
