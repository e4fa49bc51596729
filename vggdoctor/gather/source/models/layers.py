"""The facts of one layer: its width and activation, how its kernel starts, what holds the kernel down, what it computes in."""

from __future__ import annotations

from typing import Any

from vggdoctor.evidence import Fact, Layer, known, unknown
from vggdoctor.gather.source.facts import Arguments, fact_of, number, reason_of, text, whole
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.networks import Node
from vggdoctor.gather.source.interpreter.values import Instance, Known, Result, Symbol, Value, constant
from vggdoctor.gather.source.names import snake

ACTIVATION_LAYERS = {"Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu"}
WIDE = {
    "Dense": "units",
    "Conv2D": "filters",
    "SeparableConv2D": "filters",
    "Conv2DTranspose": "filters",
    "Conv1D": "filters",
    "Conv3D": "filters",
}
_WITH_KERNEL = ("Dense", "Conv2D")
DEFAULT_PENALTY = 0.01
"""keras.regularizers: what L1, L2 and L1L2 by name stand for (L1L2() itself starts at 0)."""
COMPUTING = {
    "mixed_float16": "float16", "float16": "float16", "mixed_bfloat16": "bfloat16", "bfloat16": "bfloat16",
    "float32": "float32", "float64": "float64",
}  # fmt: skip
"""Name of a policy (keras.DTypePolicy) -> the type that layers compute in."""


def read_layer(node: Node, inputs: Fact[int]) -> Layer:
    """One layer; ``inputs`` as in :class:`vggdoctor.evidence.Layer`."""
    value = node.value
    if isinstance(value, Instance):
        return Layer(kind=value.owner.name, place=value.place)
    if not isinstance(value, Result):
        return Layer(kind="unknown", place=value.place)
    arguments = Arguments(value)
    width = WIDE.get(value.name)
    has_kernel = value.name in _WITH_KERNEL
    l1, l2 = _penalty(arguments) if has_kernel else (unknown("has no kernel"), unknown("has no kernel"))
    return Layer(
        kind=value.name,
        place=value.place,
        name=networks.name_of(value) or "",
        units=arguments.fact(width, ..., whole) if width else unknown("has no width"),
        activation=activation_of(value),
        trainable=fact_of(value.attributes["trainable"])
        if isinstance(value.attributes.get("trainable"), Value)
        else arguments.fact("trainable", True),
        inputs=inputs,
        initializer=_initializer(arguments) if has_kernel else unknown("has no kernel"),
        l1=l1,
        l2=l2,
        settings=arguments.plain_settings("name", "activation", "trainable", width or ""),
    )


def activation_of(layer: Result) -> Fact[str]:
    """The activation of one layer; ``linear`` where Keras has none by default."""
    if layer.name in ACTIVATION_LAYERS:
        return known(ACTIVATION_LAYERS[layer.name], layer.place)
    arguments = Arguments(layer)
    if layer.name == "Activation" or layer.name in WIDE:
        given = arguments.get("activation")
        if given is None:
            return unknown("some arguments are not known") if layer.unsure else known("linear")
        return _activation_name(given, arguments.place("activation"))
    return unknown("it has no activation")


def _activation_name(value: Value, place: Any) -> Fact[str]:
    if isinstance(value, Symbol):
        return known(value.name.rsplit(".", 1)[-1].lower(), place)
    if isinstance(value, Result) and value.name in ACTIVATION_LAYERS:
        return known(ACTIVATION_LAYERS[value.name], place)
    if isinstance(value, Known) and value.value is None:
        return known("linear", place)
    return fact_of(value, place, text)


def _initializer(arguments: Arguments) -> Fact[str]:
    given, place = arguments.get("kernel_initializer"), arguments.place("kernel_initializer")
    if given is None:
        return arguments.fact("kernel_initializer", "glorot_uniform")
    if isinstance(given, Symbol | Result):
        name = (given.name if isinstance(given, Result) else given.name.rsplit(".", 1)[-1]) or ""
        return known(snake(name), place)
    fact = fact_of(given, place, text)
    return known(snake(fact.value), place) if fact.known and fact.value else fact


def _penalty(arguments: Arguments) -> tuple[Fact[float], Fact[float]]:
    """(l1, l2) of the kernel."""
    given, place = arguments.get("kernel_regularizer"), arguments.place("kernel_regularizer")
    if given is None:
        return arguments.fact("kernel_regularizer", 0.0), arguments.fact("kernel_regularizer", 0.0)
    if isinstance(given, Known) and given.value is None:
        return known(0.0, place), known(0.0, place)
    if isinstance(given, Known) and isinstance(given.value, str):
        kind, call = given.value.lower().replace("_", ""), None
    elif isinstance(given, Result) and "regularizers" in given.function:
        kind, call = given.name.lower().replace("_", ""), given
    else:
        return unknown(reason_of(given), place), unknown(reason_of(given), place)
    if kind not in ("l1", "l2", "l1l2"):
        return unknown("a penalty of another kind", place), unknown("a penalty of another kind", place)
    return tuple(_coefficient(call, kind, name, place) for name in ("l1", "l2"))  # type: ignore[return-value]


def _coefficient(call: Result | None, kind: str, name: str, place: Any) -> Fact[float]:
    if name not in kind.replace("l1l2", "l1 l2"):
        return known(0.0, place)
    if call is None:
        return known(DEFAULT_PENALTY, place)
    position = 1 if kind == "l1l2" and name == "l2" else 0
    given = call.keywords.get(name) or call.keywords.get("l")
    if given is None and len(call.arguments) > position:
        given = call.arguments[position]
    if given is not None:
        return fact_of(given, place, number)
    default = 0.0 if kind == "l1l2" and call.name == "L1L2" else DEFAULT_PENALTY
    return unknown("some arguments are not known", place) if call.unsure else known(default, place)


def dtype_of(layer: Result) -> Fact[str]:
    """The type that a layer computes in: its own argument, else the policy that held when it was made."""
    given = layer.keywords.get("dtype")
    policy = given if given is not None and constant(given, "") is not None else layer.attributes.get("#policy")
    if policy is None:
        return unknown("some arguments are not known") if layer.unsure else known("float32")
    if isinstance(policy, Result) and policy.name in ("Policy", "DTypePolicy"):
        policy = policy.arguments[0] if policy.arguments else policy.keywords.get("name")
    name = policy.name.rsplit(".", 1)[-1] if isinstance(policy, Symbol) else constant(policy)
    if name not in COMPUTING:
        return unknown("a type of numbers that is not known", layer.place)
    return known(COMPUTING[name], policy.place if policy is not None else None)
