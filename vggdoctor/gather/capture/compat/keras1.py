"""Spellings of Keras 1 that today mean something else, or nothing."""

from __future__ import annotations

import functools
import sys
from typing import Any

import keras
from keras.src.models.functional import Functional

from vggdoctor.gather.capture.session import Session

ENDS = {"input": "inputs", "output": "outputs"}
OLD_KERNEL = ("nb_row", "nb_col")
OLD_STYLE = {"border_mode", "subsample", "dim_ordering", "init", "nb_filter", "W_regularizer", "bias", *OLD_KERNEL}
"""Arguments that only a layer of Keras 1 was given (keras/legacy/interfaces.py of Keras 2)."""
MERGES = {"concat": "Concatenate", "sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "dot": "Dot"}


def install(session: Session) -> None:
    """``Model(input=, output=)``, ``merge(..., mode=)`` and the shapes that every layer had."""
    _model_ends(session)
    keras.layers.merge = _merge(session)
    for name, tensor in (("output_shape", "output"), ("input_shape", "input")):
        if not hasattr(keras.layers.Layer, name):
            setattr(keras.layers.Layer, name, _shape(session, name, tensor))


def kernel_arguments(session: Session, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """The positional arguments of a layer, where ``Convolution2D(64, 3, 3)`` or ``nb_row`` gave the two sides of its kernel.

    Today's second number would be the stride, so ``Conv2D(64, 3, 3)`` without other signs of Keras 1 stays as it is.
    """
    if not isinstance(layer, keras.layers.Conv2D):
        return args
    if all(name in kwargs for name in OLD_KERNEL):
        kwargs["kernel_size"] = tuple(kwargs.pop(name) for name in OLD_KERNEL)
        session.supplied("nb_row", "kernel_size")
        return args
    written = session.places.written(session.places.of_caller(type(layer).__name__))
    is_old = written.split("(")[0].endswith("Convolution2D") or bool(OLD_STYLE & kwargs.keys())
    if is_old and len(args) >= 3 and all(isinstance(side, int) for side in args[:3]):
        session.supplied("Convolution2D(filters, rows, columns)", "Conv2D(filters, (rows, columns))")
        return (args[0], args[1:3], *args[3:])
    return args


def _model_ends(session: Session) -> None:
    original_new, original_init = keras.Model.__new__, Functional.__init__

    def renamed(kwargs: dict[str, Any]) -> dict[str, Any]:
        return {ENDS.get(name, name): value for name, value in kwargs.items()}

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if ENDS.keys() & kwargs.keys() and not session.inside:
            session.supplied("Model(input=, output=)", "Model(inputs=, outputs=)")
        return original_new(cls, *args, **renamed(kwargs))

    @functools.wraps(original_init)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original_init(self, *args, **renamed(kwargs))

    keras.Model.__new__ = staticmethod(new)
    Functional.__init__ = init


def _merge(session: Session) -> Any:
    def merge(inputs: Any, mode: str = "sum", concat_axis: int = -1, **kwargs: Any) -> Any:
        layer = MERGES[mode]
        session.supplied("keras.layers.merge", f"keras.layers.{layer}")
        axis = {"axis": concat_axis} if mode == "concat" else {}
        return getattr(keras.layers, layer)(**axis, name=kwargs.get("name"))(inputs)

    return merge


def _shape(session: Session, name: str, tensor: str) -> property:
    """A shape as layers had it, for the user's own code; a layer of theirs may keep something else under that name."""

    def read(self: Any) -> Any:
        if name in vars(self):
            return vars(self)[name]
        if not session.places.is_users(sys._getframe(1).f_code.co_filename):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        session.supplied(f"layer.{name}", f"layer.{tensor}.shape")
        return tuple(getattr(self, tensor).shape)

    def write(self: Any, value: Any) -> None:
        vars(self)[name] = value

    return property(read, write)
