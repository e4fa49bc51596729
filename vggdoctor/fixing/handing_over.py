"""Giving a call what the program has made for it and never passed. Loads LibCST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.tree import Tree
from vggdoctor.schema import AppendItem, Change, HandOver, SetArgument


@dataclass(frozen=True)
class _Held:
    """A name that holds what was made: the thing itself, or ``many`` of its kind."""

    name: str
    assigned: cst.Assign
    many: bool


def changes(tree: Tree, change: HandOver) -> tuple[Change, ...]:
    """The single changes that make it up.

    Raises RepairError where no name holds what is to be given, or none that is surely set when the call is reached.
    """
    call = tree.call(change.call, change.argument)
    if change.argument == "class_weight":
        return (SetArgument(change.call, "class_weight", _class_weight(tree, change, call)),)
    if change.argument == "validation_data":
        one = _held(tree, tree.expression(change.values[0])[0])
        _must_be_known(tree, one, call)
        return (SetArgument(change.call, "validation_data", one.name),)
    held: dict[str, _Held] = {}
    for place in change.values:
        one = _held(tree, tree.expression(place)[0])
        held[one.name] = one
        _must_be_known(tree, one, call)
    items = [f"*{one.name}" if one.many else one.name for one in held.values()]
    given = next((arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == change.argument), None)
    if given is None:
        alone = next(iter(held.values())) if len(held) == 1 else None
        source = alone.name if alone is not None and alone.many else f"[{', '.join(items)}]"
        return (SetArgument(change.call, change.argument, source),)
    if isinstance(given, cst.List):
        return tuple(AppendItem(tree.place(given), item) for item in items)
    if isinstance(given, cst.Name):
        return (SetArgument(change.call, change.argument, f"[*{given.value}, {', '.join(items)}]"),)
    raise RepairError(f"{tree.text(given)} is given as {change.argument} already")


def _class_weight(tree: Tree, change: HandOver, call: cst.Call) -> str:
    """The dictionary that was made of the weights, else one of their array."""
    held = _held(tree, tree.expression(change.values[0])[0])
    made = held
    if not _is_dictionary(held.assigned.value):
        later = (node for node in tree.of(cst.Assign) if _is_dictionary(node.value) and _uses(tree, node.value, held.name))
        found = [node for node in later if isinstance(node.targets[0].target, cst.Name) and len(node.targets) == 1]
        if len(found) > 1:
            raise RepairError(f"several dictionaries are made of {held.name}")
        if found:
            made = _Held(tree.text(found[0].targets[0].target), found[0], False)
    _must_be_known(tree, made, call)
    return made.name if _is_dictionary(made.assigned.value) else f"dict(enumerate({made.name}))"


def _held(tree: Tree, node: cst.BaseExpression) -> _Held:
    """The name that a value is held by, alone or in a list, also one that a function returns."""
    many = False
    here: cst.CSTNode | None = node
    while here is not None and not isinstance(here, cst.BaseSmallStatement):
        many = many or isinstance(here, cst.List | cst.Tuple)
        if isinstance(here, cst.Call) and isinstance(here.func, cst.Attribute) and here.func.attr.value == "append":
            return _Held(tree.text(here.func.value), _assignment(tree, tree.text(here.func.value)), True)
        here = tree.parent(here)
    if isinstance(here, cst.Assign) and len(here.targets) == 1 and isinstance(here.targets[0].target, cst.Name):
        return _Held(here.targets[0].target.value, here, many)
    if isinstance(here, cst.Return):
        function = next((outer for outer in _outer(tree, here) if isinstance(outer, cst.FunctionDef)), None)
        calls = [] if function is None else [node for node in tree.of(cst.Assign) if _calls(node.value, function.name.value)]
        if len(calls) == 1 and len(calls[0].targets) == 1 and isinstance(calls[0].targets[0].target, cst.Name):
            return _Held(calls[0].targets[0].target.value, calls[0], many)
    raise RepairError(f"no name holds {tree.text(node)}")


def _assignment(tree: Tree, name: str) -> cst.Assign:
    found = [node for node in tree.of(cst.Assign) if [tree.text(target.target) for target in node.targets] == [name]]
    if len(found) != 1:
        raise RepairError(f"{name} is set {len(found)} times")
    return found[0]


def _calls(value: cst.BaseExpression, function: str) -> bool:
    return isinstance(value, cst.Call) and isinstance(value.func, cst.Name) and value.func.value == function


def _is_dictionary(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.DictComp | cst.Dict) or _calls(value, "dict")


def _uses(tree: Tree, value: cst.BaseExpression, name: str) -> bool:
    start, end = tree.span(value)
    return any(node.value == name and start <= tree.span(node)[0] < end for node in tree.of(cst.Name))


def _must_be_known(tree: Tree, held: _Held, call: cst.Call) -> None:
    """Raises RepairError unless the name is set, before the call is reached, to what is held or to what is made of it."""
    bindings = [getattr(binding, "node", None) for binding in tree.scope(call)[held.name]]
    set_at = [_setting(tree, node) for node in bindings]
    if held.assigned not in set_at:
        raise RepairError(f"{held.name} is not known at {tree.place(call)}")
    for assign in set_at:
        if assign is None or (assign is not held.assigned and not _uses(tree, assign.value, held.name)):
            raise RepairError(f"{held.name} is set several times")
        block = tree.parent(tree.parent(assign) or assign)
        is_before = tree.scope(call) is not tree.scope(assign) or tree.span(assign)[0] < tree.span(call)[0]
        if not is_before or block not in (tree.module, *_outer(tree, call)):
            raise RepairError(f"{held.name} is not surely set at {tree.place(call)}")


def _setting(tree: Tree, node: cst.CSTNode | None) -> cst.Assign | None:
    """The plain assignment that binds a name."""
    target = tree.parent(node) if node is not None else None
    assign = tree.parent(target) if isinstance(target, cst.AssignTarget) else None
    return assign if isinstance(assign, cst.Assign) else None


def _outer(tree: Tree, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    here = tree.parent(node)
    while here is not None:
        yield here
        here = tree.parent(here)
