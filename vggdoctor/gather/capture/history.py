"""A believable end of fit, for the code that comes after it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from vggdoctor.gather.capture.batches import numeric
from vggdoctor.gather.capture.observe_stage import flat
from vggdoctor.gather.capture.session import Session

ROWS = 8
"""Pictures on which the values of a history are computed (ours)."""
OLD_NAMES = {"acc": "accuracy", "val_acc": "val_accuracy", "lr": "learning_rate"}
RATE_LOGGERS = (keras.callbacks.ReduceLROnPlateau, keras.callbacks.LearningRateScheduler)
"""They add the rate to the logs of each epoch (keras/src/callbacks, 3.15.1)."""


class Curves(dict[str, list[float]]):
    """The dictionary of a History that also answers to the names of Keras 1 and 2."""

    def __init__(self, curves: dict[str, list[float]], session: Session) -> None:
        super().__init__(curves)
        self._session = session

    def __reduce__(self) -> Any:
        return dict, (dict(self),)

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
    if any(isinstance(one, RATE_LOGGERS) for one in flat(given.get("callbacks"))):
        logs["learning_rate"] = float(np.asarray(model.optimizer.learning_rate))
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
                return {name: float(np.mean(logs[name])) for name in sorted(logs, key=lambda name: name != "loss")}
            except Exception as error:  # noqa: BLE001  (the user's own loss, metric or labels may be at fault; the audit goes on)
                problem = " ".join(str(error).split())[:300]
                session.journal.notice(f"one step of this training fails with {type(error).__name__}: {problem}")
            finally:
                model.run_eagerly = eager
                model.test_function, model.predict_function = functions
                model.reset_metrics()
    names = [name for name in (getattr(metric, "name", None) for metric in model.metrics) if name]
    return {"loss": 1.0, **{name: 0.5 for name in names if name not in {"loss", "compile_metrics"}}, "accuracy": 0.5}
