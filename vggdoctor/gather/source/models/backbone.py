"""The keras.applications network inside a model: its arguments, and which of its layers train."""

from __future__ import annotations

import re
from itertools import groupby

from vggdoctor.backbones import family_of
from vggdoctor.evidence import Backbone, Fact, known, unknown
from vggdoctor.gather.source.facts import Arguments, fact_of, shape
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.networks import Node
from vggdoctor.gather.source.interpreter.values import Instance, Known, Result, Value, constant, varies


def input_shape_of(value: Value, nodes: list[Node], at: int | None) -> Fact[tuple[int | None, ...]]:
    for node in nodes:
        if not isinstance(node.value, Result):
            continue
        if node.kind == "input" and node.value.function in {"keras.Input", "keras.layers.InputLayer"}:
            arguments = Arguments(node.value, "InputLayer" if node.value.name == "InputLayer" else "Input")
            return arguments.fact("shape", ..., shape) if "shape" in arguments else unknown("the input has no shape in sight")
        for name in ("input_shape", "batch_input_shape"):
            if name in node.value.keywords:
                return fact_of(node.value.keywords[name], node.value.node_of(name), shape)
        if networks.is_application(node.value):
            return application_shape(node.value)
    return unknown("no input shape is given")


def application_shape(call: Result) -> Fact[tuple[int | None, ...]]:
    arguments = Arguments(call, "application")
    if "input_shape" in arguments and arguments.constant("input_shape", "?") is not None:
        return arguments.fact("input_shape", ..., shape)
    tensor = arguments.get("input_tensor")
    if isinstance(tensor, Result) and tensor.function == "keras.Input":
        inner = Arguments(tensor, "Input")
        return inner.fact("shape", ..., shape) if "shape" in inner else unknown("the input has no shape in sight")
    family = family_of(call.name)
    top = arguments.constant("include_top", True)
    if isinstance(top, bool | int) and family is not None and tensor is None and not call.unsure:
        return known((family.size, family.size, 3) if top else (None, None, 3))
    return unknown("the backbone is given no input shape")


def backbone_fact(
    model: Value, nodes: list[Node], at: int | None, backbones: set[int], lost: Node | None
) -> Fact[Backbone | None]:
    if len(backbones) > 1:
        return unknown("several backbones in one network")
    if at is not None:
        return known(_backbone(nodes[at], model), nodes[at].value.place)
    foreign = next((node.value for node in nodes if node.kind == "layer" and _is_foreign(node.value)), None)
    if isinstance(foreign, Result):
        return unknown(f"{foreign.function.lstrip('.')} is not of keras.applications", foreign.place)
    return unknown(lost.reason, lost.value.place) if lost is not None else known(None)


def _is_foreign(layer: Value) -> bool:
    """A layer of another library, which may be a whole pretrained network (``hub.KerasLayer``)."""
    is_layer = isinstance(layer, Result) and layer.function.startswith(("keras.layers.", "keras.Input"))
    return isinstance(layer, Result) and not is_layer and "#backbone" not in layer.attributes


def _backbone(node: Node, model: Value) -> Backbone:
    call = node.value
    if not isinstance(call, Result) or call.place is None:
        raise TypeError("a backbone is made by a call in the source")
    family = family_of(call.name)
    arguments = Arguments(call, "application")
    trainable, first = trainability(call, node.cut)
    use = node.call
    training: Fact[bool | None] = known(None, use.place if use is not None else None)
    if use is not None and "training" in use.keywords:
        training = fact_of(use.keywords["training"], use.node_of("training"))
    return Backbone(
        application=call.name,
        family=family.name if family else "",
        place=call.place,
        weights=_weights(call, model, arguments),
        include_top=arguments.fact("include_top", True, lambda plain: bool(plain)),
        input_shape=application_shape(call),
        pooling=arguments.fact("pooling", None),
        include_preprocessing=arguments.fact("include_preprocessing", True),
        trainable=trainable,
        trainable_from=first,
        training_argument=training,
        statistics_follow=_statistics(call, node.cut),
        is_cut=known(node.cut is not None and node.cut is not networks.application_layers(call)[-1]),
        assigned_to=call.assigned_to,
    )


