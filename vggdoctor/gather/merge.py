"""Joins what was read with what was observed: one recipe, in which the observed facts win and the places are exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from vggdoctor.evidence import Backbone, CallbackUse, Fact, Layer, Loss, Metric, Optimizer, Recipe, Stage, Step, prefer
from vggdoctor.schema import Location

S = TypeVar("S", bound=Struct)

IDENTITY: dict[type[Struct], str] = {
    Backbone: "application",
    Optimizer: "name",
    Loss: "name",
    Metric: "name",
    CallbackUse: "name",
    Layer: "kind",
    Step: "operation",
}
"""Two structs of these types are the same thing, seen twice, if this field agrees; else the observed replaces the read one."""

ONLY_READ = {"chain", "x_source", "y_source", "class_weight_source"}
"""Fields about the text, which live objects know nothing of: none observed does not mean that there is none."""


def merge(read: Recipe, observed: Recipe) -> Recipe:
    """The union of both recipes' stages; one that both know is matched by the place of its fit call, in order of occurrence."""
    waiting = dict(enumerate(observed.stages))
    position: dict[int, int] = {}
    stages: list[Stage] = []
    for stage in read.stages:
        partner = next((index for index, other in waiting.items() if _same_call(stage.place, other.place)), None)
        if partner is None:
            stages.append(stage)
            continue
        position[partner] = len(stages)
        stages.append(msgspec.structs.replace(_merge(stage, waiting.pop(partner)), follows=stage.follows))
    for index, stage in waiting.items():
        position[index] = len(stages)
        follows = None if stage.follows is None else position.get(stage.follows)
        stages.append(msgspec.structs.replace(stage, follows=follows))
    known_calls = [(item.name.rsplit(".", 1)[-1], item.place) for item in read.evaluations]
    extra = [
        item
        for item in observed.evaluations
        if not any(item.name.endswith(name) and _same_call(place, item.place) for name, place in known_calls)
    ]
    return msgspec.structs.replace(
        read,
        stages=tuple(stages),
        evaluations=(*read.evaluations, *extra),
        scope_note="" if waiting else read.scope_note,
    )


def _same_call(read: Location, observed: Location) -> bool:
    """Frames give a line of the call, not always its first one."""
    return (read.path, read.cell) == (observed.path, observed.cell) and read.line <= observed.line <= read.end_line


def _merge(read: S, observed: S) -> S:
    """Field by field. Where the owner has a ``complete`` (steps, layers), its observed sequences win only if that is true."""
    complete = getattr(observed, "complete", None)
    trusted = complete is None or complete.is_(True)
    fields = {
        name: _field(getattr(read, name), getattr(observed, name), trusted and complete is not None, trusted)
        for name in read.__struct_fields__
        if name not in ONLY_READ
    }
    return msgspec.structs.replace(read, **fields)


def _field(read: Any, observed: Any, whole: bool, trusted: bool) -> Any:
    if isinstance(read, Fact):
        return _fact(read, observed)
    if _is_place(read) or _is_place(observed):
        return read or observed
    if isinstance(read, Struct) and isinstance(observed, Struct):
        return _merge(read, observed) if _same_thing(read, observed) else observed
    if _is_of_structs(read) and _is_of_structs(observed):
        return _sequence(read, observed) if whole or (trusted and observed) else read or observed
    if isinstance(read, dict):
        return {**read, **observed}
    return read if observed in (None, "", ()) else observed


def _fact(read: Fact[Any], observed: Fact[Any]) -> Fact[Any]:
    if not (read.known and observed.known):
        return prefer(read, observed)
    if isinstance(read.value, Struct) and isinstance(observed.value, Struct) and _same_thing(read.value, observed.value):
        value: Any = _merge(read.value, observed.value)
    elif read.value and observed.value and _is_of_structs(read.value) and _is_of_structs(observed.value):
        value = _sequence(read.value, observed.value)
    else:
        return prefer(read, observed)
    return Fact(value, True, "", read.locations or observed.locations, observed.origin, observed.confidence)


def _is_place(value: Any) -> bool:
    return isinstance(value, Location) or (isinstance(value, tuple) and bool(value) and isinstance(value[0], Location))


def _is_of_structs(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, Struct) for item in value)


def _same_thing(read: Struct, observed: Struct) -> bool:
    name = IDENTITY.get(type(read))
    return type(read) is type(observed) and (name is None or getattr(read, name) == getattr(observed, name))


def _sequence(read: Sequence[Any], observed: Sequence[Any]) -> tuple[Any, ...]:
    """The observed items; each takes its exact places from the next read item that is the same thing."""
    rest = list(read)
    merged = []
    for item in observed:
        twin = next((other for other in rest if _same_thing(other, item)), None)
        if twin is not None:
            del rest[: rest.index(twin) + 1]
        merged.append(_merge(twin, item) if twin is not None else item)
    return tuple(merged)
