"""Gives back what the installed Keras removed or renamed, and records each use."""

from __future__ import annotations

from typing import Any

import keras

from vggdoctor.gather.capture.session import Session


def translated(session: Session, cls: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Take old arguments of an optimizer out of ``kwargs``; returns the present ones that stand for them."""
    if not issubclass(cls, keras.optimizers.Optimizer):
        return {}
    if "lr" in kwargs:
        session.supplied("lr", "learning_rate")
        return {"learning_rate": kwargs.pop("lr")}
    return {}


def install(session: Session) -> None:
    """Supply the old names."""
