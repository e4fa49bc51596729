"""compile and fit: what a stage of training is made of."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from vggdoctor.evidence import CallbackUse, Compile, Fact, Loss, Metric, Optimizer, Pipeline, Schedule, Stage, known, unknown
from vggdoctor.gather.source.facts import Arguments, fact_of, number, present, reason_of, whole
from vggdoctor.gather.source.interpreter.values import (
    Class,
    Function,
    Instance,
    Items,
    Known,
    Missing,
    OneOf,
    Result,
    Symbol,
    Table,
    Unknown,
    Value,
    constant,
    options,
)
from vggdoctor.gather.source.names import DEFAULT_RATES, snake
from vggdoctor.gather.source.pipelines.stepcounts import steps_of
from vggdoctor.schema import Location

if TYPE_CHECKING:
    from vggdoctor.gather.source.pipelines.tracer import Tracer

LOSSES = {
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "bce": "binary_crossentropy", "BCE": "binary_crossentropy",
    "MSE": "mean_squared_error", "MAE": "mean_absolute_error", "kld": "kl_divergence",
}  # fmt: skip
METRICS = {"acc": "accuracy", "Accuracy": "accuracy", "ACC": "accuracy", "AUC": "auc", "f1": "f1_score"}
RATE_CALLBACKS = frozenset({"ReduceLROnPlateau", "LearningRateScheduler", "CyclicLR", "OneCycleLR", "WarmUpCosineDecay"})


# compile


def read_compile(call: Result, rate: Value | None = None) -> Compile | None:
    """The facts of one compile call. ``rate``: a learning rate that was set on the optimizer afterwards."""
    if call.place is None:
        return None
    arguments = Arguments(call, "compile")
    optimizer = arguments.get("optimizer")
    metrics = arguments.get("metrics")
    display = metrics.place if isinstance(metrics, Items) and _is_display(metrics) else None
    return Compile(
        place=call.place,
        optimizer=_missing(call)
        if optimizer is None and call.unsure
        else _optimizer(optimizer, arguments.place("optimizer"), rate),
        loss=_loss(arguments.get("loss"), arguments.place("loss"))
        if "loss" in arguments
        else unknown("no loss is given", call.place),
        metrics=_metrics(metrics, call),
        metrics_display=display,
    )


def _missing(call: Result) -> Fact[Any]:
    return unknown("some arguments are not known", call.place)


def _is_display(value: Items) -> bool:
    return value.spot is not None and isinstance(value.spot.node, ast.List | ast.Tuple)


def _optimizer(value: Value | None, place: Location | None, rate: Value | None) -> Fact[Optimizer]:
    if value is None:
        return known(Optimizer(name="rmsprop", learning_rate=known(0.001), rate_is_default=True, schedule=known(None)))
    if isinstance(value, OneOf):
        return unknown("one of several optimizers", place, *(option.place for option in value.options))
    if isinstance(value, Known) and isinstance(value.value, str):
        name = value.value.lower()
        return known(
            _with_rate(Optimizer(name=name, place=value.place or place, **_default_rate(name)), rate), place, value.place
        )
    if isinstance(value, Result):
        if value.name == "LossScaleOptimizer" and value.arguments:
            return _optimizer(value.arguments[0], place, rate)
        if value.function.startswith(
            ("keras.optimizers", "tensorflow.optimizers", "tensorflow_addons.optimizers", "tensorflow.train", "keras.src")
        ):
            return known(_with_rate(_read_optimizer(value), rate), value.place, place)
    if isinstance(value, Symbol) and value.name.startswith("keras.optimizers."):
        name = value.name.rsplit(".", 1)[-1].lower()
        return known(Optimizer(name=name, place=place, **_default_rate(name)), place)
    return unknown(reason_of(value), place, value.place)


def _default_rate(name: str) -> dict[str, Any]:
    rate = DEFAULT_RATES.get(name)
    return {
        "learning_rate": known(rate) if rate is not None else unknown("an optimizer whose default rate is not known"),
        "rate_is_default": rate is not None,
        "momentum": known(0.0) if name == "sgd" else unknown("not given"),
        "schedule": known(None),
    }


def _with_rate(optimizer: Optimizer, rate: Value | None) -> Optimizer:
    from msgspec import structs

    if rate is None:
        return optimizer
    return structs.replace(optimizer, learning_rate=fact_of(rate, rate.place, number), rate_is_default=False)


def _read_optimizer(value: Result) -> Optimizer:
    name = value.name.removesuffix("Optimizer").lower()
    arguments = Arguments(value, "optimizer")
    rate, place = arguments.get("learning_rate"), arguments.place("learning_rate")
    defaults = _default_rate(name)
    schedule: Fact[Schedule | None] = known(None)
    if rate is None:
        learning_rate: Fact[float] = _missing(value) if value.unsure else defaults["learning_rate"]
        schedule = _missing(value) if value.unsure else schedule
    elif isinstance(rate, Result | Instance) and _is_schedule(rate):
        learning_rate, schedule = _scheduled(rate, place)
    else:
        learning_rate = fact_of(rate, place, number)
        if not learning_rate.known and not isinstance(rate, OneOf) and isinstance(rate, Result):
            schedule = unknown(learning_rate.reason, place)
    momentum = (
        arguments.fact("momentum", 0.0, number)
        if name == "sgd"
        else (arguments.fact("momentum", ..., number) if "momentum" in value.keywords else unknown("not given"))
    )
    return Optimizer(
        name=name,
        place=value.place,
        learning_rate=learning_rate,
        rate_is_default=rate is None and learning_rate.known,
        momentum=momentum,
        schedule=schedule,
        settings=arguments.plain_settings("learning_rate", "momentum"),
    )


def _is_schedule(value: Result | Instance) -> bool:
    if isinstance(value, Instance):
        return True
    return "schedules" in value.function or value.name.endswith(("Decay", "Schedule", "decay"))


def _scheduled(value: Result | Instance, place: Location | None) -> tuple[Fact[float], Fact[Schedule | None]]:
    name = value.owner.name if isinstance(value, Instance) else value.name
    schedule: Fact[Schedule | None] = known(Schedule(name=name, place=value.place), value.place, place)
    if isinstance(value, Result):
        start = value.keywords.get("initial_learning_rate") or (value.arguments[0] if value.arguments else None)
        if start is not None and name != "PiecewiseConstantDecay":
            return fact_of(start, value.node_of("initial_learning_rate") or value.node_of(0), number), schedule
    return unknown("a schedule sets the rate", value.place), schedule


def _loss(value: Value | None, place: Location | None) -> Fact[Loss]:
    if isinstance(value, Known) and isinstance(value.value, str):
        name = LOSSES.get(value.value, value.value)
        return known(
            Loss(name=snake(name) if name[:1].isupper() else name, place=place or value.place, from_logits=known(False)),
            place,
            value.place,
        )
    if isinstance(value, Result) and value.function.startswith(("keras.losses", "tensorflow.losses", "keras.")):
        arguments = Arguments(value)
        logits = arguments.get("from_logits") or (value.arguments[0] if value.arguments else None)
        from_logits = known(False) if logits is None else fact_of(logits, value.node_of("from_logits") or value.node_of(0))
        if value.unsure:
            from_logits = _missing(value)
        return known(Loss(name=snake(value.name), place=value.place, from_logits=from_logits), value.place)
    if isinstance(value, Symbol) and value.name.startswith(
        ("keras.losses.", "keras.metrics.", "keras.backend.", "keras.objectives.")
    ):
        name = value.name.rsplit(".", 1)[-1]
        return known(Loss(name=snake(LOSSES.get(name, name)), place=place, from_logits=known(False)), place)
    if isinstance(value, Function | Instance) or (isinstance(value, Result) and not isinstance(value, Known)):
        return known(Loss(name="custom", place=place, from_logits=unknown("a loss of the user's own")), place)
    if isinstance(value, Symbol):
        return known(Loss(name="custom", place=place, from_logits=unknown("a loss that is not of Keras")), place)
    return unknown(reason_of(value) if value is not None else "not given", place)


def _metrics(value: Value | None, call: Result) -> Fact[tuple[Metric, ...]]:
    if value is None:
        return _missing(call) if call.unsure else known(())
    if isinstance(value, Known) and value.value is None:
        return known(())
    items = value.items if isinstance(value, Items) else (value,)
    if (isinstance(value, Items) and value.more is not None) or isinstance(value, Table | Unknown | OneOf):
        return unknown("a list of metrics that is not fully known", value.place)
    found = [metric for item in items for metric in [_metric(item)]]
    if any(metric is None for metric in found):
        return unknown("a list of metrics that is not fully known", value.place)
    return known(tuple(metric for metric in found if metric), value.place)


def _metric(value: Value) -> Metric | None:
    if isinstance(value, Known) and isinstance(value.value, str):
        name = METRICS.get(value.value, value.value)
        logged = value.value if value.value in {"accuracy", "acc"} else snake(value.value)
        return Metric(name=snake(name) if name[:1].isupper() else name, place=value.place, logged=logged)
    if isinstance(value, Result):
        name = METRICS.get(value.name, snake(value.name))
        given = Arguments(value).constant("name") if "name" in value.keywords else name
        return Metric(name=name, place=value.place, logged=given if isinstance(given, str) and not value.unsure else "")
    if isinstance(value, Symbol):
        name = value.name.rsplit(".", 1)[-1]
        return Metric(name=METRICS.get(name, snake(name)), place=value.place, logged=snake(name))
    if isinstance(value, Function):
        return Metric(name=value.name, place=value.place, logged=value.name)
    return Metric(name=value.owner.name, place=value.place) if isinstance(value, Instance) else None


# fit


def read_callbacks(arguments: Arguments) -> tuple[Fact[tuple[CallbackUse, ...]], Location | None]:
    """(callbacks of fit, the list display that holds them)."""
    value = arguments.get("callbacks")
    if value is None:
        return (_missing(arguments.call) if arguments.call.unsure else known(())), None
    if isinstance(value, Known) and value.value is None:
        return known(()), None
    if not isinstance(value, Items):
        if isinstance(value, Result) and (value.function.startswith("keras.callbacks.") or value.name == "CallbackList"):
            return known((callback_use(value),), value.place), None
        return unknown(reason_of(value), value.place), None
    display = value.place if _is_display(value) else None
    if value.more is not None or any(isinstance(o, Missing | Unknown) for item in value.items for o in options(item)):
        return unknown("a list of callbacks that is not fully known", value.place), display
    return known(tuple(callback_use(item) for item in value.items if not _only_watches(item)), value.place), display


def _only_watches(value: Value) -> bool:
    """This project's own callback, which changes nothing of the training."""
    return isinstance(value, Result) and value.function in {"vggdoctor.Callback", "vggdoctor.callback.Callback"}


