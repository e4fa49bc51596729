"""Arithmetic and comparison of constants; other operands become an Operation."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from vggdoctor.gather.source.files.units import Spot
from vggdoctor.gather.source.interpreter.logic import is_none, negated
from vggdoctor.gather.source.interpreter.values import (
    Attribute,
    Class,
    Element,
    Function,
    Instance,
    Item,
    Items,
    Known,
    Many,
    Missing,
    OneOf,
    Operation,
    Result,
    Store,
    Symbol,
    Table,
    Unknown,
    Value,
    constant,
    join,
    options,
    same,
    sequence,
    varies,
)
from vggdoctor.gather.source.names import canonical

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

LARGEST_TEXT = 100_000
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "BitAnd": operator.and_,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "In": lambda left, right: left in right,
    "NotIn": lambda left, right: left not in right,
}


def binary(run: Evaluator, name: str, left: Value, right: Value, spot: Spot) -> Value:
    """``left <operator> right``; ``name`` is the class name of the operator's node."""
    if isinstance(left, OneOf) and isinstance(right, Known):
        return join([binary(run, name, option, right, spot) for option in left.options], left.varies)
    if isinstance(left, Known) and isinstance(right, OneOf):
        return join([binary(run, name, left, option, spot) for option in right.options], right.varies)
    if isinstance(left, Items) and isinstance(right, Items) and name == "Add":
        more = [part.more for part in (left, right) if part.more is not None]
        joined = sequence(left.items + right.items, left.kind, spot, join(more) if more else None)
        joined.contents["loop"] = left.loop or right.loop
        joined.depth = run.loop_depth
        return joined
    if isinstance(left, Table) and isinstance(right, Table) and name == "BitOr":
        return Table(Store({**left.entries, **right.entries}), spot=spot)
    if isinstance(left, Items) and isinstance(right, Known) and name == "Mult" and isinstance(right.value, int):
        return sequence(left.items * min(right.value, 1000 // max(len(left.items), 1)), left.kind, spot)
    if isinstance(left, Known) and isinstance(right, Known):
        return _constants(name, left.value, right.value, spot)
    if isinstance(left, Known) and isinstance(left.value, str) and name == "Mod":
        plain = constant(right)
        if isinstance(plain, tuple):
            return _constants(name, left.value, plain, spot)
        return Unknown("a text that is put together while running", parts=_formatted(left.value, right), spot=spot)
    if name == "Div" and isinstance(left, Known) and isinstance(left.value, str):
        return unknown_path((left, right), spot)
    return Operation(name, left, right, spot=spot)


def _formatted(text: str, given: Value) -> tuple[Value, ...]:
    """The parts of ``"%s/%s" % (folder, name)``."""
    pieces = re.split("%[sd]", text)
    values = given.items if isinstance(given, Items) else (given,)
    if len(pieces) != len(values) + 1:
        return ()
    return (Known(pieces[0]), *(part for value, piece in zip(values, pieces[1:], strict=True) for part in (value, Known(piece))))


def _constants(name: str, left: Any, right: Any, spot: Spot) -> Value:
    if name == "Div" and isinstance(left, str) and isinstance(right, str):
        return Known(joined_path([left, right]), spot=spot)
    if name == "Pow":
        small = isinstance(left, int | float) and isinstance(right, int | float) and abs(right) <= 64 and abs(left) <= 1e6
        if not small:
            return Unknown("a power that is too large to work out", spot=spot)
        name, function = "Pow", operator.pow
    elif name in _ARITHMETIC:
        function = _ARITHMETIC[name]
    else:
        return Unknown(f"{name} of constants is not followed", spot=spot)
    if name == "Mult" and (isinstance(left, str | bytes | tuple) or isinstance(right, str | bytes | tuple)):
        sizes = [len(part) if isinstance(part, str | bytes | tuple) else part for part in (left, right)]
        if not all(isinstance(size, int) for size in sizes) or sizes[0] * sizes[1] > LARGEST_TEXT:
            return Unknown("a text that is too long to work out", spot=spot)
    if isinstance(left, str | bytes) and isinstance(right, str | bytes) and len(left) + len(right) > LARGEST_TEXT:
        return Unknown("a text that is too long to work out", spot=spot)
    if isinstance(left, str) and name == "Mod" and any(character.isdigit() for character in left):
        return Unknown(
            "a text that is put together while running", spot=spot
        )  # a width such as %999999999d would take all memory
    try:
        return Known(function(left, right), spot=spot)
    except (TypeError, ValueError, ArithmeticError, OverflowError, MemoryError):
        return Unknown("an operation that fails", spot=spot)


def joined_path(parts: list[str]) -> str:
    """os.path.join with forward slashes; an absolute part starts anew."""
    path = ""
    for part in parts:
        path = part if part.startswith("/") or not path else path.rstrip("/") + "/" + part
    return path


def unknown_path(parts: Sequence[Value], spot: Spot | None) -> Unknown:
    """A path whose parts are not all known."""
    between = [piece for part in parts for piece in (Known("/"), part)][1:]
    return Unknown("a path that is put together while running", parts=tuple(between), spot=spot)


def unary(run: Evaluator, node: ast.UnaryOp, value: Value, spot: Spot) -> Value:
    from vggdoctor.gather.source.interpreter.logic import truth

    if isinstance(node.op, ast.Not):
        answer = negated(truth(value))
        return Known(answer, spot=spot) if answer is not None else Unknown("an undecided condition", varies(value), spot=spot)
    if isinstance(value, Known) and isinstance(value.value, int | float):
        signs: dict[type, Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
        if type(node.op) in signs:
            return Known(signs[type(node.op)](value.value), spot=spot)
    if isinstance(node.op, ast.USub):
        return Operation("Mult", value, Known(-1, spot=spot), spot=spot)
    return Unknown("an operation that is not followed", spot=spot)


def compare(name: str, left: Value, right: Value, spot: Spot) -> Value:
    """A comparison: a known True or False, or Unknown."""
    answer = _compared(name, left, right)
    if answer is None and any(isinstance(side, Result | Item | Element | Operation | Attribute) for side in (left, right)):
        return Operation(name, left, right, spot=spot)
    if answer is None:
        return Unknown("an undecided comparison", varies(left) or varies(right), spot=spot)
    return Known(answer, spot=spot)


def _compared(name: str, left: Value, right: Value) -> bool | None:
    if name in {"Is", "IsNot"}:
        answer = _is(left, right)
        return negated(answer) if name == "IsNot" else answer
    if isinstance(left, OneOf):
        answers = {_compared(name, option, right) for option in left.options}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(left, Many | Missing):
        return None
    if name in {"In", "NotIn"} and isinstance(right, Table) and right.other is None and isinstance(left, Known):
        try:
            return (left.value in right.entries) is (name == "In")
        except TypeError:
            return None
    if name in {"In", "NotIn"} and isinstance(right, Items):
        return _contained(name, left, right)
    marker = object()
    first, second = constant(left, marker), constant(right, marker)
    if first is marker or second is marker or name not in _COMPARISONS:
        return None
    try:
        return bool(_COMPARISONS[name](first, second))
    except TypeError:
        return None


def _is(left: Value, right: Value) -> bool | None:
    for value, other in ((left, right), (right, left)):
        if isinstance(value, Known) and value.value is None:
            return is_none(other)
    if isinstance(left, Known) and isinstance(right, Known):
        return left.value is right.value if isinstance(left.value, bool) else left.value == right.value
    if isinstance(left, Result | Instance) and isinstance(right, Result | Instance) and left is right:
        return True
    return None


def _contained(name: str, left: Value, right: Items) -> bool | None:
    if any(same(left, item) for item in right.items):
        return name == "In"
    plain = isinstance(left, Known) and all(isinstance(option, Known) for item in right.items for option in options(item))
    if right.more is None and (plain or (isinstance(left, Result) and all(isinstance(i, Result) for i in right.items))):
        return name == "NotIn"
    return None


def isinstance_of(value: Value, kinds: Value) -> bool | None:
    """``isinstance(value, kinds)``, where decided."""
    wanted = kinds.items if isinstance(kinds, Items) else (kinds,)
    answers = [_is_a(value, kind) for kind in wanted]
    if any(answer is True for answer in answers):
        return True
    return False if all(answer is False for answer in answers) else None


_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "bytes": bytes}
_CONTAINERS = {"list": "list", "tuple": "tuple", "set": "set"}


def _is_a(value: Value, kind: Value) -> bool | None:
    if isinstance(kind, Class):
        if isinstance(value, Instance):
            return _derives(value.owner, kind)
        return False if isinstance(value, Known | Items | Table) else None
    if not isinstance(kind, Symbol):
        return None
    name = kind.name.rsplit(".", 1)[-1]
    if kind.name.startswith("builtins."):
        if isinstance(value, Known):
            return isinstance(value.value, _TYPES[name]) if name in _TYPES else None
        if isinstance(value, Items):
            return value.kind == name if name in _CONTAINERS else False
        if isinstance(value, Table):
            return name == "dict"
        return False if isinstance(value, Function | Instance) else None
    if isinstance(value, Result) and value.function.startswith("keras.") and kind.name.startswith("keras."):
        own, other = canonical(value.function), canonical(kind.name)
        if own == other:
            return True
        if other in {"keras.layers.Layer", "keras.Layer"}:
            return True
        is_model = other in {"keras.Model", "keras.Sequential"}
        own_model = own in {"keras.Model", "keras.Sequential"} or own.startswith("keras.applications.")
        if is_model and own_model:
            return other == "keras.Model" or own == other
        return False if own.startswith("keras.layers.") and own.rsplit(".", 1)[-1] != "BackboneLayer" else None
    return None


def _derives(owner: Class, kind: Class) -> bool | None:
    if owner is kind:
        return True
    answers = [_derives(base, kind) for base in owner.bases if isinstance(base, Class)]
    return True if True in answers else (False if all(isinstance(base, Class) for base in owner.bases) else None)
