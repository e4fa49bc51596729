"""Numbers of steps that fit is given, back to the pictures that they count."""

from __future__ import annotations

from vggdoctor.evidence import Steps
from vggdoctor.gather.source.facts import Arguments, whole
from vggdoctor.gather.source.interpreter.values import Attribute, Operation, Result, Value, constant

_ROUNDING = frozenset({"int", "ceil", "floor", "round"})
_COUNTS = frozenset({"samples", "n"})
_LISTS = frozenset({"filenames", "filepaths", "classes", "labels"})
"""What an iterator of Keras has one of for each picture."""


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
        return Steps(place=place, pictures_of=counted.place, divisor=divisor, of_batches=_counts_batches(value.left))
    counted = _counted(value)
    return (
        Steps(place=place, pictures_of=counted.place, divisor=1, of_batches=_counts_batches(value))
        if counted is not None
        else None
    )


def _unrounded(value: Value) -> Value:
    while isinstance(value, Result) and value.name in _ROUNDING and len(value.arguments) == 1:
        value = value.arguments[0]
    return value


def _counted(value: Value) -> Result | None:
    """The iterator of ``train.samples``, ``len(train.filenames)`` or ``len(train)``."""
    measured = value.arguments[0] if isinstance(value, Result) and _is_length(value) else value
    if isinstance(measured, Attribute):
        of_pictures = measured.name in (_COUNTS if measured is value else _LISTS)
        owner = measured.of
        is_iterator = isinstance(owner, Result) and owner.name.startswith("flow")
        return owner if of_pictures and is_iterator and isinstance(owner, Result) else None
    is_batched = isinstance(measured, Result) and measured.name.startswith(("flow", "image_dataset_from"))
    return measured if is_batched and measured is not value and isinstance(measured, Result) else None


def _is_length(value: Value) -> bool:
    return isinstance(value, Result) and value.function == "builtins.len" and len(value.arguments) == 1


def _counts_batches(value: Value) -> bool:
    return isinstance(value, Result) and _is_length(value) and not isinstance(value.arguments[0], Attribute)