def callback_use(value: Value) -> CallbackUse:
    if isinstance(value, Instance):
        return CallbackUse(name=value.owner.name, place=value.place, changes_rate=_sets_rate(value.owner))
    if isinstance(value, Result):
        arguments = Arguments(value)
        settings = arguments.plain_settings()
        unread = tuple(name for name in arguments.names() if name not in settings) + (("**",) if value.unsure else ())
        changes_rate = value.name in RATE_CALLBACKS
        return CallbackUse(name=value.name, place=value.place, settings=settings, unread=unread, changes_rate=changes_rate)
    return CallbackUse(name="unknown", place=value.place, changes_rate=False)


def _sets_rate(owner: Class) -> bool:
    """Whether a callback of the user's own touches the learning rate."""
    return any(isinstance(node, ast.Attribute) and node.attr in {"lr", "learning_rate"} for node in ast.walk(owner.node))


def read_stage(
    call: Result, model: Any, compiled: Fact[Compile], tracer: Tracer, train: Pipeline, follows: int | None
) -> Stage | None:
    if call.place is None:
        return None
    arguments = Arguments(call)
    callbacks, display = read_callbacks(arguments)
    weights = [present(arguments.get("class_weight")), present(arguments.get("sample_weight"))]
    weighted: Fact[bool] = known(True, arguments.place("class_weight") or arguments.place("sample_weight"))
    if True not in weights:
        weighted = unknown("class_weight is not known") if None in weights or call.unsure else known(False)
    return Stage(
        place=call.place,
        method=call.name,
        model=model,
        compiled=compiled,
        train=train,
        validation=_validation(arguments, train, tracer),
        callbacks=callbacks,
        callbacks_display=display,
        class_weight=weighted,
        epochs=_epochs(call, arguments),
        steps_per_epoch=arguments.fact("steps_per_epoch", None, whole),
        settings=arguments.plain_settings("epochs", "steps_per_epoch", "x", "y"),
        follows=follows,
        steps=steps_of(arguments, "steps_per_epoch"),
        validation_steps=steps_of(arguments, "validation_steps"),
        class_weight_keys=_keys(arguments.get("class_weight")),
    )


