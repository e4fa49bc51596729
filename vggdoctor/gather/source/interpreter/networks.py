"""Networks as the program builds them: their layers, what add, pop and get_layer do, and what `trainable` reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vggdoctor.backbones import family_of
from vggdoctor.gather.source.interpreter.values import (
    Attribute,
    Instance,
    Item,
    Items,
    Known,
    Many,
    Missing,
    OneOf,
    Operation,
    Placeholder,
    Result,
    Store,
    Unknown,
    Value,
    constant,
    options,
    sequence,
)
from vggdoctor.gather.source.names import LAYER_COUNTS, NOMINAL_LAYERS, vgg_layers, words

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

MERGES = words("concatenate add multiply average maximum subtract dot Concatenate Add Multiply Average Maximum")


@dataclass(eq=False)
class Node:
    """One thing on the way from a network's input to a tensor.

    ``kind``: ``input``, ``layer``, ``model`` (a network used as a layer), ``inline`` (a network whose own tensors are
    continued), ``step`` (an operation on the tensor itself) or ``unknown``. ``cut`` is the layer after which an inline
    network is left.
    """

    kind: str
    value: Value
    call: Result | None = None
    cut: Result | None = None
    reason: str = ""


def is_application(value: Value | None) -> bool:
    return isinstance(value, Result) and value.function.startswith("keras.applications.") and family_of(value.name) is not None


def is_network(value: Value | None) -> bool:
    if not isinstance(value, Result):
        return False
    return value.function in {"keras.Model", "keras.Sequential"} or is_application(value)


def argument(call: Result, position: int, *names: str) -> Value | None:
    for name in names:
        if name in call.keywords:
            return call.keywords[name]
    return call.arguments[position] if len(call.arguments) > position else None


# layers


def layers_of(run: Evaluator, model: Value) -> list[Value] | None:
    """The layers in Keras' order, None where they are not known. A nested network is one layer."""
    if not isinstance(model, Result):
        return None
    if is_application(model):
        return application_layers(model)
    if model.function == "keras.Sequential":
        stack = stacked(run, model)
        return None if stack is None or any(isinstance(o, Missing) for v in stack for o in options(v)) else stack
    if model.function == "keras.Model":
        outputs = argument(model, 1, "outputs", "output")
        return _flat(run, path(run, outputs)) if outputs is not None else None
    return None


def _flat(run: Evaluator, nodes: list[Node]) -> list[Value] | None:
    found: list[Value] = []
    for node in nodes:
        if node.kind == "unknown":
            return None
        if node.kind == "inline":
            inner = layers_of(run, node.value)
            if inner is None:
                return None
            if node.cut is not None and node.cut in inner:
                inner = inner[: inner.index(node.cut) + 1]
            found += [layer for layer in inner if layer not in found]
        elif node.value not in found and node.kind in {"layer", "model", "input"}:
            found.append(node.value)
    return found


def application_layers(model: Result) -> list[Value]:
    """Stand-ins for a backbone's own layers, made once: VGG's have their real names and classes."""
    if "#layers" not in model.attributes:
        top = constant(argument(model, 0, "include_top"), True) is not False
        if model.name in {"VGG16", "VGG19"}:
            described = vgg_layers(model.name, top)
        else:
            described = [("", "BackboneLayer")] * (LAYER_COUNTS.get(model.name, NOMINAL_LAYERS) + (2 if top else 0))
        model.attributes["#layers"] = [
            Result(
                f"keras.layers.{kind}",
                spot=model.spot,
                attributes=Store(
                    {
                        "name": Known(name) if name else Unknown("the name of a layer of the backbone", varies=True),
                        "trainable": Known(True),
                        "#model": model,
                        "#backbone": model,
                    }
                ),
            )
            for name, kind in described
        ]
        for layer in model.attributes["#layers"]:
            layer.attributes.born = model.attributes.born  # they are as old as the network, whenever they are first asked for
    return list(model.attributes["#layers"])


def is_stand_in(layer: Value) -> bool:
    """Whether a value stands for one or more of a backbone's layers whose kind is not known."""
    if isinstance(layer, Many):
        return all(is_stand_in(member) for member in layer.members)
    return isinstance(layer, Result) and layer.name == "BackboneLayer"


def stacked(run: Evaluator, model: Result) -> list[Value] | None:
    """What a Sequential holds: the list it was made with and what add put on it."""
    if "#stack" in model.attributes:
        return list(model.attributes["#stack"])
    given = argument(model, 0, "layers")
    if given is None:
        return []
    if isinstance(given, Known) and (given.value is None or isinstance(given.value, str)):
        return []
    if isinstance(given, Items) and given.more is None:
        return [item for item in given.items if not (isinstance(item, Known) and item.value is None)]
    return None


# attributes and methods


