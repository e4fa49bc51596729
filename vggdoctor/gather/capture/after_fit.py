"""What code after fit counts on, of callbacks that a real fit would have called: files, best values, one epoch seen."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import keras

from vggdoctor.gather.capture.session import Session

SMALL = 64_000_000
"""Models up to this many parameters (256 MB) are written at once, larger ones when somebody asks for the file (ours)."""

Curves = dict[str, list[float]]


def call(callbacks: list[Any], model: Any, curves: Curves, session: Session) -> None:
    """Let each callback leave what it would have left. ``curves``: the values of each epoch by name."""
    for callback in callbacks:
        act = next((action for kind, action in ACTIONS.items() if isinstance(callback, kind)), None)
        if act is None and not type(callback).__module__.startswith("keras."):
            act = _one_epoch
        if act is None:
            continue
        with session.own_work():
            try:
                act(callback, model, curves, session)
            except Exception as error:  # noqa: BLE001  (a callback of the user's own may raise anything)
                session.journal.notice(
                    f"the callback {type(callback).__name__} failed after fit: {type(error).__name__}: {error}"
                )


def _checkpoint(callback: Any, model: Any, curves: Curves, session: Session) -> None:
    """The file of the last epoch."""
    epochs = max((len(values) for values in curves.values()), default=1)
    logs = _logs(curves)
    path = os.path.abspath(str(callback.filepath).format(epoch=epochs, batch=1, **logs))
    if callback.monitor in logs:
        callback.best = logs[callback.monitor]

    def write() -> None:
        save = model.save_weights if callback.save_weights_only else model.save
        save(path, overwrite=True)

    if model.count_params() <= SMALL:
        write()
    else:
        session.checkpoints[path] = write


def _log_file(callback: Any, model: Any, curves: Curves, session: Session) -> None:
    """A line for each epoch."""
    callback.set_model(model)
    callback.on_train_begin({})
    for epoch, values in enumerate(zip(*curves.values(), strict=True)):
        callback.on_epoch_end(epoch, dict(zip(curves, values, strict=True)))
    callback.on_train_end({})


def _history(callback: Any, model: Any, curves: Curves, session: Session) -> None:
    callback.set_model(model)
    callback.history, callback.epoch = curves, list(range(max((len(values) for values in curves.values()), default=0)))


def _one_epoch(callback: Any, model: Any, curves: Curves, session: Session) -> None:
    callback.set_model(model)
    callback.set_params({"epochs": 1, "steps": 1, "verbose": 0})
    callback.on_train_begin({})
    callback.on_epoch_begin(0, {})
    callback.on_epoch_end(0, _logs(curves))
    callback.on_train_end(_logs(curves))


def _logs(curves: Curves) -> dict[str, float]:
    return {name: values[-1] for name, values in curves.items() if values}


ACTIONS: dict[type, Callable[[Any, Any, Curves, Session], None]] = {
    keras.callbacks.ModelCheckpoint: _checkpoint,
    keras.callbacks.CSVLogger: _log_file,
    keras.callbacks.History: _history,
    keras.callbacks.EarlyStopping: _one_epoch,
    keras.callbacks.LambdaCallback: _one_epoch,
}
