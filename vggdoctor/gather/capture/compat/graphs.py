"""What programs of TensorFlow 1 say about sessions, devices and layouts: taken without effect, everything runs eagerly."""

from __future__ import annotations

import sys
from typing import Any

import keras
import tensorflow as tf

from vggdoctor.gather.capture.answers.inert import Inert
from vggdoctor.gather.capture.session import Session

GRAPH_ONLY = ("disable_eager_execution", "disable_v2_behavior", "enable_eager_execution", "enable_v2_behavior")
SESSIONS = ("Session", "InteractiveSession")


class GraphSession(Inert):
    """A session that runs nothing; a context, as the real one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("session")


def _layout(name: str) -> None:
    """``set_image_dim_ordering`` of Keras 1: ``tf`` or ``th``."""
    keras.backend.set_image_data_format({"th": "channels_first"}.get(name, "channels_last"))


LOST: dict[str, dict[str, tuple[str, Any]]] = {
    "utils": {"multi_gpu_model": ("tf.distribute.MirroredStrategy", lambda model, *args, **kwargs: model)},
    "backend": {
        "set_session": ("nothing, it has no effect", lambda *args: None),
        "get_session": ("nothing, it has no effect", GraphSession),
        "set_learning_phase": ("the training argument of a call", lambda *args: None),
        "learning_phase": ("the training argument of a call", lambda: 0),
        "manual_variable_initialization": ("nothing, it has no effect", lambda *args: None),
        "set_image_dim_ordering": ("keras.backend.set_image_data_format", _layout),
        "image_dim_ordering": (
            "keras.backend.image_data_format",
            lambda: {"channels_first": "th"}.get(keras.backend.image_data_format(), "tf"),
        ),
        "tensorflow_backend": ("keras.backend", keras.backend),
        "_get_available_gpus": ("tf.config.list_physical_devices('GPU')", list),
    },
}
"""Area of Keras -> name that it lost -> how it is written today, and an answer."""


def install(session: Session) -> None:
    """Answer for names that ``tensorflow`` lost and that ``tf.compat.v1`` still has."""
    old = tf.compat.v1

    def no_graph(*args: Any, **kwargs: Any) -> None:
        session.journal.notice("the script wants TensorFlow 1's graphs: it was run eagerly, as Keras 3 can do nothing else")

    vars(old).update(dict.fromkeys(GRAPH_ONLY, no_graph), **dict.fromkeys(SESSIONS, GraphSession))

    def answer(name: str) -> Any:
        if name.startswith("__") or not session.places.is_users(sys._getframe(1).f_code.co_filename) or not hasattr(old, name):
            raise AttributeError(f"module 'tensorflow' has no attribute {name!r}")
        session.supplied(f"tf.{name}", f"tf.compat.v1.{name}")
        return getattr(old, name)

    tf.__getattr__ = answer
