"""Reads the network that is trained: backbone, freezing, layers, output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from vggdoctor.evidence import Fact, Model, Output, Pipeline, Role, known, unknown
from vggdoctor.gather.source.facts import Arguments, reason_of, whole
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.attributes import method_of, outside_bases
from vggdoctor.gather.source.interpreter.networks import Node
from vggdoctor.gather.source.interpreter.values import (
    Bound,
    Instance,
    Items,
    Missing,
    OneOf,
    Placeholder,
    Result,
    Unknown,
    Value,
)
from vggdoctor.gather.source.models import shapes
from vggdoctor.gather.source.models.backbone import backbone_fact, input_shape_of, weights_from
from vggdoctor.gather.source.models.layers import ACTIVATION_LAYERS, WIDE, activation_of, dtype_of, read_layer
from vggdoctor.gather.source.names import words
from vggdoctor.gather.source.pipelines import effect
from vggdoctor.gather.source.pipelines.assembly import then
from vggdoctor.gather.source.pipelines.layers import layer_steps

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator
    from vggdoctor.gather.source.pipelines.tracer import Tracer

_UNCHANGING = words(
    """Dropout Flatten Reshape Identity GaussianDropout SpatialDropout2D ActivityRegularization GlobalAveragePooling2D
    GlobalMaxPooling2D"""
)


def read_model(run: Evaluator, value: Value, tracer: Tracer) -> Model:
    """What is known of a network at this moment of the program."""
    if isinstance(value, OneOf):
        return Model(place=value.place, backbone=unknown("one of several networks"), complete=unknown("one of several networks"))
    nodes, reason = nodes_of(run, value)
    assigned_to = value.assigned_to if isinstance(value, Result | Instance) else ""
    if nodes is None:
        return Model(place=value.place, assigned_to=assigned_to, backbone=unknown(reason), complete=unknown(reason))
    return _read_nodes(run, value, _flattened(run, nodes), tracer, assigned_to)


def nodes_of(run: Evaluator, value: Value) -> tuple[list[Node] | None, str]:
    """The nodes of a network from input to output; None with the reason where they are not known."""
    if isinstance(value, Instance):
        return _subclassed(run, value)
    if not isinstance(value, Result):
        return None, reason_of(value)
    if networks.is_application(value):
        return [Node("inline", value)], ""
    if value.function == "keras.Sequential":
        stack = networks.stacked(run, value)
        if stack is None:
            return None, "the list of layers is not known"
        return [_stack_node(layer) for layer in stack], ""
    if value.function == "keras.Model":
        outputs = networks.argument(value, 1, "outputs", "output")
        return (networks.path(run, outputs), "") if outputs is not None else (None, "the outputs are not known")
    if value.function in {"keras.models.clone_model", "keras.utils.multi_gpu_model"} and value.arguments:
        return nodes_of(run, value.arguments[0])
    return None, f"the network comes from {value.function.lstrip('.')}"


def _stack_node(layer: Value) -> Node:
    if isinstance(layer, OneOf):
        present = [option for option in layer.options if not isinstance(option, Missing)]
        if len(present) == 1 and networks.is_optional(present[0]):
            return Node("layer", present[0])
        if len(present) == 1 and len(layer.options) > 1 and not networks.is_network(present[0]):
            return Node("unknown", layer, reason="a layer that depends on an undecided condition")
    if networks.is_network(layer):
        return Node("model", layer)
    if isinstance(layer, Result) and layer.function in {"keras.layers.InputLayer", "keras.Input"}:
        return Node("input", layer)
    if isinstance(layer, Result | Instance):
        return Node("layer", layer)
    return Node("unknown", layer, reason=reason_of(layer))


def _subclassed(run: Evaluator, value: Instance) -> tuple[list[Node] | None, str]:
    """A class of the user's own that derives from keras.Model: follow its ``call``."""
    bases = outside_bases(value.owner)
    method = method_of(value, "call")
    if not bases & {"keras.Model", "keras.Sequential"} or not isinstance(method, Bound):
        return None, f"a network of the class {value.owner.name}"
    returned = run.call(method, (Placeholder("input", "the input of the network"),))
    return networks.path(run, returned), ""


