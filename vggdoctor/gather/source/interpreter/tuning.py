"""Keras Tuner: the network that a search builds, with hyper-parameters that are one of several values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vggdoctor.gather.source.interpreter.attributes import method_of
from vggdoctor.gather.source.interpreter.values import (
    MAXIMUM_CONSTANTS,
    Attribute,
    Instance,
    Items,
    Known,
    Result,
    Unknown,
    Value,
    constant,
    join,
    sequence,
)
from vggdoctor.gather.source.names import words

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

TUNERS = words("RandomSearch Hyperband BayesianOptimization GridSearch Tuner Sklearn SklearnTuner RandomSearchTuner")
_PACKAGES = ("keras_tuner.", "kerastuner.", "kt.")
_HYPERPARAMETERS = "keras_tuner.HyperParameters"


def method(run: Evaluator, call: Result) -> Value | None:
    """Methods of a tuner and of hyper-parameters, None for all others."""
    owner = call.receiver
    if call.name == "build" and isinstance(owner, Attribute) and owner.name == "hypermodel" and isinstance(owner.of, Result):
        return _build(run, owner.of, call)
    if not isinstance(owner, Result):
        return None
    if owner.function.startswith(_PACKAGES) and owner.name == "HyperParameters":
        return _hyperparameter(call)
    if not owner.function.startswith(_PACKAGES) or owner.name not in TUNERS:
        return None
    if call.name == "search":
        _search(run, owner, call)
        return Known(None, spot=call.spot)
    if call.name == "get_best_hyperparameters":
        return sequence([_hyperparameters(call)], "list", call.spot)
    if call.name == "get_best_models":
        return sequence([_built(run, owner, call)], "list", call.spot)
    return None


def _hyperparameters(call: Result) -> Result:
    return Result(_HYPERPARAMETERS, spot=call.spot)


def _hyperparameter(call: Result) -> Value | None:
    name, arguments = call.name, dict(enumerate(call.arguments))
    if name == "Choice":
        values = call.keywords.get("values") or arguments.get(1)
        return _one_of(list(values.items), call) if isinstance(values, Items) and values.more is None else _open(call)
    if name == "Boolean":
        return _one_of([Known(False, spot=call.spot), Known(True, spot=call.spot)], call)
    if name == "Fixed":
        return call.keywords.get("value") or arguments.get(1) or _open(call)
    if name == "Int":
        low, high = (constant(call.keywords.get(key) or arguments.get(at)) for key, at in (("min_value", 1), ("max_value", 2)))
        step = constant(call.keywords.get("step") or arguments.get(3), 1)
        if all(isinstance(part, int) for part in (low, high, step)) and step > 0 and (high - low) // step < MAXIMUM_CONSTANTS:
            return _one_of([Known(number, spot=call.spot) for number in range(low, high + 1, step)], call)
    return _open(call) if name in {"Int", "Float", "get"} else None


def _one_of(values: list[Value], call: Result) -> Value:
    return join(values) if values else _open(call)


def _open(call: Result) -> Unknown:
    return Unknown("a hyper-parameter that the tuner chooses", spot=call.spot)


def _build(run: Evaluator, tuner: Result, call: Result) -> Value:
    """A network that the tuner's function, or HyperModel, builds."""
    model = _hypermodel(tuner)
    if isinstance(model, Instance):
        model = method_of(model, "build")
    if model is None or isinstance(model, Known):
        return Unknown("a network that a tuner builds", spot=call.spot)
    return run.call(model, (_hyperparameters(call),))


def _hypermodel(tuner: Result) -> Value | None:
    return tuner.keywords.get("hypermodel") or (tuner.arguments[0] if tuner.arguments else None)


def _built(run: Evaluator, tuner: Result, call: Result) -> Value:
    """The network that the search trains, the same for all who ask."""
    if "#built" not in tuner.attributes:
        tuner.attributes["#built"] = _build(run, tuner, call)
    return tuner.attributes["#built"]  # type: ignore[no-any-return]


def _search(run: Evaluator, tuner: Result, call: Result) -> None:
    """A search fits the network that it builds with what it is given."""
    network, model = _built(run, tuner, call), _hypermodel(tuner)
    own = method_of(model, "fit") if isinstance(model, Instance) else None
    if own is not None:
        run.call(own, (_hyperparameters(call), network, *call.arguments), call.keywords)
    elif isinstance(network, Result | Instance):
        nodes = call.argument_nodes
        fit = Result(".search", call.arguments, call.keywords, network, argument_nodes=nodes, unsure=call.unsure, spot=call.spot)
        run.observe(run, fit)
