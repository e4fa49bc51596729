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
        orders: dict[str, Fact[str]] = dict.fromkeys(units, known("mixed"))
    else:
        loops = {path: next(_class_loops(unit), None) for path, unit in units.items()}
        orders = {path: known("by-class", place) for path, place in loops.items() if place}
    return tuple(_ordered(stage, orders.get(_filled_in(stage, units))) for stage in waiting)


def _filled_in(stage: Stage, units: dict[str, Unit]) -> str:
    """The file whose loops fill the lists; empty where that is not known."""
    if not stage.train.kind.is_(*_KINDS):
        return ""
    loop = stage.train.picture_loop
    return next(iter(units)) if len(units) == 1 else loop.path if loop else ""


def _ordered(stage: Stage, order: Fact[str] | None) -> Stage:
    if order is None:
        return stage
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
    """Where lists are filled class by class: by loops over the pictures of a class within one over the classes, by one loop a
    class, or by labels that are written down one class after another (``concatenate([ones(..), zeros(..)])``)."""
    for chunk, body in unit.chunks:
        numbered: dict[str, set[object]] = {}
        for node in (inner for statement in body for inner in ast.walk(statement)):
            if isinstance(node, ast.For):
                outer = _of_class(node)
                if _grows_by_class(node, outer):
                    yield chunk.location(node)
                for inner in (each for each in ast.walk(node) if isinstance(each, ast.For) and each is not node):
                    if _appends(inner, outer) and not _names(inner.target) & outer:
                        yield chunk.location(inner)
                for name, label in _numbers(node):
                    numbered.setdefault(name, set()).add(label)
                    if len(numbered[name]) > 1:
                        yield chunk.location(node)
            elif isinstance(node, ast.Call) and _stacks_constants(node):
                yield chunk.location(node)


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _of_class(loop: ast.For) -> set[str]:
    """The loop's variables, and what its body makes of them before it goes through the pictures."""
    found = _names(loop.target)
    for statement in loop.body:
        if isinstance(statement, ast.Assign) and _names(statement.value) & found:
            found |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return found


def _added(node: ast.AST, method: str) -> tuple[str, ast.expr] | None:
    """(the list, what is added) of ``list.append(x)`` or ``list.extend(x)``, and of ``list += x``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method and node.args:
        return ast.unparse(node.func.value), node.args[0]
    if method == "extend" and isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        return ast.unparse(node.target), node.value
    return None


def _appends(loop: ast.For, outer: set[str]) -> bool:
    """Whether a round appends a label of the outer loop, and something else: to another list, or in one row with the label."""
    labels: set[str] = set()
    others: set[str] = set()
    for node in ast.walk(loop):
        if (added := _added(node, "append")) is None:
            continue
        into, what = added
        parts = what.elts if isinstance(what, ast.List | ast.Tuple) else [what]
        is_label = [isinstance(part, ast.Name) and part.id in outer for part in parts]
        if any(is_label):
            labels.add(into)
        if not all(is_label):
            others.add(into if len(parts) == 1 else f"{into} beside the label")
    return bool(labels and others - labels)


def _grows_by_class(loop: ast.For, outer: set[str]) -> bool:
    """``paths += files; labels += [number] * len(files)``"""
    labels: set[str] = set()
    others: set[str] = set()
    for added in (found for statement in loop.body for node in ast.walk(statement) if (found := _added(node, "extend"))):
        into, what = added
        is_label = isinstance(what, ast.BinOp) and isinstance(what.op, ast.Mult) and isinstance(what.left, ast.List)
        (labels if is_label and _names(what) & outer else others).add(into)
    return bool(labels and others - labels)


def _numbers(loop: ast.For) -> Iterator[tuple[str, object]]:
    """(list, label) where a loop appends one and the same number to a list, and something else to another."""
    labels: dict[str, set[object]] = {}
    others: set[str] = set()
    for into, what in (found for node in ast.walk(loop) if (found := _added(node, "append"))):
        if isinstance(what, ast.Constant) and isinstance(what.value, int):
            labels.setdefault(into, set()).add(what.value)
        else:
            others.add(into)
    if others - labels.keys():
        yield from ((into, next(iter(found))) for into, found in labels.items() if len(found) == 1 and into not in others)


def _stacks_constants(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in {"concatenate", "hstack", "append"} or not call.args:
        return False
    parts = call.args[0].elts if isinstance(call.args[0], ast.List | ast.Tuple) else call.args[:2]
    made = [part.func.attr for part in parts if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)]
    return len(made) == len(parts) >= 2 and set(made) == {"ones", "zeros"}
