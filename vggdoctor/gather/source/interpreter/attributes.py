"""Reads and sets attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vggdoctor.gather.source.files.units import Spot
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.values import (
    Attribute,
    Bound,
    Class,
    Function,
    Instance,
    Known,
    Many,
    Missing,
    Module,
    OneOf,
    Parent,
    Record,
    Result,
    Symbol,
    Table,
    Unknown,
    Value,
    join,
)
from vggdoctor.gather.source.names import canonical

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator


def usable(value: OneOf) -> list[Value]:
    """The alternatives of which an attribute can be asked: None and missing ones would fail."""
    kept = [
        option
        for option in value.options
        if not isinstance(option, Missing) and not (isinstance(option, Known) and option.value is None)
    ]
    return kept or list(value.options)


def get(run: Evaluator, value: Value, name: str, spot: Spot | None) -> Value:
    """``value.name``."""
    if isinstance(value, Symbol):
        return Symbol(canonical(f"{value.name}.{name}"), spot=spot)
    if isinstance(value, Module):
        return _of_module(run, value, name)
    if isinstance(value, Record):
        known_one = value.attributes.get(name)
        if isinstance(known_one, Value):
            return known_one
        return Unknown(value.rest, spot=spot) if value.rest else Attribute(value, name, spot=spot)
    if isinstance(value, Instance):
        return _of_instance(run, value, name, spot)
    if isinstance(value, Class):
        found = member_of(value, name)
        if isinstance(found, Function):
            return Bound(found, value) if found.kind == "classmethod" else found
        return found if found is not None else Attribute(value, name, spot=spot)
    if isinstance(value, Parent):
        return _of_parent(value, name, spot)
    if isinstance(value, Many):
        parts = [get(run, member, name, spot) for member in value.members]
        return join(parts, varies=True)
    if isinstance(value, Result):
        found = value.attributes.get(name)
        if isinstance(found, Value):
            return found
        own = networks.attribute(run, value, name)
        if own is not None:
            return own
    if isinstance(value, Table) and isinstance(entry := value.entries.get(name), Value):  # settings with attributes
        return entry
    if isinstance(value, Known) and name == "value":  # a member of an enumeration
        return value
    if isinstance(value, Attribute) and isinstance(value.of, Result) and (value.name, name) == ("__class__", "__name__"):
        return Known(value.of.name, spot=spot)
    return Attribute(value, name, spot=spot)


def _of_module(run: Evaluator, module: Module, name: str) -> Value:
    found = module.scope.names.get(name)
    if isinstance(found, Value):
        return found
    inner = run.program.find(f"{module.name}.{name}", run.chunk.path) if module.name else None
    if inner is not None:
        return run.program.load(run, inner)
    return Unknown(f"{module.name or module.path} has no {name} in sight")


def _of_instance(run: Evaluator, instance: Instance, name: str, spot: Spot | None) -> Value:
    found = instance.attributes.get(name)
    if isinstance(found, Value):
        return found
    member = member_of(instance.owner, name)
    if isinstance(member, Function):
        if member.kind == "property":
            return run.call(Bound(member, instance))
        return member if member.kind == "staticmethod" else Bound(member, instance)
    if member is not None:
        return member
    own = networks.attribute_of_instance(run, instance, name)
    return own if own is not None else Attribute(instance, name, spot=spot)


def _of_parent(parent: Parent, name: str, spot: Spot | None) -> Value:
    for base in parent.owner.bases:
        if isinstance(base, Class):
            found = member_of(base, name)
            if isinstance(found, Function):
                return Bound(found, parent.instance)
            if found is not None:
                return found
    return (
        Attribute(parent.instance, name, spot=spot)
        if name not in {"__init__", "build"}
        else Unknown("a method of an outside class")
    )


def member_of(owner: Class, name: str, depth: int = 8) -> Value | None:
    """A class attribute or method, also of the project's base classes."""
    found = owner.scope.names.get(name)
    if isinstance(found, Value):
        return found
    for base in owner.bases:
        if isinstance(base, Class) and depth and (inherited := member_of(base, name, depth - 1)) is not None:
            return inherited
    return None


def method_of(instance: Instance, name: str) -> Value | None:
    """A method bound to its instance, None if the project defines none."""
    found = member_of(instance.owner, name)
    return Bound(found, instance) if isinstance(found, Function) else None


def outside_bases(owner: Class, depth: int = 8) -> set[str]:
    """Canonical names of the classes outside the project that ``owner`` derives from."""
    names = set()
    for base in owner.bases:
        if isinstance(base, Symbol):
            names.add(base.name)
        elif isinstance(base, Class) and depth:
            names |= outside_bases(base, depth - 1)
    return names


def put(run: Evaluator, owner: Value, name: str, value: Value) -> None:
    """``owner.name = value``."""
    if isinstance(owner, OneOf):
        for option in usable(owner):
            put(run, option, name, value)
    elif isinstance(owner, Many):
        for member in owner.members:
            put(run, member, name, value)
    elif isinstance(owner, Instance):
        run.heap.store(owner.attributes, name, value)
        if name == "trainable":
            networks.set_trainable(run, owner, value)
    elif isinstance(owner, Result):
        networks.note_change(run, owner, name)
        run.heap.store(owner.attributes, name, value)
        if name == "trainable":
            networks.set_trainable(run, owner, value)
    elif isinstance(owner, Record):
        run.heap.store(owner.attributes, name, value)
    elif isinstance(owner, Class | Module):
        run.heap.store(owner.scope.names, name, value)
    elif isinstance(owner, Attribute) and isinstance(owner.of, Result):
        run.heap.store(owner.of.attributes, f"#{owner.name}.{name}", value)
