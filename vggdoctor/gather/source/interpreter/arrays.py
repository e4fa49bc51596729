"""Arrays that are changed in place: ``x[..., 0] -= 103.939``."""

from __future__ import annotations

from vggdoctor.gather.source.files.units import Spot
from vggdoctor.gather.source.interpreter.values import (
    Altered,
    Element,
    Item,
    Items,
    Known,
    Operation,
    Placeholder,
    Result,
    Slice,
    Value,
)

EMPTY = frozenset(["zeros", "empty", "ones", "ndarray", "zeros_like", "full"])
"""Functions that make an array to be filled, row by row."""


def reaches_all_rows(owner: Value, index: Value) -> bool:
    """Whether ``owner[index] = ...`` changes something of every row of an array that holds values already."""
    if not isinstance(owner, Result | Operation | Item | Altered | Element | Placeholder) or _is_to_be_filled(owner):
        return False
    parts = index.items if isinstance(index, Items) and index.kind == "tuple" else (index,)
    return bool(parts) and is_whole(parts[0])


def altered(owner: Value, index: Value, value: Value, spot: Spot) -> Value:
    """What the name of the array holds from then on."""
    return value if is_whole(index) else Altered(owner, index, value, spot=spot)


def is_whole(index: Value) -> bool:
    """``:`` or ``...``"""
    if isinstance(index, Slice):
        return all(isinstance(part, Known) and part.value is None for part in (index.lower, index.upper, index.step))
    return isinstance(index, Known) and index.value is ...


def _is_to_be_filled(owner: Value) -> bool:
    while isinstance(owner, Result) and owner.name == "astype" and owner.receiver is not None:
        owner = owner.receiver
    return isinstance(owner, Result) and owner.name in EMPTY
