"""Callbacks and class weights that the program makes and gives to no call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from vggdoctor.evidence import Call, CallbackUse
from vggdoctor.gather.source.facts import Arguments
from vggdoctor.gather.source.files.units import Unit
from vggdoctor.gather.source.interpreter.values import Items, OneOf, Result, Table, Value
from vggdoctor.gather.source.trainings.stage import callback_use, read_callbacks
from vggdoctor.schema import Location

_DEPTH = 4
"""Lists within lists that are searched for callbacks."""


class Idle:
    """Collects the callbacks that are made, and the calls that are given some."""

    def __init__(self) -> None:
        self._made: dict[Location, CallbackUse] = {}
        self._given: set[Location] = set()
        self._calls: set[Location] = set()
        self._unclear = False

    def note(self, call: Result) -> None:
        if call.place is None:
            return
        if call.function.startswith("keras.callbacks.") and call.name[:1].isupper() and call.name != "CallbackList":
            self._made[call.place] = callback_use(call)
        for value in (*call.arguments, *call.keywords.values()):
            self._given.update(_callbacks_in(value, _DEPTH))
        self._calls.add(call.place)
        if "callbacks" in call.keywords or call.unsure:
            self._unclear = self._unclear or not read_callbacks(Arguments(call))[0].known

    def callbacks(self, units: dict[str, Unit]) -> tuple[CallbackUse, ...]:
        """Those that nothing was given; none where a call that takes callbacks was not followed, or not understood."""
        if self._unclear or not self._made or any(place not in self._calls for place in _taking_callbacks(units)):
            return ()
        return tuple(use for place, use in self._made.items() if place not in self._given)


def _callbacks_in(value: Value, depth: int) -> Iterator[Location]:
    if isinstance(value, Result) and value.place is not None:
        yield value.place
    inner: tuple[Value, ...] = ()
    if isinstance(value, Items):
        inner = value.items if value.more is None else (*value.items, value.more)
    elif isinstance(value, Table):
        inner = tuple(value.entries.values())
    elif isinstance(value, OneOf):
        inner = value.options
    for each in inner if depth else ():
        yield from _callbacks_in(each, depth - 1)


def _taking_callbacks(units: dict[str, Unit]) -> Iterator[Location]:
    """Every call in the text with ``callbacks=``."""
    for unit in units.values():
        for chunk, body in unit.chunks:
            for node in (inner for statement in body for inner in ast.walk(statement)):
                if isinstance(node, ast.Call) and any(keyword.arg == "callbacks" for keyword in node.keywords):
                    yield chunk.location(node)


def idle_class_weights(units: dict[str, Unit]) -> tuple[Location, ...]:
    """Where scikit-learn works out class weights, in a program none of whose calls takes any weights."""
    made: list[Location] = []
    for unit in units.values():
        for chunk, body in unit.chunks:
            for node in (inner for statement in body for inner in ast.walk(statement)):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in _WEIGHERS:
                    made.append(chunk.location(node))
                elif any(word.arg is None or word.arg in _WEIGHTS for word in node.keywords):
                    return ()
    return tuple(made)


def folder_loaders(units: dict[str, Unit]) -> tuple[Call, ...]:
    """Where an iterator or dataset is made of a folder and given a plain name."""
    made: list[Call] = []
    for unit in units.values():
        for chunk, body in unit.chunks:
            for node in (inner for statement in body for inner in ast.walk(statement)):
                if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                    continue
                target, call = node.targets[0], next((each for each in ast.walk(node.value) if _loads_a_folder(each)), None)
                if isinstance(target, ast.Name) and isinstance(call, ast.Call):
                    made.append(Call(function=ast.unparse(call.func), place=chunk.location(call), assigned_to=target.id))
    return tuple(made)


def _loads_a_folder(node: ast.AST) -> bool:
    name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else name
    return name in {"flow_from_directory", "flow_from_dataframe", "image_dataset_from_directory"}


_WEIGHERS = frozenset({"compute_class_weight", "compute_sample_weight"})
_WEIGHTS = frozenset({"class_weight", "sample_weight", "loss_weights", "weights_column", "weight_col", "alpha", "pos_weight"})