def attribute(run: Evaluator, value: Result, name: str) -> Value | None:
    """What Keras objects have for attributes, None for all others."""
    if name == "layers" and (is_network(value) or value.function in LOADERS):
        layers = layers_of(run, value)
        if layers is None:
            return Unknown("the layers of a network that is not fully read", spot=value.spot)
        for layer in layers:
            if isinstance(layer, Result):
                layer.attributes.setdefault("#model", value)
        return sequence(layers, "list", value.spot)
    if name == "name" and "name" in value.keywords:
        return value.keywords["name"]
    if name == "num_classes" and value.name == "flow_from_directory":
        return Attribute(value, name, spot=value.spot)
    return None


def attribute_of_instance(run: Evaluator, instance: Instance, name: str) -> Value | None:
    return None


LOADERS = frozenset({"keras.models.load_model", "keras.models.model_from_json", "keras.models.clone_model"})


def method(run: Evaluator, call: Result) -> Value | None:
    """Methods that change or look into a network, None for all others."""
    owner = call.receiver
    if not isinstance(owner, Result):
        return None
    if owner.function == "keras.Sequential" and call.function in {".add", ".pop"}:
        stack = stacked(run, owner)
        if stack is None:
            stack = [Unknown("layers that are not known")]
        if call.function == ".add" and call.arguments:
            loops = run.open_loops
            layer = call.arguments[0]
            stack.append(layer)
            if loops and loops[-1] is run.open_loops[-1] and not _made_in(owner, loops[-1].spot):
                stack.append(Unknown("a number of further layers that is not known", spot=call.spot))
        elif call.function == ".pop" and stack:
            stack.pop()
        run.heap.store(owner.attributes, "#stack", tuple(stack))
        return Known(None, spot=call.spot)
    if call.function == ".get_layer" and (is_network(owner)):
        return _layer_named(run, owner, call)
    return None


def _made_in(model: Result, loop: Any) -> bool:
    """Whether the network itself was made inside the loop, so that each round has its own."""
    return bool(model.spot and loop and model.spot.chunk is loop.chunk and _within(model.spot.node, loop.node))


def _within(node: Any, outer: Any) -> bool:
    return bool(outer.lineno <= getattr(node, "lineno", 0) and getattr(node, "end_lineno", 0) <= outer.end_lineno)