_OFFICIAL = re.compile(r"(^|[/\\\\])\w+_weights_tf_dim_ordering_tf_kernels(_notop)?(\s*\(\d+\))?\.(weights\.)?h5$")
"""Files of Keras' own ImageNet weights, as people keep them where there is no internet."""


def _weights(call: Result, model: Value, arguments: Arguments) -> Fact[str | None]:
    """``imagenet`` also where Keras' own file of it is loaded; else what the constructor says, or the file loaded since."""
    given: Fact[str | None] = arguments.fact("weights", "imagenet")
    for owner in (call, model):
        loaded = owner.attributes.get("#weights_from") if isinstance(owner, Result | Instance) else None
        path = constant(loaded) if isinstance(loaded, Value) else None
        if isinstance(path, str) and (owner is call or given.is_(None)):
            given = known(path, *given.locations)
        elif isinstance(loaded, Value) and not isinstance(path, str) and given.is_(None):
            given = unknown("weights are loaded from a file whose name is not known", *given.locations)
    is_official = isinstance(given.value, str) and _OFFICIAL.search(given.value) is not None
    return known("imagenet", *given.locations) if is_official else given


def weights_from(network: Value) -> Fact[str | None]:
    """The file whose weights a whole network was given since it was built; a known None if it was given none."""
    given = network.attributes.get("#weights_from") if isinstance(network, Result | Instance) else None
    return fact_of(given, given.place) if isinstance(given, Value) else known(None)


_WEIGHTLESS = {"InputLayer", "MaxPooling2D", "Flatten"}


_FARTHEST = 15
"""Layers without BatchNormalization in a row, at most 14 in the networks of keras.applications that have it (NASNet; counted
with Keras 3.15.1)."""


def _statistics(call: Result, cut: Result | None) -> Fact[bool]:
    """Known only where all layers are alike, or as many in a row train as must hold a BatchNormalization."""
    states = [constant(layer.attributes.get("trainable", Known(True))) for layer in _used(call, cut)]
    if not any(state is not False for state in states):
        return known(False)
    longest = max(len(list(run)) for state, run in groupby(states) if state is not False)
    certain = all(isinstance(state, bool) for state in states)
    return known(True, call.place) if certain and longest >= _FARTHEST else unknown("which layers train is not fully known")


def _used(call: Result, cut: Result | None) -> list[Result]:
    layers = [layer for layer in networks.application_layers(call) if isinstance(layer, Result)]
    return layers[: layers.index(cut) + 1] if cut is not None and cut in layers else layers


def trainability(call: Result, cut: Result | None = None) -> tuple[Fact[str], Fact[str | None]]:
    """(none, some or all of a backbone's layers train; the first that does)."""
    layers = _used(call, cut)
    states: list[bool | None] = []
    differ = False
    for layer in layers:
        if layer.name in _WEIGHTLESS:
            continue
        state = layer.attributes.get("trainable")
        plain = constant(state) if isinstance(state, Value) else True
        if isinstance(state, Value) and varies(state):
            differ = True
        elif not isinstance(plain, bool):
            return unknown("which layers train depends on a condition", call.place), unknown("which layers train is not known")
        else:
            states.append(plain)
    if differ or len(set(states)) > 1:
        names = [
            networks.name_of(layer)
            for layer in layers
            if constant(layer.attributes.get("trainable")) is True and layer.name not in _WEIGHTLESS
        ]
        first = names[0] if names and names[0] and not differ else None
        return known("some", call.place), known(first) if first else unknown("the names of the layers are not known")
    return known("all" if states and states[0] else "none", call.place), known(None)
