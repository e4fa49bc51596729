"""Numbers of steps that fit is given, back to the pictures that they count."""

from __future__ import annotations

from vggdoctor.evidence import Steps
from vggdoctor.gather.source.facts import Arguments, whole
from vggdoctor.gather.source.interpreter.values import Attribute, Operation, Result, Value, constant

_ROUNDING = frozenset({"int", "ceil", "floor", "round"})
_COUNTS = frozenset({"samples", "n"})


def steps_of(arguments: Arguments, name: str) -> Steps | None:
    """The argument ``name`` of fit; None where it is not given or not understood."""
    value, place = arguments.get(name), arguments.place(name)
    if value is None or place is None:
        return None
    plain = whole(constant(value))
    if plain is not None:
        return Steps(place=place, value=plain)
    value = _unrounded(value)
    if isinstance(value, Operation) and value.operator in {"FloorDiv", "Div"}:
        counted, divisor = _counted(value.left), whole(constant(value.right))
        own = isinstance(value.right, Attribute) and value.right.name == "batch_size"
        if counted is None or (divisor is None and not own):
            return None
        return Steps(place=place, pictures_of=counted.place, divisor=divisor)
    counted = _counted(value)
    return Steps(place=place, pictures_of=counted.place, divisor=1) if counted is not None else None


def _unrounded(value: Value) -> Value:
    while isinstance(value, Result) and value.name in _ROUNDING and len(value.arguments) == 1:
        value = value.arguments[0]
    return value


def _counted(value: Value) -> Result | None:
    """The iterator of ``train.samples``."""
    if isinstance(value, Attribute) and value.name in _COUNTS and isinstance(value.of, Result):
        return value.of if value.of.name.startswith("flow") else None
    return None
