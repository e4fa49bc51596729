"""Calls: functions and classes of the project are inlined, outside ones become a Result."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vggdoctor.gather.source.files.units import Spot
from vggdoctor.gather.source.interpreter import attributes, library, methods, networks, tuning, vain
from vggdoctor.gather.source.interpreter.heap import Signal
from vggdoctor.gather.source.interpreter.values import (
    Attribute,
    Bound,
    Class,
    Function,
    Instance,
    Known,
    OneOf,
    Partial,
    Result,
    Scope,
    Store,
    Symbol,
    Table,
    Unknown,
    Value,
    Yielded,
    join,
    sequence,
)
from vggdoctor.gather.source.names import canonical

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator


@dataclass
class Given:
    """What a call is made with. ``spread``: keywords out of ``**``; ``unsure``: some of the arguments are not known."""

    callee: Value
    arguments: tuple[Value, ...] = ()
    keywords: dict[str, Value] | None = None
    node: ast.Call | None = None
    spread: frozenset[str] = frozenset()
    unsure: bool = False

    def to(self, callee: Value, arguments: tuple[Value, ...] | None = None, keywords: dict[str, Value] | None = None) -> Given:
        """The same call of something else."""
        return Given(
            callee,
            self.arguments if arguments is None else arguments,
            self.keywords if keywords is None else keywords,
            self.node,
            self.spread,
            self.unsure,
        )


def call(run: Evaluator, given: Given) -> Value:
    callee = given.callee
    if isinstance(callee, OneOf):
        return join([call(run, given.to(option)) for option in attributes.usable(callee)], callee.varies)
    if isinstance(callee, Bound):
        return _function(run, callee.function, (callee.owner, *given.arguments), given)
    if isinstance(callee, Function):
        return _function(run, callee, given.arguments, given)
    if isinstance(callee, Partial):
        keywords = {**callee.keywords, **(given.keywords or {})}
        return call(run, given.to(callee.function, callee.arguments + given.arguments, keywords))
    if isinstance(callee, Class):
        return _instance(run, callee, given)
    if isinstance(callee, Instance):
        method = attributes.method_of(callee, "__call__")
        if method is not None:
            return call(run, given.to(method))
        return _outside(run, ".__call__", given, callee)
    if isinstance(callee, Attribute):
        vain.note_call(run, given.node)
        handled = methods.call(run, callee.of, callee.name, given)
        return handled if handled is not None else _method(run, callee, given)
    if isinstance(callee, Symbol):
        return _symbol(run, callee, given)
    if isinstance(callee, Unknown):
        return Unknown(callee.reason, spot=_spot(run, given))
    return _outside(run, ".__call__", given, callee)


def _spot(run: Evaluator, given: Given) -> Spot | None:
    return run.spot(given.node) if given.node is not None else run.latest


def _symbol(run: Evaluator, callee: Symbol, given: Given) -> Value:
    result = _result(run, callee.name, given)
    handler = library.HANDLERS.get(callee.name) or library.HANDLERS.get(
        callee.name.rsplit(".", 1)[-1] if callee.name.startswith("keras.") else ""
    )
    if handler is not None:
        handled = handler(run, result)
        if handled is not None:
            return handled
    run.observe(run, result)
    return result


def _method(run: Evaluator, callee: Attribute, given: Given) -> Value:
    owners = callee.of.options if isinstance(callee.of, OneOf) else (callee.of,)
    results: list[Value] = []
    for owner in owners:
        result = _result(run, f".{callee.name}", given, owner)
        changed = networks.method(run, result) or tuning.method(run, result)
        run.observe(run, result)
        results.append(changed if changed is not None else result)
    return join(results)


def _outside(run: Evaluator, function: str, given: Given, receiver: Value) -> Value:
    result = _result(run, function, given, receiver)
    run.observe(run, result)
    return result


def _result(run: Evaluator, function: str, given: Given, receiver: Value | None = None) -> Result:
    result = Result(
        canonical(function),
        given.arguments,
        dict(given.keywords or {}),
        receiver,
        spread=given.spread,
        unsure=given.unsure,
        spot=_spot(run, given),
    )
    if given.node is not None:
        for index, argument in enumerate(given.node.args):
            if isinstance(argument, ast.Starred):
                break
            result.argument_nodes[index] = argument
        for keyword in given.node.keywords:
            if keyword.arg:
                result.argument_nodes[keyword.arg] = keyword.value
    return result


def _function(run: Evaluator, function: Function, arguments: tuple[Value, ...], given: Given) -> Value:
    from vggdoctor.gather.source.interpreter.evaluator import MAXIMUM_DEPTH, Frame

    run.called.add(function.node)
    active = sum(frame.function is not None and frame.function.node is function.node for frame in run.frames)
    if active >= 2 or len(run.frames) > MAXIMUM_DEPTH:
        return Unknown(f"{function.name} calls itself or is nested too deeply", spot=_spot(run, given))
    scope = Scope(outer=function.scope, module=function.scope.module)
    _bind_parameters(run, function, scope, arguments, given)
    frame = Frame(scope, function)
    if arguments:
        frame.self_value = arguments[0]
    before = run.chunk
    run.frames.append(frame)
    run.chunk = function.chunk
    try:
        if isinstance(function.node, ast.Lambda):
            return run.evaluate(function.node.body)
        signal = run.execute(function.node.body)
        for changes in frame.departed:
            run.heap.mix_in(changes)
    finally:
        run.frames.pop()
        run.chunk = before
    if frame.yields:
        return Yielded(tuple(frame.yields), function.name, frame.yields_open, spot=_spot(run, given))
    return _returned(frame.returns, signal, _spot(run, given))


def _returned(returns: list[Value], signal: Signal, spot: Spot | None) -> Value:
    """What comes back: a guard's bare ``return`` beside a real value is left out, since the caller could not use it."""
    real = [value for value in returns if not (isinstance(value, Known) and value.value is None)]
    if real:
        return join(real)
    return Known(None, spot=spot) if signal is not Signal.EXIT else Unknown("it does not return", spot=spot)


