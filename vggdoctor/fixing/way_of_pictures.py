"""Taking a call out of the way of the pictures, and changing the order of two. Loads LibCST."""

from __future__ import annotations

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.tree import Tree
from vggdoctor.schema import (
    BypassCall,
    Change,
    InsertStatements,
    Location,
    PutThrough,
    RemoveStatement,
    ReplaceExpression,
    SplitFunction,
    SwapCalls,
)


def changes(tree: Tree, change: BypassCall | PutThrough | SplitFunction | SwapCalls) -> tuple[Change, ...]:
    """The single changes that make it up.

    Raises RepairError where the expressions are not of a shape that is surely understood.
    """
    if isinstance(change, BypassCall):
        return (_without(tree, tree.expression(change.call)[0], change.method),)
    if isinstance(change, PutThrough):
        return (_put_through(tree, change) or change.otherwise,)
    return _split(tree, change) if isinstance(change, SplitFunction) else _swapped(tree, change)


def _without(tree: Tree, call: cst.BaseExpression, method: bool) -> Change:
    kept = _receiver(call) if method else _met(call)
    if kept is None:
        raise RepairError(f"what passes through {tree.text(call)!r} is not clear")
    parent = tree.parent(call)
    if isinstance(parent, cst.Assign) and [tree.text(target.target) for target in parent.targets] == [tree.text(kept)]:
        return RemoveStatement(tree.place(parent))
    idle = _mapping_left_idle(tree, call, kept)
    return ReplaceExpression(tree.place(call), tree.text(kept)) if idle is None else _without(tree, idle, True)


def _mapping_left_idle(tree: Tree, call: cst.BaseExpression, kept: cst.BaseExpression) -> cst.Call | None:
    """The ``map`` whose lambda would give its arguments back: ``map(lambda x, y: (augment(x), y))`` without the call."""
    element = tree.parent(call)
    body = tree.parent(element) if isinstance(element, cst.Element) else None
    function = tree.parent(body) if isinstance(body, cst.Tuple) else element
    if not isinstance(function, cst.Lambda):
        return None
    left = [tree.text(item.value) for item in body.elements] if isinstance(body, cst.Tuple) else [tree.text(call)]
    left = [tree.text(kept) if text == tree.text(call) else text for text in left]
    argument = tree.parent(function)
    mapping = tree.parent(argument) if isinstance(argument, cst.Arg) else None
    is_idle = left == [parameter.name.value for parameter in function.params.params]
    return mapping if is_idle and isinstance(mapping, cst.Call) and _receiver(mapping) is not None else None


def _put_through(tree: Tree, change: PutThrough) -> Change | None:
    """The change of the one return of the mapped function, None where that is not the only thing to look at."""
    mapping, _, _ = tree.expression(change.mapped)
    name = _met(mapping)
    if not isinstance(name, cst.Name) or sum(node.value == name.value for node in tree.of(cst.Name)) != 2:
        return None
    functions = [node for node in tree.of(cst.FunctionDef) if node.name.value == name.value]
    returns = [node for node in tree.of(cst.Return) if functions and tree.place(functions[0]).contains(tree.place(node))]
    value = returns[0].value if len(functions) == 1 and len(returns) == 1 else None
    if not isinstance(value, cst.Tuple) or len(value.elements) != 2 or isinstance(value.elements[0], cst.StarredElement):
        return None
    pictures = value.elements[0].value
    return ReplaceExpression(tree.place(pictures), f"{change.function}({tree.text(pictures)})")


def _split(tree: Tree, change: SplitFunction) -> tuple[Change, ...]:
    mapping, _, _ = tree.expression(change.mapped)
    name = _met(mapping)
    functions = [node for node in tree.of(cst.FunctionDef) if isinstance(name, cst.Name) and node.name.value == name.value]
    if name is None or len(functions) != 1 or functions[0].decorators or isinstance(tree.parent(functions[0]), cst.IndentedBlock):
        raise RepairError(f"{tree.text(mapping)!r} is not given one function of the module by name")
    function = functions[0]
    start, end = tree.span(function)
    plain = f"${{new:plain_{tree.text(name)}}}"
    named = tree.span(function.name)
    edits = [(*named, plain)]
    for place in change.without:
        done = _without(tree, tree.expression(place)[0], False)
        if not tree.place(function).contains(place):
            raise RepairError(f"{place} is not in {tree.text(name)}")
        if isinstance(done, RemoveStatement):
            opened, closed = tree.span(tree.statement(place))
            edits.append((tree.document.line_start(opened), tree.document.next_line(closed), ""))
        elif isinstance(done, ReplaceExpression):
            edits.append((*tree.document.span(done.at), done.source))
    text = _edited(tree.document.text[start:end].rstrip(), [(left - start, right - start, new) for left, right, new in edits])
    return (
        InsertStatements(tree.place(function), "\n\n" + _by_four(text, tree.module.default_indent), after=True),
        ReplaceExpression(tree.place(name), plain),
    )


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _by_four(text: str, indentation: str) -> str:
    """Source as changes give it, with four blanks for each level."""
    lines = []
    for line in text.split("\n"):
        levels = 0
        while line.startswith(indentation):
            line, levels = line.removeprefix(indentation), levels + 1
        lines.append(" " * 4 * levels + line)
    return "\n".join(lines)


def _swapped(tree: Tree, change: SwapCalls) -> tuple[Change, ...]:
    first, second = (tree.expression(place)[0] for place in (change.first, change.second))
    met, met_later = _met(first), _met(second)
    if met is None or met_later is None:
        raise RepairError("what the two steps are given is not clear")
    if met_later is first:
        return (ReplaceExpression(change.second, _around(tree, first, met, _around(tree, second, met_later, tree.text(met)))),)
    if any(_holds(change.first, change.second, outer) for outer in (change.first, change.second)):
        raise RepairError("one of the two steps is a part of the other")
    return (
        ReplaceExpression(change.first, _around(tree, second, met_later, tree.text(met))),
        ReplaceExpression(change.second, _around(tree, first, met, tree.text(met_later))),
    )


def _holds(first: Location, second: Location, outer: Location) -> bool:
    return outer.contains(second if outer is first else first)


def _receiver(node: cst.BaseExpression) -> cst.BaseExpression | None:
    return node.func.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) else None


def _met(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """What an operation is done to: the first argument of a call, the side of ``x / 255.0 - 1`` that is no constant."""
    if isinstance(node, cst.Call):
        first = node.args[0] if node.args else None
        return first.value if first is not None and first.keyword is None and not first.star else None
    if isinstance(node, cst.BinaryOperation):
        sides = [side for side in (node.left, node.right) if not _is_constant(side)]
        inner = sides[0] if len(sides) == 1 else None
        return (_met(inner) if isinstance(inner, cst.BinaryOperation) else inner) if inner is not None else None
    return None


def _is_constant(node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.BinaryOperation):
        return _is_constant(node.left) and _is_constant(node.right)
    if isinstance(node, cst.UnaryOperation):
        return _is_constant(node.expression)
    return isinstance(node, cst.Integer | cst.Float) or (isinstance(node, cst.Name) and node.value.isupper())


def _around(tree: Tree, operation: cst.BaseExpression, met: cst.BaseExpression, text: str) -> str:
    """The operation as it is written, done to ``text`` instead of what it met."""
    (start, end), (opened, closed) = tree.span(operation), tree.span(met)
    needs = isinstance(operation, cst.BinaryOperation) and not text.isidentifier() and not text.endswith((")", "]"))
    whole = tree.document.text
    return whole[start:opened] + (f"({text})" if needs else text) + whole[closed:end]
