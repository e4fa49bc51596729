"""Evaluates statements."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vggdoctor.gather.source.interpreter import arrays, attributes, imports, iteration, vain
from vggdoctor.gather.source.interpreter.heap import Signal
from vggdoctor.gather.source.interpreter.logic import truth
from vggdoctor.gather.source.interpreter.operations import binary, compare
from vggdoctor.gather.source.interpreter.values import (
    Class,
    Function,
    Instance,
    Item,
    Items,
    Known,
    Result,
    Scope,
    Symbol,
    Table,
    Unknown,
    Value,
    constant,
    sequence,
    varies,
)

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator


def _expression(run: Evaluator, node: ast.Expr) -> Signal:
    value = run.evaluate(node.value)
    leaves = isinstance(value, Result) and value.function in _EXITS
    return Signal.EXIT if leaves else Signal.GO


_EXITS = {"sys.exit", "builtins.exit", "builtins.quit", "os._exit"}


def _assign(run: Evaluator, node: ast.Assign) -> Signal:
    value = run.evaluate(node.value)
    for target in node.targets:
        assign(run, target, value, node.value)
    return Signal.GO


def _annotated(run: Evaluator, node: ast.AnnAssign) -> Signal:
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value), node.value)
    return Signal.GO


def _augmented(run: Evaluator, node: ast.AugAssign) -> Signal:
    current = run.evaluate(node.target)
    added = run.evaluate(node.value)
    if isinstance(current, Items) and current.kind == "list" and isinstance(node.op, ast.Add):
        iteration.extend(run, current, added)
        return Signal.GO
    if isinstance(current, Table) and isinstance(added, Table) and isinstance(node.op, ast.BitOr):
        for key, value in added.entries.items():
            run.heap.store(current.entries, key, value)
        return Signal.GO
    spot = run.spot(node)
    assign(run, node.target, binary(run, type(node.op).__name__, current, added, spot), None)
    return Signal.GO


def assign(run: Evaluator, target: ast.expr, value: Value, made_by: ast.expr | None) -> None:
    """Store ``value`` in a name, attribute, element or pattern of them."""
    is_new = isinstance(value, Result | Instance) and value.spot is not None and value.spot.node is made_by
    if is_new and isinstance(value, Result | Instance) and not value.assigned_to and not isinstance(target, ast.Tuple | ast.List):
        value.assigned_to = ast.unparse(target)
    if isinstance(target, ast.Name):
        run.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(run, target.elts, value, made_by)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, value, made_by)
    elif isinstance(target, ast.Attribute):
        attributes.put(run, run.evaluate(target.value), target.attr, value)
    elif isinstance(target, ast.Subscript):
        vain.note_item(run, target)
        owner, index = run.evaluate(target.value), run.evaluate(target.slice)
        if isinstance(target.value, ast.Name) and arrays.reaches_all_rows(owner, index):
            run.bind(target.value.id, arrays.altered(owner, index, value, run.spot(target)))
        else:
            _store_item(run, owner, index, value)


def _unpack(run: Evaluator, targets: list[ast.expr], value: Value, made_by: ast.expr | None) -> None:
    given = made_by.elts if isinstance(made_by, ast.Tuple | ast.List) else None
    starred = next((index for index, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
    if starred is None:
        for index, target in enumerate(targets):
            part = given[index] if given and len(given) == len(targets) else made_by
            assign(run, target, iteration.item(run, value, Known(index)), part)
        return
    after = len(targets) - starred - 1
    for index, target in enumerate(targets[:starred]):
        assign(run, target, iteration.item(run, value, Known(index)), None)
    middle = value.items[starred : len(value.items) - after] if isinstance(value, Items) else ()
    rest: Value = sequence(middle) if middle else Unknown("the rest of an unpacking")
    assign(run, targets[starred], rest, None)
    for index, target in enumerate(targets[starred + 1 :], -after):
        assign(run, target, iteration.item(run, value, Known(index)), None)


def _store_item(run: Evaluator, owner: Value, index: Value, value: Value) -> None:
    if isinstance(owner, Table):
        key = constant(index, None)
        try:
            run.heap.store(owner.entries, key if isinstance(index, Known) or key is not None else Table.OTHER, value)
        except TypeError:
            run.heap.store(owner.entries, Table.OTHER, value)
    elif isinstance(owner, Items):
        position = constant(index)
        if isinstance(position, int) and -len(owner.items) <= position < len(owner.items):
            items = list(owner.items)
            items[position] = value
            run.heap.store(owner.contents, "items", tuple(items))
    elif isinstance(owner, Result):
        loops = run.open_loops
        run.heap.store(owner.attributes, "#stored", value)
        run.heap.store(owner.attributes, "#stored_index", index)
        if loops:
            run.heap.store(owner.attributes, "#loop", loops[-1].spot)
    elif isinstance(owner, Item) and isinstance(owner.of, Result):
        _store_item(run, owner.of, index, value)


def _delete(run: Evaluator, node: ast.Delete) -> Signal:
    for target in node.targets:
        vain.note_item(run, target)
        if isinstance(target, ast.Subscript) and isinstance(items := run.evaluate(target.value), Items):
            position = constant(run.evaluate(target.slice))
            if isinstance(position, int) and -len(items.items) <= position < len(items.items):
                kept = list(items.items)
                del kept[position]
                run.heap.store(items.contents, "items", tuple(kept))
    return Signal.GO


def _if(run: Evaluator, node: ast.If) -> Signal:
    test = run.evaluate(node.test)
    decided = truth(test)
    if decided is not None:
        return run.execute(node.body if decided else node.orelse)
    return run.branch([lambda: run.execute(node.body), lambda: run.execute(node.orelse)], varies(test))


def _while(run: Evaluator, node: ast.While) -> Signal:
    decided = truth(run.evaluate(node.test))
    if decided is False:
        return run.execute(node.orelse)
    return iteration.rounds(run, node, [lambda: None], is_open=True)


def _for(run: Evaluator, node: ast.For | ast.AsyncFor) -> Signal:
    iterable = run.evaluate(node.iter)
    vain.note_loop(run, node)
    elements, is_open, over_layers = iteration.elements(run, iterable)
    setters: list[Callable[[], None]] = [lambda element=element: assign(run, node.target, element, None) for element in elements]  # type: ignore[misc]
    return iteration.rounds(run, node, setters, is_open, over_layers)


def _try(run: Evaluator, node: Any) -> Signal:
    handlers = [lambda body=handler.body: run.execute(body) for handler in node.handlers]
    first = run.heap.trial(lambda: run.execute(node.body))
    others = [run.heap.trial(handler) for handler in handlers]
    run.heap.apply([first])
    signal = first.signal
    for other in others:
        if other.signal is Signal.GO:
            run.heap.mix_in(other.changes)
            if signal in (Signal.EXIT,):
                signal = Signal.GO
    if signal is Signal.GO:
        signal = run.execute(node.orelse)
    last = run.execute(node.finalbody)
    return last if last is not Signal.GO else signal


def _with(run: Evaluator, node: ast.With | ast.AsyncWith) -> Signal:
    for item in node.items:
        value = run.evaluate(item.context_expr)
        if item.optional_vars is not None:
            assign(run, item.optional_vars, value, item.context_expr)
    return run.execute(node.body)


def _match(run: Evaluator, node: ast.Match) -> Signal:
    subject = run.evaluate(node.subject)
    ways: list[Callable[[], Signal]] = []
    for case in node.cases:
        answer = _matches(run, case.pattern, subject) if case.guard is None else None
        if answer is False:
            continue
        ways.append(lambda body=case.body: run.execute(body))  # type: ignore[misc]
        if answer is True:
            break
    if len(ways) == 1:
        return ways[0]()
    return run.branch(ways) if ways else Signal.GO


def _matches(run: Evaluator, pattern: ast.pattern, subject: Value) -> bool | None:
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        if pattern.name:
            run.bind(pattern.name, subject)
        return True
    if isinstance(pattern, ast.MatchValue):
        answer = compare("Eq", subject, run.evaluate(pattern.value), run.spot(pattern))
        return answer.value if isinstance(answer, Known) else None
    if isinstance(pattern, ast.MatchSingleton):
        answer = compare("Is", subject, Known(pattern.value), run.spot(pattern))
        return answer.value if isinstance(answer, Known) else None
    if isinstance(pattern, ast.MatchOr):
        answers = {_matches(run, part, subject) for part in pattern.patterns}
        return True if True in answers else (False if answers == {False} else None)
    return None


def _function(run: Evaluator, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Signal:
    function = Function(node, run.chunk, run.scope, _defaults(run, node.args), spot=run.spot(node))
    run.program.note_function(function)
    run.bind(node.name, _decorated(run, function, node.decorator_list))
    return Signal.GO


def _defaults(run: Evaluator, arguments: ast.arguments) -> dict[str, Value]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = {}
    first = len(positional) - len(arguments.defaults)
    for parameter, default in zip(positional[first:], arguments.defaults, strict=True):
        defaults[parameter.arg] = run.evaluate(default)
    for parameter, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if keyword_default is not None:
            defaults[parameter.arg] = run.evaluate(keyword_default)
    for name, value in defaults.items():
        if isinstance(value, Result) and value.function in {"typer.Option", "typer.Argument"}:
            defaults[name] = value.arguments[0] if value.arguments else Unknown("given on the command line")
    return defaults


def _decorated(run: Evaluator, function: Function, decorators: list[ast.expr]) -> Value:
    value: Value = function
    for node in reversed(decorators):
        decorator = run.evaluate(node)
        name = decorator.name if isinstance(decorator, Symbol) else ""
        if name in {"builtins.property", "functools.cached_property"}:
            function.kind = "property"
        elif name in {"builtins.staticmethod", "builtins.classmethod"}:
            function.kind = name.split(".")[1]
        elif isinstance(decorator, Result) and decorator.function in {"click.option", "click.argument"}:
            _click_default(function, decorator)
        elif isinstance(decorator, Function):
            wrapped = run.call(decorator, (value,))
            value = wrapped if isinstance(wrapped, Function) else value
    return value


def _click_default(function: Function, option: Result) -> None:
    names = [constant(argument) for argument in option.arguments]
    plain = [name for name in names if isinstance(name, str)]
    name = next((name for name in plain if not name.startswith("-")), max(plain, key=len, default=""))
    default = option.keywords.get("default")
    parameter = name.lstrip("-").replace("-", "_")
    if default is None:
        is_flag = constant(option.keywords.get("is_flag"), False) is True
        default = Known(False, spot=option.spot) if is_flag else Unknown("given on the command line")
    function.defaults[parameter] = default


def _class(run: Evaluator, node: ast.ClassDef) -> Signal:
    bases = tuple(run.evaluate(base) for base in node.bases)
    decorators = [run.evaluate(decorator) for decorator in node.decorator_list]
    body = Scope(outer=run.scope, module=run.scope.module)
    is_record = any(_names(value) & {"dataclasses.dataclass", "attr.s", "attrs.define"} for value in decorators)
    is_record = is_record or any(_names(base) & {"typing.NamedTuple", "pydantic.BaseModel"} for base in bases)
    value = Class(node, run.chunk, body, bases, is_record, spot=run.spot(node))
    run.program.note_class(value)
    run.frames.append(type(run.frame)(body))
    try:
        run.execute(node.body)
    finally:
        run.frames.pop()
    for member in body.names.values():
        if isinstance(member, Function) and member.owner is None:
            member.owner = value
            member.scope = run.scope
    run.bind(node.name, value)
    return Signal.GO


def _names(value: Value) -> set[str]:
    if isinstance(value, Symbol):
        return {value.name}
    return {value.function} if isinstance(value, Result) else set()


def _return(run: Evaluator, node: ast.Return) -> Signal:
    value = run.evaluate(node.value) if node.value is not None else Known(None, spot=run.spot(node))
    run.frame.returns.append(value)
    return Signal.RETURN


def _raise(run: Evaluator, node: ast.Raise) -> Signal:
    return Signal.EXIT


def _outside(run: Evaluator, node: ast.Global | ast.Nonlocal) -> Signal:
    run.scope.outside.update(node.names)
    return Signal.GO


HANDLERS: dict[type[ast.stmt], Any] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.If: _if,
    ast.While: _while,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.Try: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: _match,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Global: _outside,
    ast.Nonlocal: _outside,
    ast.Import: imports.plain,
    ast.ImportFrom: imports.from_module,
    ast.Break: lambda run, node: Signal.BREAK,
    ast.Continue: lambda run, node: Signal.CONTINUE,
}
if hasattr(ast, "TryStar"):
    HANDLERS[ast.TryStar] = _try
