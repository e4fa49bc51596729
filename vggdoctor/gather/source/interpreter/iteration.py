"""Loops, elements and items of sequences."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from vggdoctor.gather.source.interpreter import heap as heaps
from vggdoctor.gather.source.interpreter.heap import Signal
from vggdoctor.gather.source.interpreter.values import (
    Element,
    Instance,
    Item,
    Items,
    Known,
    Many,
    Missing,
    OneOf,
    Result,
    Slice,
    Store,
    Table,
    Unknown,
    Value,
    Yielded,
    constant,
    join,
    options,
    same,
    sequence,
)

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

_ARRAYS = frozenset({"numpy.array", "numpy.asarray", "tensorflow.constant"})
UNROLLED = 40
"""Rounds of a loop over known elements that are evaluated one by one."""


def rounds(
    run: Evaluator,
    node: ast.For | ast.AsyncFor | ast.While,
    setters: list[Callable[[], None]],
    is_open: bool,
    over_layers: bool = False,
) -> Signal:
    """Evaluate the body of a loop once for every setter of its variable. It is taken to have at least one round."""
    loop = type_of_loop(run)(run.spot(node), is_open, over_layers=over_layers)
    run.frame.loops.append(loop)
    left = Signal.GO
    try:
        for setter in setters:
            setter()
            signal = run.execute(node.body)
            for changes in loop.departed:
                run.heap.mix_in(changes)
            loop.departed.clear()
            if signal in (Signal.RETURN, Signal.EXIT):
                left = signal
                break
            if signal is Signal.BREAK:
                return Signal.GO
    finally:
        run.frame.loops.pop()
    if left is not Signal.GO:
        return left if not is_open or left is Signal.RETURN else Signal.GO
    return run.execute(node.orelse)


def type_of_loop(run: Evaluator) -> type:
    from vggdoctor.gather.source.interpreter.evaluator import Loop

    return Loop


def elements(run: Evaluator, iterable: Value) -> tuple[list[Value], bool, bool]:
    """(elements, whether there is any number of each, whether they are layers handled at once)."""
    found = known_elements(run, iterable)
    if found is None:
        return [element_of(run, iterable)], True, False
    if not found:
        return [], False, False
    if len(found) > UNROLLED:
        return [representative(found)], True, _holds_many(representative(found))
    return found, False, False


def _holds_many(value: Value) -> bool:
    return isinstance(value, Many) or (isinstance(value, Items) and any(isinstance(item, Many) for item in value.items))


def known_elements(run: Evaluator, iterable: Value) -> list[Value] | None:
    """All elements of a sequence, None if not all are known."""
    if isinstance(iterable, Items):
        if iterable.more is not None or any(isinstance(o, Missing) for item in iterable.items for o in options(item)):
            return None
        return list(iterable.items)
    if isinstance(iterable, Table):
        return [Known(key) for key in iterable.named] if iterable.other is None else None
    if isinstance(iterable, Known) and isinstance(iterable.value, str):
        return [Known(character) for character in iterable.value[: UNROLLED + 1]]
    if isinstance(iterable, Yielded) and not iterable.open:
        return list(iterable.values)
    return None


def representative(found: list[Value], depth: int = 3) -> Value:
    """One value that stands for all elements of a long sequence."""
    first = found[0]
    if all(same(first, other) for other in found):
        return first
    if (
        depth
        and isinstance(first, Items)
        and all(isinstance(other, Items) and len(other.items) == len(first.items) for other in found)
    ):
        columns = zip(*(other.items for other in found if isinstance(other, Items)), strict=True)
        return sequence([representative(list(column), depth - 1) for column in columns], first.kind)
    if all(isinstance(other, Result | Instance) for other in found):
        return Many(tuple(found))
    return Unknown("one of many elements", spot=first.spot)


def element_of(run: Evaluator, iterable: Value) -> Value:
    """Any one element of a sequence."""
    if isinstance(iterable, Items):
        every = [*iterable.items, *([iterable.more] if iterable.more is not None else [])]
        present = [option for item in every for option in options(item) if not isinstance(option, Missing)]
        return join(present) if present else Unknown("an element of an empty list")
    if isinstance(iterable, Yielded):
        return join(list(iterable.values))
    if isinstance(iterable, OneOf):
        return join([element_of(run, option) for option in iterable.options])
    if isinstance(iterable, Result) and iterable.function in {"builtins.enumerate", "builtins.zip"}:
        parts = [element_of(run, argument) for argument in iterable.arguments]
        number: list[Value] = [Unknown("the number of a round", whole=True)] if iterable.name == "enumerate" else []
        return sequence([*number, *(parts[:1] if number else parts)], "tuple")
    if isinstance(iterable, Result) and iterable.function == "builtins.range":
        return Unknown("a number of a range", whole=True, spot=iterable.spot)
    return Element(iterable, spot=iterable.spot)


def item(run: Evaluator, owner: Value, index: Value) -> Value:
    """``owner[index]``."""
    if isinstance(owner, OneOf):
        return join([item(run, option, index) for option in owner.options], owner.varies)
    if isinstance(index, OneOf):
        return join([item(run, owner, option) for option in index.options], index.varies)
    if isinstance(owner, Items):
        return _item_of_sequence(run, owner, index)
    if isinstance(owner, Table):
        return _item_of_table(owner, index)
    if isinstance(owner, Yielded):
        position = constant(index)
        if not owner.open and isinstance(position, int) and position < len(owner.values):
            return owner.values[position]
        return join(list(owner.values))
    if isinstance(owner, Known) and isinstance(owner.value, str | bytes | tuple):
        position = constant(index)
        if isinstance(position, int) and -len(owner.value) <= position < len(owner.value):
            return Known(owner.value[position], spot=owner.spot)
        if isinstance(index, Slice):
            bounds = [constant(part) for part in (index.lower, index.upper, index.step)]
            if all(bound is None or isinstance(bound, int) for bound in bounds) and bounds[2] != 0:
                return Known(owner.value[slice(*bounds)], spot=owner.spot)
    if isinstance(owner, Element) and isinstance(owner.of, Result) and owner.of.function == "builtins.enumerate":
        return element_of(run, owner.of.arguments[0])
    if isinstance(owner, Result) and owner.function in _ARRAYS and isinstance(index, Known) and owner.arguments:
        written = owner.arguments[0]
        if isinstance(written, Items) and written.more is None and constant(written) is not None:
            return _item_of_sequence(run, written, index)
    if isinstance(owner, Instance):
        from vggdoctor.gather.source.interpreter import attributes

        method = attributes.method_of(owner, "__getitem__")
        if method is not None:
            return run.call(method, (index,))
    if isinstance(owner, Unknown):
        return Unknown(owner.reason, spot=owner.spot)
    return Item(owner, index, spot=owner.spot)


def _item_of_sequence(run: Evaluator, owner: Items, index: Value) -> Value:
    if isinstance(index, Slice):
        bounds = [
            constant(part, "?") if not isinstance(part, Known) else part.value for part in (index.lower, index.upper, index.step)
        ]
        if owner.more is None and all(bound is None or isinstance(bound, int) for bound in bounds) and bounds[2] != 0:
            return sequence(owner.items[slice(*bounds)], owner.kind, owner.spot)
        if owner.more is None and owner.items and all(isinstance(element, Result) for element in owner.items):
            return Unknown("a part of unknown length", spot=owner.spot)
        if owner.more is not None:
            return Items(owner.kind, Store(owner.contents), owner.depth, spot=owner.spot)
        return Item(owner, index, spot=owner.spot)
    position = constant(index)
    if isinstance(position, int) and not isinstance(position, bool):
        if owner.more is None and -len(owner.items) <= position < len(owner.items):
            return owner.items[position]
        if 0 <= position < len(owner.items):
            return owner.items[position]
    return element_of(run, owner)


def _item_of_table(owner: Table, index: Value) -> Value:
    key = constant(index)
    if isinstance(index, Known) or key is not None:
        found = owner.entries.get(key)
        if isinstance(found, Value):
            return found
        if owner.other is not None:
            return owner.other
        return Unknown(f"the dictionary has no {key!r} in sight", spot=owner.spot)
    return join(list(owner.entries.values())) if owner.entries else Unknown("an entry of an unknown dictionary", spot=owner.spot)


def append(run: Evaluator, items: Items, element: Value) -> None:
    """``items.append(element)`` at this point of the program."""
    loops = run.open_loops
    in_open_loop = len(loops) > items.depth
    heaps.append(run.heap, items, element, loops[-1].spot if loops else None, in_open_loop)


def extend(run: Evaluator, items: Items, added: Value) -> None:
    found = known_elements(run, added)
    if found is not None:
        for element in found:
            append(run, items, element)
        return
    joined = element_of(run, added)
    run.heap.store(items.contents, "more", joined if items.more is None else join([items.more, joined]))
    if isinstance(added, Items) and added.loop is not None:
        run.heap.store(items.contents, "loop", added.loop)
