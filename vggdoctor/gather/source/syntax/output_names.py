"""Lists of class names that a program writes by hand, and looks up by what a network answers."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.evidence.recipe import OutputNames
from vggdoctor.gather.source.files.units import Spot, Unit
from vggdoctor.gather.source.names import words
from vggdoctor.schema import Location

_CHOOSING = words("argmax argsort predict_classes top_k")
"""Calls that give numbers of outputs."""
_SCORING = words("predict predict_on_batch predict_generator predict_proba")
_NAMING = words("target_names display_labels")
"""Arguments of scikit-learn that take names in the order of the class numbers."""
_WRAPPING = words("array asarray list tuple")
_CHANGING = words("append extend insert remove pop reverse sort clear update setdefault popitem")


class _Written(Struct, frozen=True):
    """A literal: ``names`` in the order of their numbers."""

    name: str
    names: tuple[str, ...]
    spot: Spot
    by_number: bool


def output_names(units: dict[str, Unit]) -> tuple[OutputNames, ...]:
    """Each literal that is assigned once, to one name, and used for the outputs of a network in its file or in one that imports
    the name."""
    telling = [unit for unit in units.values() if _may_choose(unit)]
    if not telling:
        return ()
    written = {path: _written(unit) for path, unit in units.items()}
    found: dict[Location, OutputNames] = {}
    for unit in telling:
        known = _imported(unit, written) | written[unit.path]
        for name, spot in _uses(unit, set(known)) if known else ():
            literal = known[name]
            found.setdefault(
                literal.spot.location,
                OutputNames(
                    name=name,
                    names=literal.names,
                    place=literal.spot.location,
                    used=spot.location,
                    by_number=literal.by_number,
                ),
            )
    return tuple(found.values())


def _may_choose(unit: Unit) -> bool:
    """By the text alone, which is quick."""
    looked_for = (*_CHOOSING, *_NAMING, "predict")
    return any(word in line for chunk, _ in unit.chunks for line in chunk.lines for word in looked_for)


def _nodes(unit: Unit) -> Iterator[Spot]:
    for chunk, body in unit.chunks:
        for statement in body:
            for node in ast.walk(statement):
                yield Spot(chunk, node)


def _written(unit: Unit) -> dict[str, _Written]:
    """The literals of a file by name; none that is bound twice, or changed where it stands."""
    found: dict[str, _Written] = {}
    bound: Counter[str] = Counter()
    for spot in _nodes(unit):
        node = spot.node
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound[node.id] += 1
        elif isinstance(node, ast.arg):
            bound[node.arg] += 2
        elif changed := _changed(node):
            bound[changed] += 2
        target, value = _assignment(node)
        if target and value is not None and (literal := _literal(value, target, spot)):
            found[target] = literal
    return {name: literal for name, literal in found.items() if bound[name] == 1}


def _changed(node: ast.AST) -> str:
    """The name of the list or dictionary that a node changes where it stands."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return node.value.id if isinstance(node.value, ast.Name) else ""
    if isinstance(node, ast.Attribute) and node.attr in _CHANGING:
        return node.value.id if isinstance(node.value, ast.Name) else ""
    return ""


def _assignment(node: ast.AST) -> tuple[str, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.value
    return "", None


def _literal(value: ast.expr, name: str, spot: Spot) -> _Written | None:
    if isinstance(value, ast.Call) and _last_name(value.func) in _WRAPPING and len(value.args) == 1:
        value = value.args[0]
    if isinstance(value, ast.List | ast.Tuple):
        names = [_constant(element) for element in value.elts]
    elif isinstance(value, ast.Dict):
        names = [_constant(element) for element in value.values]
        if [_constant(key) for key in value.keys] != list(range(len(names))):
            return None
    else:
        return None
    texts = tuple(text for text in names if isinstance(text, str))
    if len(texts) != len(names) or len(set(texts)) != len(texts) or len(texts) < 2:
        return None
    return _Written(name, texts, Spot(spot.chunk, value), isinstance(value, ast.Dict))


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _imported(unit: Unit, written: dict[str, dict[str, _Written]]) -> dict[str, _Written]:
    """``from settings import NAMES``: those of the one file that is called so."""
    found = {}
    for spot in _nodes(unit):
        if not isinstance(spot.node, ast.ImportFrom) or not spot.node.module:
            continue
        end = spot.node.module.replace(".", "/") + ".py"
        files = [path for path in written if path == end or path.endswith("/" + end)]
        for each in spot.node.names if len(files) == 1 else ():
            if each.name in written[files[0]]:
                found[each.asname or each.name] = written[files[0]][each.name]
    return found


def _uses(unit: Unit, names: set[str]) -> Iterator[tuple[str, Spot]]:
    """Where one of ``names`` is looked up by the number of an output, or laid beside the outputs."""
    spots = list(_nodes(unit))
    scores = _made_of([spot.node for spot in spots], _SCORING)
    choices = _made_of([spot.node for spot in spots], _CHOOSING)
    for spot in spots:
        node = spot.node
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in names:
            if _holds(node.slice, choices, _CHOOSING) or _is_side(node.slice, scores):
                yield node.value.id, spot
        elif isinstance(node, ast.Call):
            yield from ((name, spot) for name in _given(node, scores, choices) if name in names)


def _given(call: ast.Call, scores: set[str], choices: set[str]) -> Iterator[str]:
    """The names that a call gets in the order of the outputs."""
    for keyword in call.keywords:
        if keyword.arg in _NAMING and isinstance(keyword.value, ast.Name):
            yield keyword.value.id
    if _last_name(call.func) == "zip" and any(_holds(side, scores, _SCORING) for side in call.args):
        yield from (side.id for side in call.args if isinstance(side, ast.Name))
    elif isinstance(call.func, ast.Attribute) and call.func.attr == "get" and isinstance(call.func.value, ast.Name):
        yield from (call.func.value.id for key in call.args[:1] if _holds(key, choices, _CHOOSING))


def _is_side(index: ast.expr, scores: set[str]) -> bool:
    """``int(score > 0.5)`` and ``round(score)``: the side of the one output that a score is on."""
    sides = [
        node
        for node in ast.walk(index)
        if isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and _last_name(node.func) in ("round", "rint"))
    ]
    return any(_holds(side, scores, _SCORING) for side in sides)


def _made_of(nodes: list[ast.AST], calls: frozenset[str]) -> set[str]:
    """Names that hold what one of ``calls`` gave, or something made of it."""
    bindings = [(target, value) for node in nodes for target, value in _bindings(node)]
    found: set[str] = set()
    while True:
        more = {
            name.id
            for target, value in bindings
            if _holds(value, found, calls)
            for name in ast.walk(target)
            if isinstance(name, ast.Name)
        }
        if more <= found:
            return found
        found |= more


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets if not isinstance(target, ast.Subscript | ast.Attribute))
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, ast.For | ast.comprehension):
        yield node.target, node.iter


def _holds(node: ast.expr, names: set[str], calls: frozenset[str]) -> bool:
    return any(
        (isinstance(each, ast.Name) and each.id in names) or (isinstance(each, ast.Call) and _last_name(each.func) in calls)
        for each in ast.walk(node)
    )


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
