"""Freezing a part of a network instead of all of it. Loads LibCST."""

from __future__ import annotations

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.tree import Tree
from vggdoctor.schema import Change, FreezeLess, RemoveStatement, ReplaceExpression


def changes(tree: Tree, change: FreezeLess) -> tuple[Change, ...]:
    """The single changes that make it up.

    Raises RepairError where the statement is no plain freezing of a network, or of the layers that a loop goes through.
    """
    statement = tree.statement(change.at)
    target = _frozen_by(statement)
    if target is None:
        raise RepairError(f"{change.at} does not set trainable of one thing")
    loop = _loop_over(tree, statement, target)
    what = loop.iter if loop is not None else target.value
    if change.part and _is_frozen_elsewhere(tree, change.part, statement):
        return (RemoveStatement(tree.place(loop if loop is not None and len(loop.body.body) == 1 else statement)),)
    if loop is None:
        if not change.part:
            raise RepairError("the part to freeze has no name")
        return (ReplaceExpression(tree.place(what), change.part),)
    if not isinstance(what, cst.Attribute) or what.attr.value != "layers":
        raise RepairError(f"the loop goes through {tree.text(what)!r}, not through the layers of a network")
    if change.part:
        return (ReplaceExpression(tree.place(what.value), change.part),)
    return (ReplaceExpression(tree.place(what), f"{tree.text(what)}[:-{change.kept}]"),)


def _frozen_by(statement: cst.CSTNode) -> cst.Attribute | None:
    """``x.trainable`` of ``x.trainable = False``."""
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0].target
    is_set = isinstance(target, cst.Attribute) and target.attr.value == "trainable"
    is_false = isinstance(statement.value, cst.Name) and statement.value.value == "False"
    return target if is_set and is_false and isinstance(target, cst.Attribute) else None


def _loop_over(tree: Tree, statement: cst.CSTNode, target: cst.Attribute) -> cst.For | None:
    """The loop whose variable is frozen."""
    here = tree.parent(statement)
    while here is not None:
        if isinstance(here, cst.For) and tree.text(here.target) == tree.text(target.value):
            return here
        here = tree.parent(here)
    return None


def _is_frozen_elsewhere(tree: Tree, part: str, but: cst.CSTNode) -> bool:
    """Whether another statement of the same scope freezes the part by itself."""
    scope = tree.scope(but)
    others = (node for node in tree.of(cst.Assign) if node is not but and tree.scope(node) is scope)
    return any((target := _frozen_by(other)) is not None and tree.text(target.value) == part for other in others)
