"""What a live fit is, in the terms of the evidence."""

from __future__ import annotations

import inspect
import os
import re
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from vggdoctor.evidence import (
    CallbackUse,
    Compile,
    Fact,
    Loss,
    Metric,
    Optimizer,
    Origin,
    Pipeline,
    Schedule,
    Stage,
    known,
    unknown,
)
from vggdoctor.gather.capture.observe_model import LiveModel
from vggdoctor.gather.capture.session import Made, Observer, made, place_of
from vggdoctor.schema import Location

RATE_CHANGERS = ("ReduceLROnPlateau", "LearningRateScheduler")
PLAIN = (int, float, str, bool, type(None))


@dataclass(frozen=True)
class Fit:
    """A call of fit: ``given`` are its arguments by name, defaults included; ``place`` is where it stands. ``compiled`` is the
    record of the last compile, None where none is known; ``follows`` the index of the stage that trained this model before."""

    model: Any
    given: dict[str, Any]
    place: Location
    method: str = "fit"
    compiled: Made | None = None
    follows: int | None = None


def of_fit(live: LiveModel, fit: Fit, train: Pipeline, validation: Pipeline | None, observer: Observer) -> Stage:
    """The stage that a call of fit starts."""
    given, place = fit.given, fit.place
    argument = observer.places.argument
    weighted = given.get("class_weight") is not None or given.get("sample_weight") is not None
    steps = given.get("steps_per_epoch")
    return Stage(
        place=place,
        method=fit.method,
        model=live.observed(),
        compiled=_compile(live.model, fit.compiled, observer),
        train=train,
        validation=_known(validation),
        callbacks=_known(tuple(_callback(one, observer) for one in flat(given.get("callbacks")))),
        callbacks_display=argument(place, "callbacks"),
        class_weight=_known(weighted),
        class_weight_keys=_class_weight_keys(given.get("class_weight")),
        epochs=_known(int(given.get("epochs") or 1), argument(place, "epochs")),
        steps_per_epoch=_known(None if steps is None else int(steps), argument(place, "steps_per_epoch")),
        settings={
            name: given[name]
            for name in ("verbose", "shuffle", "initial_epoch", "validation_steps", "validation_freq", "batch_size")
            if isinstance(given.get(name), PLAIN) and given.get(name) is not None
        },
        follows=fit.follows,
    )


def _class_weight_keys(weights: Any) -> Fact[Any]:
    if not isinstance(weights, dict):
        return unknown("fit is given no class_weight")
    return _known(tuple(key if isinstance(key, str) else int(key) for key in weights))


def _compile(model: Any, record: Made | None, observer: Observer) -> Fact[Any]:
    if not getattr(model, "compiled", False) or record is None or record.place is None:
        return unknown("no call of compile was seen")
    metrics = record.given.get("metrics")
    display = observer.places.argument(record.place, "metrics", position=3)
    if display is None and metrics is not None:
        display = observer.places.argument(record.place, "metrics", position=2)  # as in Keras 2
    return _known(
        Compile(
            place=record.place,
            optimizer=_optimizer(model, record.place, observer),
            loss=_loss(record.given.get("loss"), observer.places.argument(record.place, "loss", position=1)),
            metrics=_known(tuple(_metric(one, display) for one in flat(metrics)))
            if _is_flat(metrics)
            else unknown("metrics by output"),
            metrics_display=display,
        ),
        record.place,
    )


