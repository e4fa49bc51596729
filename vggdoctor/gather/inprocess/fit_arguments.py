"""What the call of fit that is running now was given: read off its frame, as Keras does not hand it to callbacks."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import keras
import tensorflow as tf
from keras.src.legacy.preprocessing.image import Iterator as LegacyIterator


def fit_arguments(model: Any) -> dict[str, Any]:
    """The arguments by name, defaults included; ``x`` of a plain generator is left out, as looking at it would use it up.

    A ``validation_split`` was carried out before this can be called: then ``validation_data`` holds the rows. Empty if fit is not
    running on ``model``.
    """
    frame = next((frame for frame in _frames() if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model), None)
    if frame is None:
        return {}
    given = {name: frame.f_locals[name] for name in inspect.signature(keras.Model.fit).parameters if name in frame.f_locals}
    del given["self"]
    given["validation_split"] = 0.0
    for name in ("x", "validation_data"):
        if _is_used_up_by_looking(given.get(name)):
            given[name] = None
    return given


def _is_used_up_by_looking(source: Any) -> bool:
    return hasattr(source, "__next__") and not isinstance(source, (LegacyIterator, keras.utils.PyDataset, tf.data.Dataset))


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