def _flattened(run: Evaluator, nodes: list[Node], depth: int = 6) -> list[Node]:
    """Networks that are used as layers are opened, backbones stay whole."""
    found: list[Node] = []
    for node in nodes:
        if node.kind in {"model", "inline"} and networks.is_application(node.value):
            found.append(node)
        elif node.kind in {"model", "inline"} and depth:
            inner, reason = nodes_of(run, node.value)
            if inner is None:
                found.append(Node("unknown", node.value, reason=reason))
            else:
                opened = _flattened(run, inner, depth - 1)
                found += _until(opened, node.cut) if node.kind == "inline" else [n for n in opened if n.kind != "input"]
        elif (
            node.kind == "layer"
            and isinstance(node.value, Instance)
            and depth
            and outside_bases(node.value.owner) & {"keras.Model", "keras.Sequential"}
        ):
            inner, reason = _subclassed(run, node.value)
            found += _flattened(run, inner, depth - 1) if inner else [Node("unknown", node.value, reason=reason)]
        elif (
            node.kind == "layer" and isinstance(node.value, Result) and isinstance(node.value.attributes.get("#backbone"), Result)
        ):
            owner = node.value.attributes["#backbone"]
            last = found[-1] if found else None
            if last is not None and last.value is owner:
                last.cut = node.value
            elif not any(other.value is owner for other in found):
                found.append(Node("inline", owner, node.call, cut=node.value))
        else:
            found.append(node)
    return found


def _until(nodes: list[Node], cut: Result | None) -> list[Node]:
    if cut is None:
        return nodes
    for index, node in enumerate(nodes):
        if node.value is cut:
            return nodes[: index + 1]
    return nodes


def _read_nodes(run: Evaluator, value: Value, nodes: list[Node], tracer: Tracer, assigned_to: str) -> Model:
    at = next((index for index, node in enumerate(nodes) if networks.is_application(node.value)), None)
    backbones = {id(node.value) for node in nodes if networks.is_application(node.value)}
    before = nodes[:at] if at is not None else nodes
    lost = next((node for node in nodes if node.kind == "unknown"), None)
    problem = lost.reason if lost else ""
    way = Pipeline(start_range=known((0.0, 255.0)), array_dtype=known("float32"))
    preprocessing: set[int] = set()
    for node in before:
        after, reason = _through(run, node, way, tracer)
        problem = problem or reason
        if after is not None:
            way = after
            preprocessing.add(id(node))
        elif at is None and not _is_harmless(node):
            break
    in_line = shapes.is_in_line([node for node in nodes if id(node) not in preprocessing or node.kind == "input"])
    in_line = in_line and not any(node.kind == "layer" and id(node) not in preprocessing for node in nodes[: at or 0])
    inputs = shapes.inputs_of(nodes) if in_line else [unknown("the layers are not in line")] * len(nodes)
    layers = [
        read_layer(node, each)
        for node, each in zip(nodes, inputs, strict=True)
        if node.kind == "layer" and id(node) not in preprocessing
    ]
    return Model(
        place=value.place,
        assigned_to=assigned_to,
        backbone=backbone_fact(value, nodes, at, backbones, lost),
        input_shape=input_shape_of(value, nodes, at),
        input_steps=tuple(structs.replace(step, inside_model=True) for step in way.steps),
        layers=tuple(layers),
        complete=unknown(problem) if problem else known(True),
        in_line=unknown(problem) if problem else known(in_line and _outputs(value).get(1) == 1),
        weights_from=weights_from(value),
        output=_output(nodes),
        outputs=_outputs(value),
    )


def _is_harmless(node: Node) -> bool:
    return isinstance(node.value, Result) and node.value.name in _UNCHANGING


# input side


