"""Changes that can be undone, so that both sides of an undecided branch are tried and their effects joined."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from vggdoctor.gather.source.interpreter.values import (
    LONGEST,
    Items,
    Known,
    Missing,
    OneOf,
    Store,
    Table,
    Value,
    births,
    join,
    options,
    same,
)


class Signal(Enum):
    """How a block of statements ended."""

    GO = "go"
    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"
    EXIT = "exit"


class _Absent:
    """The old value of a name that was not there."""


ABSENT = _Absent()


class Change(NamedTuple):
    mapping: dict[Any, Any]
    key: Any
    old: Any
    new: Any


Changes = dict[tuple[int, Any], Change]


class Trial(NamedTuple):
    """``since``: what was born later was made by this way itself."""

    signal: Signal
    changes: Changes
    since: int = 0

    def made(self, mapping: dict[Any, Any]) -> bool:
        return isinstance(mapping, Store) and mapping.born > self.since


class Heap:
    """All stores go through here: names, attributes, elements. ``trial`` runs something and takes its effects back."""

    def __init__(self) -> None:
        self._logs: list[dict[tuple[int, Any], tuple[dict[Any, Any], Any, Any]]] = []

    def store(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        if self._logs and (id(mapping), key) not in self._logs[-1]:
            self._logs[-1][id(mapping), key] = (mapping, key, mapping.get(key, ABSENT))
        if value is ABSENT:
            mapping.pop(key, None)
        else:
            mapping[key] = value

    def trial(self, action: Callable[[], Signal]) -> Trial:
        """What ``action`` does, undone again."""
        self._logs.append({})
        since = births()
        try:
            signal = action()
        finally:
            log = self._logs.pop()
            changes = {where: Change(mapping, key, old, mapping.get(key, ABSENT)) for where, (mapping, key, old) in log.items()}
            for mapping, key, old, _ in changes.values():
                if old is ABSENT:
                    mapping.pop(key, None)
                else:
                    mapping[key] = old
        return Trial(signal, changes, since)

    def apply(self, trials: list[Trial], varies: bool = False) -> None:
        """Make the state one of those that the trials led to. Nothing is joined of what only one of them made."""
        for where in dict.fromkeys(where for trial in trials for where in trial.changes):
            touching = [trial for trial in trials if where in trial.changes]
            sample = touching[0].changes[where]
            results = [trial.changes[where].new for trial in touching]
            if len(touching) < len(trials) and not touching[0].made(sample.mapping):
                results.append(sample.old)
            self.store(sample.mapping, sample.key, _joined(results, varies))

    def mix_in(self, changes: Changes) -> None:
        """Join with the effects of a way that left earlier; what it did not touch stays as it is."""
        for mapping, key, _, new in changes.values():
            self.store(mapping, key, _joined([mapping.get(key, ABSENT), new]))


def _joined(results: list[Any], varies: bool = False) -> Any:
    present = [result for result in results if result is not ABSENT]
    if not present:
        return ABSENT
    if all(result is present[0] for result in present):
        return present[0]
    if all(type(result) is tuple for result in present):  # a Spot is a tuple too
        return _joined_elements(present)
    values = [result for result in present if isinstance(result, Value)]
    if not values:
        return next((result for result in present if result is not None), None)
    merged = _merged(values)
    return merged if merged is not None else join(values, varies)


def _merged(values: list[Value]) -> Value | None:
    """Tables of equal keys are joined entry by entry."""
    tables = [value for value in values if isinstance(value, Table)]
    if len(tables) != len(values) or len({frozenset(table.entries) for table in tables}) != 1:
        return None
    first = tables[0]
    return Table(Store({key: join([table.entries[key] for table in tables]) for key in first.entries}), spot=first.spot)


def _joined_elements(sequences: list[tuple[Value, ...]]) -> tuple[Value, ...]:
    """Elements that all share stay sure; further ones of one side only may be missing."""
    shortest = min(len(elements) for elements in sequences)
    shared = [join([elements[index] for elements in sequences]) for index in range(shortest)]
    rest: list[Value] = []
    for elements in sequences:
        for element in elements[shortest:]:
            if not any(isinstance(other, OneOf) and same(other.options[0], element) for other in rest):
                rest.append(OneOf((element, Missing()), spot=element.spot))
    return (*shared, *rest)


MOST_OTHERS = 2
"""Elements of later rounds kept beside the first one: enough to see what changes from round to round."""


def _alike(present: Value, element: Value) -> Value | None:
    """``present`` if it already holds what the same expression made in another round of an outer loop."""
    for option in options(present):
        same_source = option.spot is not None and element.spot is not None and option.spot.node is element.spot.node
        if same_source and type(option) is type(element) and not isinstance(element, Known | Items):
            return present
    return None


def append(heap: Heap, items: Items, element: Value, loop: Any, in_open_loop: bool) -> None:
    """Append to a list, as a further element of unknown number where the loop's length is not known."""
    if not in_open_loop and len(items.items) < LONGEST:
        heap.store(items.contents, "items", (*items.items, element))
        return
    alike = _alike(items.more, element) if items.more is not None else None
    if alike is not None and len(items.others) < MOST_OTHERS:
        heap.store(items.contents, "others", (*items.others, element))
    joined = element if items.more is None else alike or join([items.more, element])
    heap.store(items.contents, "more", joined)
    heap.store(items.contents, "loop", loop)