def _keys(value: Value | None) -> Fact[tuple[int | str, ...]]:
    """The keys of a dictionary that is written down; none of one that numbers the classes, whatever their number."""
    if value is not None and _numbers_classes(value):
        return known((), value.place)
    if isinstance(value, Table) and value.other is None and all(isinstance(key, int | str) for key in value.named):
        return known(tuple(value.named), value.place)
    return unknown("no dictionary is written down" if value is None else reason_of(value))


def _numbers_classes(value: Value) -> bool:
    """``dict(enumerate(weights))``, ``{i: w for i, w in enumerate(weights)}``, ``{train.class_indices[name]: ...}``."""
    if isinstance(value, Result):
        pairs = value.arguments[0] if value.function == "builtins.dict" and len(value.arguments) == 1 else None
        return isinstance(pairs, Result) and pairs.function == "builtins.enumerate" and len(pairs.arguments) == 1
    node = value.spot.node if isinstance(value, Table) and value.spot is not None else None
    if not isinstance(node, ast.DictComp) or len(node.generators) != 1:
        return False
    key, target, over = node.key, node.generators[0].target, node.generators[0].iter
    if isinstance(key, ast.Subscript):
        return isinstance(key.value, ast.Attribute) and key.value.attr == "class_indices"
    counted = target.elts[0] if isinstance(target, ast.Tuple) else target
    name = over.func.id if isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and len(over.args) == 1 else ""
    is_counted = isinstance(key, ast.Name) and isinstance(counted, ast.Name) and key.id == counted.id
    return is_counted and name == ("enumerate" if isinstance(target, ast.Tuple) else "range")


