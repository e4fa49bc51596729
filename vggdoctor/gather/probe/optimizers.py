"""Fresh optimizers with the user's settings; the user's own object is never stepped."""

from __future__ import annotations

import copy
import inspect
from typing import Any

from vggdoctor.gather.live import LiveStage


def fresh(optimizer: Any, rate: float | None = None) -> Any:
    """A new optimizer with the same settings; ``rate`` replaces its learning rate (and schedule)."""
    config = copy.deepcopy(optimizer.get_config())
    if rate is not None:
        inner = config.get("inner_optimizer")
        (inner["config"] if inner else config)["learning_rate"] = rate
    return type(optimizer).from_config(config)


def scheduled_rate(live: LiveStage) -> float | None:
    """The rate that a LearningRateScheduler among fit's callbacks sets for the first epoch; None where there is none."""
    callbacks = live.fit_arguments.get("callbacks") or []
    for callback in callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]:
        if type(callback).__name__ == "LearningRateScheduler":
            takes_rate = len(inspect.signature(callback.schedule).parameters) > 1
            rate = initial_rate(live.model.optimizer)
            return float(callback.schedule(0, rate) if takes_rate else callback.schedule(0))
    return None


def initial_rate(optimizer: Any) -> float:
    """The learning rate of the next step; of the first one for an optimizer that has made none."""
    return float(optimizer.learning_rate)


def has_schedule(optimizer: Any) -> bool:
    """Whether the rate follows a schedule object instead of being one number."""
    learning_rate = optimizer.get_config().get("learning_rate")
    inner = optimizer.get_config().get("inner_optimizer")
    if inner:
        learning_rate = inner["config"].get("learning_rate")
    return isinstance(learning_rate, dict)
