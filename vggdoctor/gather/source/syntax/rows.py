"""The order in which lists of pictures and labels are filled."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from msgspec import structs

from vggdoctor.evidence import Fact, SourceKind, Stage, known
from vggdoctor.gather.source.files.units import Unit
from vggdoctor.gather.source.names import words
from vggdoctor.schema import Location

_MIXING = words(
    """shuffle permutation permuted train_test_split sample choice StratifiedKFold KFold StratifiedShuffleSplit ShuffleSplit
    sorted_by random_split shuffled"""
)
_KINDS = (SourceKind.ARRAYS, SourceKind.TF_DATA)


def with_orders(stages: Iterable[Stage], units: dict[str, Unit]) -> tuple[Stage, ...]:
    """The stages with ``order`` of their training pictures: a loop over the classes around one over the pictures fills them."""
    waiting = list(stages)
    if not any(stage.train.kind.is_(*_KINDS) for stage in waiting):
        return tuple(waiting)
    if any(_mixes(statement) for unit in units.values() for statement in unit.statements):
        order: Fact[str] = known("mixed")
    elif len(units) == 1 and (place := next(_class_loops(next(iter(units.values()))), None)):
        order = known("by-class", place)
    else:
        return tuple(waiting)
    return tuple(_ordered(stage, order) if stage.train.kind.is_(*_KINDS) else stage for stage in waiting)


def _ordered(stage: Stage, order: Fact[str]) -> Stage:
    validation = stage.validation.value
    if validation is not None and validation.subset.is_("validation"):
        held_back = structs.replace(stage.validation, value=structs.replace(validation, order=order))
        stage = structs.replace(stage, validation=held_back)
    return structs.replace(stage, train=structs.replace(stage.train, order=order))


def _mixes(statement: ast.stmt) -> bool:
    """Whether anything in a statement may bring rows into another order; ``shuffle=False`` and the like does not."""
    for node in ast.walk(statement):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in _MIXING or "shuffle" in name.lower():
            return True
    return False


def _class_loops(unit: Unit) -> Iterator[Location]:
    """Loops over the pictures of a class, within one over the classes, that append a label which is the same for all of them;
    and labels that are written down one class after another (``concatenate([ones(..), zeros(..)])``)."""
    for chunk, body in unit.chunks:
        for node in (inner for statement in body for inner in ast.walk(statement)):
            if isinstance(node, ast.For):
                for inner in (each for each in ast.walk(node) if isinstance(each, ast.For) and each is not node):
                    if _appends(inner, _names(node.target)) and not _names(inner.target) & _names(node.target):
                        yield chunk.location(inner)
            elif isinstance(node, ast.Call) and _stacks_constants(node):
                yield chunk.location(node)


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _appends(loop: ast.For, outer: set[str]) -> bool:
    """Whether a round appends a label of the outer loop, and something else to another list."""
    labels: set[str] = set()
    others: set[str] = set()
    for node in ast.walk(loop):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append" and node.args:
            into = ast.unparse(node.func.value)
            is_label = isinstance(node.args[0], ast.Name) and node.args[0].id in outer
            (labels if is_label else others).add(into)
    return bool(labels and others - labels)


def _stacks_constants(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in {"concatenate", "hstack", "append"} or not call.args:
        return False
    parts = call.args[0].elts if isinstance(call.args[0], ast.List | ast.Tuple) else call.args[:2]
    made = [part.func.attr for part in parts if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)]
    return len(made) == len(parts) >= 2 and set(made) == {"ones", "zeros"}