def _layer_named(run: Evaluator, owner: Result, call: Result) -> Value | None:
    layers = layers_of(run, owner)
    if layers is None:
        return None
    name = constant(argument(call, 0, "name"))
    index = constant(argument(call, 1, "index"))
    if isinstance(name, int):
        name, index = None, name
    if isinstance(index, int) and -len(layers) <= index < len(layers):
        found: Value | None = layers[index]
    else:
        found = next((layer for layer in layers if name is not None and name_of(layer) == name), None)
    if found is None and is_application(owner) and isinstance(name, str):  # a name that the table does not hold
        middle = layers[len(layers) // 2]
        found = middle
    if isinstance(found, Result):
        found.attributes.setdefault("#model", owner)
    return found


def name_of(layer: Value) -> str | None:
    """A layer's name where it is known, also the automatic name of a backbone."""
    if not isinstance(layer, Result):
        return None
    own = layer.attributes.get("name") or layer.keywords.get("name")
    if isinstance(own, Known) and isinstance(own.value, str):
        return own.value
    return layer.name.lower() if is_application(layer) else None


def set_trainable(run: Evaluator, owner: Value, value: Value) -> None:
    """`trainable` of a network reaches all of its layers."""
    if isinstance(owner, Result) and "#backbone" not in owner.attributes:
        for layer in layers_of(run, owner) or ():
            if isinstance(layer, Result):
                run.heap.store(layer.attributes, "trainable", value)
                if is_network(layer):
                    set_trainable(run, layer, value)


def note_change(run: Evaluator, owner: Result, name: str) -> None:
    """Remember that an attribute of a Keras object was set, for what reads it later."""
    if name == "trainable":
        run.heap.store(owner.attributes, "#trainable_set", True)


# tensors


def path(run: Evaluator, tensor: Value | None, depth: int = 400) -> list[Node]:
    """Everything between the inputs and a tensor, each once, in order of use."""
    found: list[Node] = []
    _walk(run, tensor, found, set(), depth)
    return found


def _walk(run: Evaluator, tensor: Value | None, found: list[Node], seen: set[int], depth: int) -> None:
    if tensor is None or id(tensor) in seen:
        return
    seen.add(id(tensor))
    if depth <= 0:
        found.append(Node("unknown", tensor, reason="a network that is too deep to follow"))
        return
    if isinstance(tensor, Items):
        for item in tensor.items:
            _walk(run, item, found, seen, depth - 1)
        if tensor.more is not None:
            found.append(Node("unknown", tensor, reason="a list of tensors of unknown length"))
    elif isinstance(tensor, OneOf):
        _alternatives(run, tensor, found, seen, depth)
    elif isinstance(tensor, Result):
        _walk_result(run, tensor, found, seen, depth)
    elif isinstance(tensor, Attribute):
        _walk_attribute(run, tensor, found, seen, depth)
    elif isinstance(tensor, Operation):
        for side in (tensor.left, tensor.right):
            if not isinstance(side, Known | Items):
                _walk(run, side, found, seen, depth - 1)
        found.append(Node("step", tensor))
    elif isinstance(tensor, Item):
        if isinstance(tensor.of, Attribute) and tensor.of.name in {"outputs", "inputs", "output", "input"}:
            _walk(run, tensor.of, found, seen, depth - 1)
        else:
            _walk(run, tensor.of, found, seen, depth - 1)
            found.append(Node("step", tensor))
    elif isinstance(tensor, Placeholder | Missing):
        found.append(Node("input", tensor))
    elif isinstance(tensor, Known):
        return
    else:
        reason = tensor.reason if isinstance(tensor, Unknown) else "a tensor that is not followed"
        found.append(Node("unknown", tensor, reason=reason))


def _walk_result(run: Evaluator, tensor: Result, found: list[Node], seen: set[int], depth: int) -> None:
    if tensor.function == ".__call__" and tensor.receiver is not None:
        for given in tensor.arguments or tuple(tensor.keywords.values())[:1]:
            _walk(run, given, found, seen, depth - 1)
        layer = tensor.receiver
        if is_network(layer):
            found.append(Node("model", layer, tensor))
        elif isinstance(layer, Result | Instance):
            found.append(Node("layer", layer, tensor))
        else:
            found.append(Node("unknown", layer, tensor, reason="a layer that is not known"))
    elif tensor.function == "keras.Input":
        found.append(Node("input", tensor))
    elif is_network(tensor):  # used as if it were its output
        found.append(Node("inline", tensor))
    elif tensor.function.startswith("keras.layers.") and tensor.name in MERGES:
        for merged in tensor.arguments[:1]:
            _walk(run, merged, found, seen, depth - 1)
        found.append(Node("layer", tensor))
    else:
        for source in (*tensor.arguments, *tensor.keywords.values(), tensor.receiver):
            if is_tensor(source):
                _walk(run, source, found, seen, depth - 1)
        found.append(Node("step", tensor))


def is_tensor(value: Value | None) -> bool:
    if isinstance(value, Result):
        return value.function in {".__call__", "keras.Input"} or any(is_tensor(v) for v in value.arguments[:1])
    return isinstance(value, Attribute | Placeholder | Operation) and not isinstance(getattr(value, "of", None), Known)


def _walk_attribute(run: Evaluator, tensor: Attribute, found: list[Node], seen: set[int], depth: int) -> None:
    owner = tensor.of
    if isinstance(owner, Result) and tensor.name in {"input", "inputs"}:
        found.append(Node("input", tensor))
    elif isinstance(owner, Result) and tensor.name in {"output", "outputs"}:
        if is_network(owner):
            before = argument(owner, 2, "input_tensor") if is_application(owner) else None
            _walk(run, before, found, seen, depth - 1)
            found.append(Node("inline", owner))
            return
        holder = owner.attributes.get("#model")
        if isinstance(holder, Result) and is_network(holder):
            before = argument(holder, 2, "input_tensor") if is_application(holder) else None
            _walk(run, before, found, seen, depth - 1)
            found.append(Node("inline", holder, cut=owner))
        else:
            found.append(Node("unknown", tensor, reason="the output of a layer that is not known"))
    else:
        found.append(Node("unknown", tensor, reason=f"a tensor's attribute {tensor.name}"))


_OPTIONAL = words(
    "Dropout SpatialDropout2D GaussianDropout AlphaDropout GaussianNoise BatchNormalization LayerNormalization Identity"
)


def is_optional(layer: Value) -> bool:
    """Whether a layer that may be there or not changes neither the shape nor the meaning of what passes through."""
    return isinstance(layer, Result) and layer.function.startswith("keras.layers.") and layer.name in _OPTIONAL


def _without(way: list[Node], common: list[Node]) -> list[Node]:
    return [node for node in way if not any(node.value is other.value for other in common)]


def _alternatives(run: Evaluator, tensor: OneOf, found: list[Node], seen: set[int], depth: int) -> None:
    """Where ways differ, what all share is kept and the rest is one unknown node."""
    ways: list[list[Node]] = []
    for option in tensor.options:
        way: list[Node] = []
        _walk(run, option, way, set(seen), depth // len(tensor.options))  # bounded however often ways part
        ways.append(way)
    common = [node for node in ways[0] if all(any(other.value is node.value for other in way) for way in ways[1:])]
    found += [node for node in common if not any(node.value is other.value for other in found)]
    longest = max(ways, key=len)
    if longest and all(is_optional(node.value) for way in ways for node in _without(way, common)):
        found += _without(longest, common)
    elif any(len(way) != len(common) for way in ways) or not longest:
        found.append(Node("unknown", tensor, reason="layers that depend on an undecided condition"))