def _optimizer(model: Any, compiled: Location, observer: Observer) -> Fact[Any]:
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    place, record = place_of(optimizer), made(optimizer)
    if place is None or place == compiled:  # named by a string
        place, record = observer.places.argument(compiled, "optimizer", position=0), None
    rate = getattr(optimizer, "_learning_rate", None)
    rate_now = float(f"{float(np.asarray(optimizer.learning_rate)):.7g}")
    given = record.given if record else {}
    taken = inspect.signature(type(optimizer).__init__).parameters.get("learning_rate")
    is_default = not ("learning_rate" in given or "lr" in given) if record else taken is not None and taken.default == rate_now
    schedule = None
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        schedule = Schedule(name=type(rate).__name__, place=place_of(rate))
    spot = observer.places.argument(place, "learning_rate", "lr", position=0) if record else None
    momentum = getattr(optimizer, "momentum", None)
    settings = {name: value for name, value in optimizer.get_config().items() if isinstance(value, PLAIN)}
    if isinstance(given.get("decay"), PLAIN) and "decay" in given:
        settings["decay"] = given["decay"]  # of Keras 2; the installed Keras does not know it
    return _known(
        Optimizer(
            name=type(optimizer).__name__.lower(),
            place=place,
            learning_rate=_known(rate_now, spot),
            rate_is_default=is_default,
            momentum=_known(float(momentum)) if isinstance(momentum, (int, float)) else unknown("this optimizer has none"),
            schedule=_known(schedule),
            settings={name: value for name, value in settings.items() if name not in {"name", "learning_rate"}},
        ),
        place,
    )


def _loss(loss: Any, place: Location | None) -> Fact[Any]:
    if loss is None:
        return unknown("compile was given no loss")
    if isinstance(loss, (list, tuple, dict)):
        if len(loss) != 1:
            return unknown("one loss an output")
        loss = next(iter(loss.values())) if isinstance(loss, dict) else loss[0]
    from_logits = False
    if isinstance(loss, str):
        name = getattr(keras.losses.get(loss), "__name__", loss)
        name = name if name.islower() else _snake(type(keras.losses.get(loss)).__name__)
    elif isinstance(loss, keras.losses.Loss):
        name = _snake(type(loss).__name__)
        from_logits = bool(getattr(loss, "from_logits", False) or getattr(loss, "_fn_kwargs", {}).get("from_logits", False))
    elif getattr(loss, "__module__", "").startswith("keras."):
        name = getattr(loss, "__name__", "custom")
    else:
        return _known(Loss(name="custom", place=place), place)
    return _known(Loss(name=name, place=place_of(loss) or place, from_logits=_known(from_logits)), place)


def _metric(metric: Any, display: Location | None) -> Metric:
    if isinstance(metric, str):
        name = {"acc": "accuracy"}.get(metric, metric)
        logged = metric if metric in {"accuracy", "acc"} else _snake(metric)
        return Metric(name=name if name.islower() else _snake(name), place=display, logged=logged)
    if isinstance(metric, keras.metrics.Metric):
        return Metric(name=_snake(type(metric).__name__), place=place_of(metric) or display, logged=metric.name)
    name = getattr(metric, "__name__", "custom")
    return Metric(name=name, place=display, logged=name)


def _callback(callback: Any, observer: Observer) -> CallbackUse:
    record = made(callback)
    name = type(callback).__name__
    taken = inspect.signature(type(callback).__init__).parameters
    settings = {key: value for key, value in vars(callback).items() if isinstance(value, PLAIN) and key in taken}
    for key, value in settings.items():
        if isinstance(value, str):
            settings[key] = value.replace(observer.roots[0] + os.sep, "")
    return CallbackUse(
        name=name,
        place=record.place if record else None,
        settings=settings,
        changes_rate=name in RATE_CHANGERS or _writes_rate(callback),
    )


def _writes_rate(callback: Any) -> bool:
    """Whether a callback of the user's own sets the rate, by its source."""
    if type(callback).__module__.startswith("keras.") and type(callback).__name__ != "LambdaCallback":
        return False
    try:
        text = inspect.getsource(type(callback))
    except (OSError, TypeError):
        return False
    return re.search(r"(\.learning_rate|\.lr)\b\s*(=[^=]|\.assign|,)", text) is not None


def _is_flat(metrics: Any) -> bool:
    return metrics is None or (isinstance(metrics, (list, tuple)) and not any(isinstance(one, (list, dict)) for one in metrics))


def flat(items: Any) -> list[Any]:
    """The callbacks or metrics that an argument holds, one by one."""
    if items is None:
        return []
    if hasattr(items, "callbacks"):  # a CallbackList
        return list(items.callbacks)
    return list(items) if isinstance(items, (list, tuple)) else [items]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _known(value: Any, *places: Any) -> Fact[Any]:
    return known(value, *places, origin=Origin.OBSERVED)