def _bind_parameters(run: Evaluator, function: Function, scope: Scope, arguments: tuple[Value, ...], given: Given) -> None:
    parameters = function.node.args
    names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    keywords = dict(given.keywords or {})
    for name, value in zip(names, arguments, strict=False):
        scope.names[name] = value
    rest = arguments[len(names) :]
    if parameters.vararg is not None:
        scope.names[parameters.vararg.arg] = sequence(rest, "tuple")
    for name in (*names[len(arguments) :], *(parameter.arg for parameter in parameters.kwonlyargs)):
        if name in keywords:
            scope.names[name] = keywords.pop(name)
        elif name in function.defaults and not given.unsure:
            scope.names[name] = function.defaults[name]
        else:
            scope.names[name] = Unknown(f"{name} is a parameter of {function.name} and not given in sight")
    if parameters.kwarg is not None:
        scope.names[parameters.kwarg.arg] = Table(Store({str(key): value for key, value in keywords.items()}))


def _instance(run: Evaluator, owner: Class, given: Given) -> Value:
    if given.arguments and attributes.outside_bases(owner) & {"enum.Enum", "enum.StrEnum", "enum.IntEnum"}:
        return given.arguments[0]  # members of an enumeration stand for their values
    if "builtins.dict" in attributes.outside_bases(owner) and attributes.member_of(owner, "__init__") is None:
        content = given.arguments[0] if given.arguments else Table()
        if isinstance(content, Table):  # settings whose keys are attributes
            return Table(Store({**content.entries, **(given.keywords or {})}), spot=_spot(run, given))
    instance = Instance(owner, arguments=given.arguments, keywords=dict(given.keywords or {}), spot=_spot(run, given))
    constructor = attributes.method_of(instance, "__init__")
    if isinstance(constructor, Bound):
        run.called.add(owner.node)
        _function(run, constructor.function, (instance, *given.arguments), given)
    elif owner.record:
        _fill_record(run, owner, instance, given)
    return instance


def _fill_record(run: Evaluator, owner: Class, instance: Instance, given: Given) -> None:
    fields = [
        statement.target.id
        for statement in owner.node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]
    instance.attributes |= dict(zip(fields, given.arguments, strict=False))
    instance.attributes |= given.keywords or {}
    for name in fields:
        default = owner.scope.names.get(name)
        if name not in instance.attributes and isinstance(default, Result) and default.name in {"field", "Field"}:
            factory = default.keywords.get("default_factory")
            plain = default.keywords.get("default") or (default.arguments[0] if default.arguments else None)
            if plain is not None:
                instance.attributes[name] = plain
            elif isinstance(factory, Function):
                instance.attributes[name] = run.call(factory)
            else:
                instance.attributes[name] = Unknown(f"the default of {name} is made by a function")


def wanted_parameters(function: Function | Bound | Partial) -> int:
    """How many positional arguments a function still wants."""
    if isinstance(function, Partial):
        inner = function.function
        return wanted_parameters(inner) - len(function.arguments) if isinstance(inner, Function | Bound) else 1
    node = (function.function if isinstance(function, Bound) else function).node
    own = function.function if isinstance(function, Bound) else function
    wanted = [parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args) if parameter.arg not in own.defaults]
    return len(wanted) - (1 if isinstance(function, Bound) else 0)
