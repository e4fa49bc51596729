"""Which layers fit really trains: those that were trainable at the first fit after the last compile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from vggdoctor.evidence import Backbone, Fact, Model, known, unknown
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.values import Instance, Known, Result, Value, constant, varies

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

States = dict[int, tuple[Result, Value | None]]
"""Each layer with its ``trainable``, None where that was never set."""


def as_trained(run: Evaluator, network: Value, model: Model) -> Model:
    """The model at a fit, with what was trainable when the program last began to train it, and whether that changed since.

    Keras 3.15.1 makes the training step at the first fit after a compile and keeps it; it warns of later changes, once.
    """
    if not isinstance(network, Result | Instance):
        return model
    states = _states(run, network)
    before = network.attributes.get("#trained")
    if constant(network.attributes.get("#fitted")) is True and isinstance(before, _Trained):
        return before.put_into(model, _changed(before.states, states))
    run.heap.store(network.attributes, "#trained", _Trained(model, states))
    run.heap.store(network.attributes, "#fitted", Known(True))
    return structs.replace(model, trainable_changed=known(False))


class _Trained:
    """What a network was like when a fit began."""

    def __init__(self, model: Model, states: States | None) -> None:
        self.model = model
        self.states = states

    def put_into(self, model: Model, changed: Fact[bool]) -> Model:
        earlier: Backbone | None = self.model.backbone.value
        backbone = model.backbone
        if earlier is not None and backbone.value is not None:
            frozen = structs.replace(
                backbone.value,
                trainable=earlier.trainable,
                trainable_from=earlier.trainable_from,
                statistics_follow=earlier.statistics_follow,
            )
            backbone = structs.replace(backbone, value=frozen)
        layers = model.layers
        if len(layers) == len(self.model.layers):
            pairs = zip(layers, self.model.layers, strict=True)
            layers = tuple(structs.replace(layer, trainable=old.trainable) for layer, old in pairs)
        return structs.replace(model, backbone=backbone, layers=layers, trainable_changed=changed)


def _states(run: Evaluator, network: Value, depth: int = 6) -> States | None:
    """The layers of a network, nested ones opened; None where they are not known."""
    layers = networks.layers_of(run, network)
    if layers is None or not depth:
        return None
    found: States = {}
    for layer in layers:
        if networks.is_network(layer):
            inner = _states(run, layer, depth - 1)
            if inner is None:
                return None
            found |= inner
        elif isinstance(layer, Result):
            state = layer.attributes.get("trainable")
            found[id(layer)] = (layer, state if isinstance(state, Value) else None)
    return found


def _changed(before: States | None, after: States | None) -> Fact[bool]:
    if before is None or after is None or before.keys() != after.keys():
        return unknown("the layers of the network are not fully known")
    places, open_ones = [], 0
    for key, (_, state) in after.items():
        old, new = (constant(value, None) if value is not None else True for value in (before[key][1], state))
        if state is before[key][1] or (isinstance(old, bool) and old == new):
            continue
        if isinstance(old, bool) and (isinstance(new, bool) or varies(state)):  # of layers that differ, some are changed
            places.append(state.place if state is not None else None)
        else:
            open_ones += 1
    if places:
        return known(True, *dict.fromkeys(places))
    return unknown("which layers train depends on a condition") if open_ones else known(False)
