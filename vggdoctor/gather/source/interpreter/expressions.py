"""Evaluates expressions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from vggdoctor.gather.source.interpreter import iteration
from vggdoctor.gather.source.interpreter.logic import truth
from vggdoctor.gather.source.interpreter.operations import LARGEST_TEXT, binary, compare, unary
from vggdoctor.gather.source.interpreter.statements import assign
from vggdoctor.gather.source.interpreter.values import (
    Function,
    Known,
    Result,
    Slice,
    Table,
    Unknown,
    Value,
    constant,
    join,
    sequence,
    varies,
)

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator


MAXIMUM_SPREAD = 1_000
"""Entries that ``{**table}`` copies: a table that grows by itself would cost its square (ours)."""


def _constant(run: Evaluator, node: ast.Constant) -> Value:
    return Known(node.value, spot=run.spot(node))


def _name(run: Evaluator, node: ast.Name) -> Value:
    return run.lookup(node.id)


def _attribute(run: Evaluator, node: ast.Attribute) -> Value:
    return run.attribute(run.evaluate(node.value), node.attr, run.spot(node))


def _call(run: Evaluator, node: ast.Call) -> Value:
    callee = run.evaluate(node.func)
    arguments: list[Value] = []
    keywords: dict[str, Value] = {}
    unsure = False
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            spread = iteration.known_elements(run, run.evaluate(argument.value))
            unsure = unsure or spread is None
            arguments += spread or []
        else:
            arguments.append(run.evaluate(argument))
    spread_names = set()
    for keyword in node.keywords:
        value = run.evaluate(keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value, Table) and value.other is None:
            keywords |= {str(key): entry for key, entry in value.named.items()}
            spread_names |= {str(key) for key in value.named}
        else:
            unsure = True
    from vggdoctor.gather.source.interpreter import calls

    run.latest = run.spot(node)
    return calls.call(run, calls.Given(callee, tuple(arguments), keywords, node, frozenset(spread_names), unsure))


def _binary(run: Evaluator, node: ast.BinOp) -> Value:
    return binary(run, type(node.op).__name__, run.evaluate(node.left), run.evaluate(node.right), run.spot(node))


def _unary(run: Evaluator, node: ast.UnaryOp) -> Value:
    return unary(run, node, run.evaluate(node.operand), run.spot(node))


def _boolean(run: Evaluator, node: ast.BoolOp) -> Value:
    """``and`` / ``or``, with the value that Python gives where it is decided."""
    stops_at = isinstance(node.op, ast.Or)
    open_values: list[Value] = []
    for index, part in enumerate(node.values):
        value = run.evaluate(part)
        answer = truth(value)
        if answer is stops_at or index == len(node.values) - 1:
            if answer is stops_at and (not open_values or all(isinstance(v, Unknown) for v in open_values)):
                return value if not open_values else Known(stops_at, spot=run.spot(node))
            return join([*open_values, value]) if open_values else value
        if answer is None:
            open_values.append(value)
    return Unknown("an undecided condition", spot=run.spot(node))


_TOLD = {"Eq": "operator.eq", "NotEq": "operator.eq", "In": "operator.contains"}
"""Undecided comparisons that are told to the observer, as calls of these functions."""


def _compare(run: Evaluator, node: ast.Compare) -> Value:
    left = run.evaluate(node.left)
    results = []
    for operator, comparator in zip(node.ops, node.comparators, strict=True):
        right = run.evaluate(comparator)
        name, spot = type(operator).__name__, run.spot(node)
        results.append(compare(name, left, right, spot))
        if name in _TOLD and not isinstance(results[-1], Known):
            run.observe(run, Result(_TOLD[name], (left, right), spot=spot))
        left = right
    if len(results) == 1 or all(isinstance(result, Known) and result.value for result in results):
        return results[-1]
    return next(
        (result for result in results if isinstance(result, Known) and not result.value),
        Unknown("an undecided comparison", any(varies(result) for result in results), spot=run.spot(node)),
    )


def _conditional(run: Evaluator, node: ast.IfExp) -> Value:
    test = run.evaluate(node.test)
    decided = truth(test)
    if decided is not None:
        return run.evaluate(node.body if decided else node.orelse)
    differs = varies(test) or any(loop.over_layers for loop in run.frame.loops)
    return join([run.evaluate(node.body), run.evaluate(node.orelse)], differs)


def _sequence(run: Evaluator, node: ast.List | ast.Tuple | ast.Set) -> Value:
    items: list[Value] = []
    more: list[Value] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            value = run.evaluate(element.value)
            spread = iteration.known_elements(run, value)
            if spread is None:
                more.append(iteration.element_of(run, value))
            else:
                items += spread
        else:
            items.append(run.evaluate(element))
    made = sequence(items, type(node).__name__.lower(), run.spot(node), join(more) if more else None)
    made.depth = run.loop_depth
    return made


def _table(run: Evaluator, node: ast.Dict) -> Value:
    table = Table(spot=run.spot(node))
    for key, value in zip(node.keys, node.values, strict=True):
        entry = run.evaluate(value)
        if key is None:
            if isinstance(entry, Table) and len(entry.entries) <= MAXIMUM_SPREAD:
                table.entries |= entry.entries
            else:
                table.entries[Table.OTHER] = Unknown("an entry of an unknown dictionary")
            continue
        plain = run.evaluate(key)
        name = constant(plain)
        if isinstance(plain, Known) or name is not None:
            table.entries[name] = entry
        else:
            table.entries[Table.OTHER] = entry
    return table


def _subscript(run: Evaluator, node: ast.Subscript) -> Value:
    owner = run.evaluate(node.value)
    found = iteration.item(run, owner, run.evaluate(node.slice))
    if found.spot is owner.spot and not isinstance(found, Known | Unknown):
        found.spot = run.spot(node)
    return found


def _slice(run: Evaluator, node: ast.Slice) -> Value:
    bounds = [run.evaluate(part) if part is not None else Known(None) for part in (node.lower, node.upper, node.step)]
    return Slice(*bounds, spot=run.spot(node))


def _text(run: Evaluator, node: ast.JoinedStr) -> Value:
    parts: list[Value] = []
    for piece in node.values:
        if isinstance(piece, ast.FormattedValue):
            value = run.evaluate(piece.value)
            parts.append(value if piece.format_spec is None else Unknown("a formatted value"))
        else:
            parts.append(Known(piece.value) if isinstance(piece, ast.Constant) else Unknown("a part that is not followed"))
    plain = [str(part.value) for part in parts if isinstance(part, Known)]
    if len(plain) == len(parts) and sum(map(len, plain)) <= LARGEST_TEXT:
        return Known("".join(plain), spot=run.spot(node))
    return Unknown("a text that is put together while running", parts=tuple(parts), spot=run.spot(node))


def _lambda(run: Evaluator, node: ast.Lambda) -> Value:
    from vggdoctor.gather.source.interpreter.statements import _defaults

    return Function(node, run.chunk, run.scope, _defaults(run, node.args), spot=run.spot(node))


def _walrus(run: Evaluator, node: ast.NamedExpr) -> Value:
    value = run.evaluate(node.value)
    assign(run, node.target, value, node.value)
    return value


def _comprehension(run: Evaluator, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
    """Unrolled over known elements, else one element of unknown number."""
    found: list[tuple[Value, Value | None]] = []
    is_open = _generate(run, node, 0, found)
    spot = run.spot(node)
    if isinstance(node, ast.DictComp):
        table = Table(spot=spot)
        for key, value in found:
            name = constant(key)
            table.entries[Table.OTHER if is_open or not isinstance(key, Known) else name] = value or Unknown("no value")
        return table
    values = [value for value, _ in found]
    if not is_open:
        return sequence(values, "list", spot)
    made = sequence((), "list", spot, join(values) if values else Unknown("an element of unknown number"))
    made.contents["loop"] = spot
    return made


def _generate(run: Evaluator, node: Any, level: int, found: list[tuple[Value, Value | None]]) -> bool:
    if level == len(node.generators):
        if isinstance(node, ast.DictComp):
            found.append((run.evaluate(node.key), run.evaluate(node.value)))
        else:
            found.append((run.evaluate(node.elt), None))
        return False
    generator = node.generators[level]
    elements, is_open, _ = iteration.elements(run, run.evaluate(generator.iter))
    for element in elements:
        assign(run, generator.target, element, None)
        answers = [truth(run.evaluate(condition)) for condition in generator.ifs]
        if False in answers:
            continue
        is_open = is_open or None in answers
        is_open = _generate(run, node, level + 1, found) or is_open
    return is_open


def _yield(run: Evaluator, node: ast.Yield) -> Value:
    run.frame.yields.append(run.evaluate(node.value) if node.value is not None else Known(None))
    run.frame.yields_open = run.frame.yields_open or any(loop.open for loop in run.frame.loops)
    return Unknown("what is sent to a generator")


def _yield_from(run: Evaluator, node: ast.YieldFrom) -> Value:
    run.frame.yields.append(iteration.element_of(run, run.evaluate(node.value)))
    run.frame.yields_open = True
    return Unknown("what a generator returns")


def _await(run: Evaluator, node: ast.Await) -> Value:
    return run.evaluate(node.value)


def _starred(run: Evaluator, node: ast.Starred) -> Value:
    return run.evaluate(node.value)


HANDLERS: dict[type[ast.expr], Any] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _table,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.JoinedStr: _text,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Await: _await,
    ast.Starred: _starred,
}