def _epochs(call: Result, arguments: Arguments) -> Fact[int]:
    if call.name == "train_on_batch":
        return unknown("a loop of train_on_batch")
    return arguments.fact("epochs", 10 if call.name == "fit" and "nb_epoch" in call.keywords else 1, whole)


def _validation(arguments: Arguments, train: Pipeline, tracer: Tracer) -> Fact[Pipeline | None]:
    from msgspec import structs

    if arguments.call.name == "train_on_batch":
        return unknown("a loop of the program's own")
    value = arguments.get("validation_data")
    if value is not None:
        if isinstance(value, OneOf) and any(isinstance(o, Known) for o in value.options):
            return unknown("validation data depends on an undecided condition", value.place)
        if isinstance(value, Unknown):
            return unknown(value.reason, arguments.place("validation_data"))
        pipeline = tracer.pair(value)
        if pipeline is not None:
            return known(pipeline, arguments.place("validation_data"))
    split = arguments.get("validation_split")
    if split is not None:
        part = constant(split)
        if isinstance(part, int | float) and part == 0:
            return known(None)
        held_back = structs.replace(
            train, validation_split=fact_of(split, arguments.place("validation_split"), number), subset=known("validation")
        )
        return known(held_back, arguments.place("validation_split"))
    return _missing(arguments.call) if arguments.call.unsure else known(None)
