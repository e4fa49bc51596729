"""From abstract values to facts."""

from __future__ import annotations

import ast
from typing import Any

from vggdoctor.evidence import Call, Fact, known, unknown
from vggdoctor.gather.source.files.units import Spot
from vggdoctor.gather.source.interpreter.values import (
    Known,
    OneOf,
    Result,
    Unknown,
    Value,
    constant,
    options,
)
from vggdoctor.gather.source.names import OLD_ARGUMENTS, PARAMETERS
from vggdoctor.schema import Location


class Arguments:
    """The arguments of a call under their present names, positional ones too. ``kind`` is a key of PARAMETERS."""

    def __init__(self, call: Result, kind: str = "") -> None:
        self.call = call
        kind = kind or call.name
        self._old = OLD_ARGUMENTS.get(kind, {})
        parameters = PARAMETERS.get(kind, ())
        self._found: dict[str, tuple[Value, str | int]] = {}
        for index, value in enumerate(call.arguments):
            name = parameters[index] if index < len(parameters) else f"#{index}"
            self._found[name] = (value, index)
        for name, value in call.keywords.items():
            self._found[self._old.get(name, name)] = (value, name)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def get(self, name: str) -> Value | None:
        return self._found[name][0] if name in self._found else None

    def constant(self, name: str, default: Any = None) -> Any:
        return constant(self.get(name), default) if name in self._found else default

    def place(self, name: str) -> Location | None:
        """The expression given for the argument; where a dictionary gave it, the entry there."""
        if name not in self._found:
            return None
        value, key = self._found[name]
        return self.call.node_of(key) or value.place

    def written(self, name: str) -> str:
        """The name under which the user wrote the argument."""
        key = self._found[name][1] if name in self._found else name
        return key if isinstance(key, str) else ""

    def names(self) -> list[str]:
        return list(self._found)

    def fact(self, name: str, default: Any = ..., convert: Any = None) -> Fact[Any]:
        """The argument as a fact; ``default`` is what Keras takes when it is not given (none: unknown)."""
        if name not in self._found:
            if self.call.unsure:
                return unknown("some arguments are not known", self.call.place)
            return known(default) if default is not ... else unknown(f"{name} is not given")
        return fact_of(self._found[name][0], self.place(name), convert)

    def plain_settings(self, *left_out: str) -> dict[str, float | int | str | bool | None]:
        """Constant arguments by name."""
        settings: dict[str, float | int | str | bool | None] = {}
        for name, (value, _) in self._found.items():
            if name in left_out or name.startswith("#") or not isinstance(value, Known):
                continue
            if value.value is None or isinstance(value.value, bool | int | float | str):
                settings[name] = value.value
        return settings


def fact_of(value: Value | None, place: Location | None = None, convert: Any = None) -> Fact[Any]:
    """A constant as a known fact at ``place`` and where it was written down; anything else unknown with the reason."""
    if value is None:
        return unknown("not given")
    marker = object()
    plain = constant(value, marker)
    if plain is not marker:
        converted = plain if convert is None else convert(plain)
        if convert is not None and converted is None and plain is not None:
            return unknown("of an unexpected form", place, value.place)
        return known(converted, *dict.fromkeys((place, value.place)))
    if isinstance(value, OneOf):
        return unknown("one of several values, which of them is not known", place, *(option.place for option in value.options))
    return unknown(reason_of(value), place, value.place)


def reason_of(value: Value) -> str:
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, OneOf):
        return next((reason_of(o) for o in value.options if isinstance(o, Unknown)), "one of several values")
    if isinstance(value, Result):
        return f"the result of {value.function.lstrip('.')}"
    return "worked out while running"


def whole(plain: Any) -> int | None:
    """A number of things; floats with a whole value count (``epochs=25.0``)."""
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        return None
    return int(plain) if plain == int(plain) else None


def pair(plain: Any) -> tuple[int, int] | None:
    """(height, width)."""
    if isinstance(plain, tuple) and len(plain) >= 2 and all(isinstance(part, int) for part in plain[:2]):
        return (plain[0], plain[1])
    if isinstance(plain, int) and not isinstance(plain, bool):
        return (plain, plain)
    return None


def number(plain: Any) -> float | None:
    return float(plain) if isinstance(plain, int | float) and not isinstance(plain, bool) else None


def shape(plain: Any) -> tuple[int | None, ...] | None:
    if isinstance(plain, tuple) and all(part is None or isinstance(part, int) for part in plain):
        return plain
    return None


def text(plain: Any) -> str | None:
    return plain if isinstance(plain, str) else None


def call_of(result: Result) -> Call | None:
    return Call(function=result.function, place=result.place, assigned_to=result.assigned_to) if result.place else None


def spelling(spot: Spot | None) -> str:
    """How the user wrote an expression, on one line."""
    if spot is None:
        return ""
    node = spot.node
    line, end = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    if line and line == end and spot.chunk.lines[line - 1].isascii():
        written = spot.chunk.lines[line - 1][getattr(node, "col_offset", 0) : getattr(node, "end_col_offset", 0)]
        return written[:80]
    return ast.unparse(node).split("\n")[0][:80]


def present(value: Value | None) -> bool | None:
    """Whether an argument is really given: None and False count as not; None where undecided."""
    if value is None:
        return False
    answers: set[bool | None] = set()
    for option in options(value):
        if isinstance(option, Known):
            answers.add(option.value is not None and option.value is not False)
        else:
            answers.add(None if isinstance(option, Unknown) else True)
    return answers.pop() if len(answers) == 1 else None
