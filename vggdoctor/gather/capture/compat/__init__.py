"""Gives back what the installed Keras removed or renamed, and records each use."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import keras
from keras.src.legacy.preprocessing import image as legacy

from vggdoctor.gather.capture.compat import keras1, modules, saving
from vggdoctor.gather.capture.session import Session

TRAINER_ARGUMENTS = {
    "nb_epoch": "epochs", "samples_per_epoch": "", "nb_val_samples": "", "workers": "", "use_multiprocessing": "",
    "max_queue_size": "",
    "max_q_size": "", "nb_worker": "", "pickle_safe": "", "show_accuracy": "",
}  # fmt: skip
"""Old argument of fit, evaluate and predict -> its present name, empty where it has none."""
LAYER_ARGUMENTS = {
    "output_dim": "units", "nb_filter": "filters", "border_mode": "padding", "subsample": "strides", "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
    "bias": "use_bias",
    "p": "rate", "dim_ordering": "", "mode": "",
}  # fmt: skip
"""Keras 1's arguments of layers (keras/legacy/interfaces.py of Keras 2)."""
FIT_GENERATOR = ("steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps")
"""The positional arguments of fit_generator after the generator, in Keras 2."""
CALLBACK_ARGUMENTS = {
    "epsilon": "min_delta",
    "period": "",
    "write_grads": "",
    "batch_size": "",
    "embeddings_layer_names": "",
    "lr": "",
}


def install(session: Session) -> None:
    """Supply the old names of modules, methods, arguments and files."""
    modules.install(session)
    saving.install(session)
    keras1.install(session)
    _methods(session)
    _rate_attribute(session)
    _constructors(session, keras.layers, keras.layers.Layer, LAYER_ARGUMENTS)
    _constructors(session, keras.callbacks, keras.callbacks.Callback, CALLBACK_ARGUMENTS)


def trainer_arguments(session: Session, kwargs: dict[str, Any]) -> None:
    """Rename or drop old arguments of fit, evaluate and predict in place."""
    _rename(session, kwargs, TRAINER_ARGUMENTS, "an argument of keras.utils.PyDataset, or nothing")


def compile_arguments(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """The positional arguments of compile without Keras 2's third one, the metrics, which goes to ``kwargs``: Keras 3 has
    loss_weights there.
    """
    if len(args) == 3 and isinstance(args[2], (list, tuple)) and any(isinstance(one, str) or callable(one) for one in args[2]):
        session.supplied("compile(optimizer, loss, metrics)", "metrics=...")
        kwargs["metrics"] = args[2]
        return args[:2]
    return args


def optimizer_arguments(session: Session, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Rename or drop old arguments of an optimizer in place; returns those dropped."""
    if "lr" in kwargs:
        session.supplied("lr", "learning_rate")
        kwargs["learning_rate"] = kwargs.pop("lr")
    if "decay" not in kwargs:
        return {}
    session.supplied("decay", "learning_rate=keras.optimizers.schedules.InverseTimeDecay(...); Keras 3 ignores decay")
    return {"decay": kwargs.pop("decay")}


def _rename(session: Session, kwargs: dict[str, Any], table: dict[str, str], otherwise: str) -> None:
    for old, new in table.items():
        if old in kwargs:
            value = kwargs.pop(old)
            session.supplied(old, new or otherwise)
            if new and new not in kwargs:
                kwargs[new] = value


def _constructors(session: Session, module: Any, base: Any, table: dict[str, str]) -> None:
    """Let the classes of ``module`` take the old arguments that they no longer know."""
    classes = {id(value): value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, base)}
    for cls in classes.values():
        if "__init__" in cls.__dict__:
            known = set(inspect.signature(cls.__init__).parameters)
            _accept(session, cls, {old: new for old, new in table.items() if old not in known and (not new or new in known)})


def _accept(session: Session, cls: Any, table: dict[str, str]) -> None:
    original = cls.__init__

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if not session.inside:
            args = keras1.kernel_arguments(session, self, args, kwargs)
            if table.keys() & kwargs.keys():
                _rename(session, kwargs, table, "nothing, it has no effect")
        original(self, *args, **kwargs)

    vars(init)["__signature__"] = inspect.signature(original)  # Keras reads it to rebuild layers
    cls.__init__ = init


def _methods(session: Session) -> None:
    model = keras.Model

    def fit_generator(self: Any, generator: Any, *args: Any, **kwargs: Any) -> Any:
        session.supplied("fit_generator", "fit")
        kwargs.update(zip(FIT_GENERATOR, args, strict=False))
        if "samples_per_epoch" in kwargs:  # Keras 1 counted pictures, not batches
            session.supplied("samples_per_epoch", "steps_per_epoch")
            kwargs["steps_per_epoch"] = max(1, int(kwargs.pop("samples_per_epoch")) // int(getattr(generator, "batch_size", 32)))
        return self.fit(generator, **kwargs)

    def evaluate_generator(self: Any, generator: Any, steps: Any = None, **kwargs: Any) -> Any:
        session.supplied("evaluate_generator", "evaluate")
        return self.evaluate(generator, steps=steps)

    def predict_generator(self: Any, generator: Any, steps: Any = None, **kwargs: Any) -> Any:
        session.supplied("predict_generator", "predict")
        return self.predict(generator, steps=steps)

    def predict_classes(self: Any, x: Any, batch_size: Any = None, verbose: Any = 0) -> Any:
        session.supplied("predict_classes", "predict(x).argmax(axis=-1)")
        scores = self.predict(x, batch_size=batch_size)
        return scores.argmax(axis=-1) if scores.shape[-1] > 1 else (scores > 0.5).astype("int32")

    def predict_proba(self: Any, x: Any, batch_size: Any = None, verbose: Any = 0) -> Any:
        session.supplied("predict_proba", "predict")
        return self.predict(x, batch_size=batch_size)

    def reset_states(self: Any) -> None:
        session.supplied("reset_states", "reset_state")
        self.reset_state()

    def following(self: Any) -> Any:
        session.supplied("iterator.next", "next(iterator)")
        return self.__next__()

    old: tuple[Callable[..., Any], ...] = (fit_generator, evaluate_generator, predict_generator, predict_classes, predict_proba)
    for method in old:
        if not hasattr(model, method.__name__):
            setattr(model, method.__name__, method)
    if not hasattr(keras.metrics.Metric, "reset_states"):
        keras.metrics.Metric.reset_states = reset_states
    if not hasattr(legacy.Iterator, "next"):
        legacy.Iterator.next = following


def _rate_attribute(session: Session) -> None:
    """``optimizer.lr``, to read and to write."""

    def read(self: Any) -> Any:
        session.supplied("optimizer.lr", "optimizer.learning_rate")
        return self.learning_rate

    def write(self: Any, value: Any) -> None:
        session.supplied("optimizer.lr", "optimizer.learning_rate")
        self.learning_rate = value

    if not hasattr(keras.optimizers.Optimizer, "lr"):
        keras.optimizers.Optimizer.lr = property(read, write)