def _through(run: Evaluator, node: Node, before: Pipeline, tracer: Tracer) -> tuple[Pipeline | None, str]:
    """(``before`` with what a node does to the pictures, None if it is an ordinary layer; reason where it is not understood)."""
    if node.kind == "input":
        return before, ""
    if node.kind == "unknown":
        return structs.replace(before, steps=(*before.steps, effect.not_understood(node.value, node.reason))), node.reason
    if node.kind == "layer" and isinstance(node.value, Result):
        found = layer_steps(run, node.value, tracer)
        if found is None:
            return None, ""
        call = node.call.place if node.call is not None else None
        return then(before, *(structs.replace(step, applied=call) for step in found)), ""
    if node.kind == "layer" and isinstance(node.value, Instance):
        method = method_of(node.value, "call")
        after = tracer.follow(method, before) if isinstance(method, Bound) else before
        is_read = isinstance(method, Bound) and not any(step.role is Role.UNKNOWN for step in after.steps)
        return (after, "") if is_read else (None, f"a layer of the class {node.value.owner.name}")
    if node.kind == "step":
        applied = tracer.over(node.value, before)
        if applied is not None:
            return applied, ""
        lost = effect.not_understood(node.value, "an operation on the tensor that is not known")
        return structs.replace(before, steps=(*before.steps, lost)), lost.reason
    return None, "" if node.kind != "layer" else "a layer that is not known"


# layers and output


def _output(nodes: list[Node]) -> Output:
    """The end of the network, as far as it is known."""
    last = nodes[-1].value if nodes else None
    lasting = isinstance(last, Result) and nodes[-1].kind not in {"unknown", "step"} and not networks.is_application(last)
    dtype = dtype_of(last) if lasting and isinstance(last, Result) else unknown("the last layer is not known")
    return structs.replace(_end(nodes), dtype=dtype)


def _end(nodes: list[Node]) -> Output:
    """The last layer that has a width, with the activation that really ends the network."""
    activation: Fact[str] | None = None
    for node in reversed(nodes):
        value = node.value
        if node.kind in {"unknown", "step"} or not isinstance(value, Result):
            reason = node.reason or "an operation after the last layer"
            return Output(units=unknown(reason), activation=unknown(reason), place=value.place)
        if networks.is_application(value):
            return _application_output(value, node, activation)
        if value.name in WIDE:
            arguments = Arguments(value)
            own = activation_of(value)
            if activation is not None and (own.is_("linear") or not own.known):
                own = activation if own.known else own
            elif activation is not None and not activation.is_("linear"):
                own = activation
            return Output(units=arguments.fact(WIDE[value.name], ..., whole), activation=own, place=value.place)
        if value.name == "Activation" or value.name in ACTIVATION_LAYERS:
            activation = activation or activation_of(value)
        elif value.name not in _UNCHANGING:
            return Output(
                units=unknown(f"the network ends in {value.name}"),
                activation=unknown(f"the network ends in {value.name}"),
                place=value.place,
            )
    return Output(units=unknown("no layer is known"), activation=unknown("no layer is known"))


def _application_output(value: Result, node: Node, activation: Fact[str] | None) -> Output:
    arguments = Arguments(value, "application")
    top = arguments.constant("include_top", True)
    last = networks.application_layers(value)[-1]
    if top is True and (node.cut is None or node.cut is last):
        own = (
            arguments.fact("classifier_activation", "softmax")
            if "classifier_activation" in arguments
            else known("softmax", value.place)
        )
        return Output(units=arguments.fact("classes", 1000, whole), activation=activation or own, place=value.place)
    return Output(
        units=unknown("the network ends in the backbone"),
        activation=unknown("the network ends in the backbone"),
        place=value.place,
    )


def _outputs(value: Value) -> Fact[int]:
    if isinstance(value, Result) and value.function == "keras.Model":
        outputs = networks.argument(value, 1, "outputs", "output")
        if isinstance(outputs, Items) and outputs.more is None:
            return known(len(outputs.items), value.place)
        return known(1, value.place) if outputs is not None and not isinstance(outputs, Unknown | OneOf) else unknown("not known")
    return known(1) if networks.is_network(value) else unknown("not known")
