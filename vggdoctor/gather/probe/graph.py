"""Cuts a model where its frozen backbone ends, so that the backbone's outputs are computed once and only the head is trained.

The graph is walked here instead of being made into new Keras models, because those would leave nodes on the user's own layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from keras import tree


@dataclass(frozen=True)
class Cut:
    """``features``: the tensors (symbolic) that leave the frozen part; everything before them is fixed."""

    graph: Any
    features: list[Any]

    def front(self, x: Any, training: bool) -> list[Any]:
        """The features (n, ...) of pictures ``x``; with ``training`` augmentation layers draw once."""
        values = {id(self.graph.inputs[0]): self.graph._standardize_inputs(x)[0]}
        self._run(values, training, {id(tensor) for tensor in self.features})
        return [values[id(tensor)] for tensor in self.features]

    def head(self, features: list[Any], training: bool) -> Any:
        """The model's output for given features."""
        values = {id(tensor): value for tensor, value in zip(self.features, features, strict=True)}
        output = self.graph.outputs[0]
        self._run(values, training, {id(output)})
        return values[id(output)]

    def _run(self, values: dict[int, Any], training: bool, wanted: set[int]) -> None:
        for node in ordered(self.graph):
            if wanted <= values.keys():
                return
            outputs = [id(tensor) for tensor in node.outputs]
            if all(key in values for key in outputs) or any(id(tensor) not in values for tensor in node.input_tensors):
                continue
            arguments, keywords = node.arguments.fill_in(values)
            if "training" in getattr(node.operation, "_call_context_args", ()) or getattr(
                node.operation, "_call_has_training_arg", False
            ):
                keywords["training"] = training
            values.update(zip(outputs, tree.flatten(node.operation(*arguments, **keywords)), strict=True))


def graph_of(model: Any) -> Any | None:
    """The functional graph of a model with one input and one output; None where there is none (a subclass, several inputs)."""
    graph = getattr(model, "_functional", None) or model
    if not hasattr(graph, "_nodes_by_depth") or not isinstance(getattr(graph, "inputs", None), list):
        return None
    overridden = type(model).call is not _own_call(model)
    return graph if len(graph.inputs) == len(graph.outputs) == 1 and not overridden else None


def cut_after_frozen(model: Any, backbone_layers: list[Any]) -> Cut | None:
    """Where the frozen part of the backbone, with what stands before it, ends; None if the graph does not allow a cut."""
    graph = graph_of(model)
    if graph is None or not backbone_layers:
        return None
    backbone = {id(layer) for layer in backbone_layers}
    nodes = ordered(graph)
    made_by = {id(tensor): node for node in nodes for tensor in node.outputs}
    upstream = _upstream([node for node in nodes if _belongs(node.operation, backbone)], made_by)
    fixed: set[int] = {id(tensor) for tensor in graph.inputs}
    frozen = []
    for node in nodes:
        trains = bool(getattr(node.operation, "trainable_variables", ()))
        if id(node) in upstream and not trains and all(id(tensor) in fixed for tensor in node.input_tensors):
            frozen.append(node)
            fixed.update(id(tensor) for tensor in node.outputs)
    if not any(_belongs(node.operation, backbone) for node in frozen):
        return None
    inside = {id(node) for node in frozen}
    wanted = {id(t) for node in nodes if id(node) not in inside for t in node.input_tensors} | {id(t) for t in graph.outputs}
    if any(id(tensor) in wanted for tensor in graph.inputs):
        return None
    return Cut(graph, [tensor for node in frozen for tensor in node.outputs if id(tensor) in wanted])


def ordered(graph: Any) -> list[Any]:
    """The graph's calls, each after those that it needs; input layers left out."""
    depths = sorted(graph._nodes_by_depth, reverse=True)
    return [node for depth in depths for node in graph._nodes_by_depth[depth] if node.operation and not node.is_input]


def _own_call(model: Any) -> Any:
    """The ``call`` that Keras gave this kind of model."""
    kinds: list[Any] = [kind for kind in type(model).__mro__ if kind.__module__.startswith("keras.")]
    return kinds[0].call if kinds else None


def _belongs(operation: Any, backbone: set[int]) -> bool:
    if id(operation) in backbone:
        return True
    flatten = getattr(operation, "_flatten_layers", None)
    return flatten is not None and any(id(layer) in backbone for layer in flatten(include_self=False, recursive=True))


def _upstream(nodes: list[Any], made_by: dict[int, Any]) -> set[int]:
    found: set[int] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found.add(id(node))
            waiting += [made_by[id(tensor)] for tensor in node.input_tensors if id(tensor) in made_by]
    return found
