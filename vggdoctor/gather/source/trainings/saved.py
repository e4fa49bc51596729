"""Which training a network that is judged comes from: by the network itself, or by the file that it was saved to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from vggdoctor.evidence import Evaluation, Stage
from vggdoctor.gather.source.facts import Arguments
from vggdoctor.gather.source.interpreter.values import Instance, Items, Known, OneOf, Operation, Result, Unknown, Value, constant

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

SAVES = frozenset([".save", ".save_weights", "keras.models.save_model", "keras.saving.save_model"])
LOADS = frozenset(["keras.models.load_model", "keras.saving.load_model"])

Writers = dict[str, frozenset[int | None]]
"""The stages that write a file, by its path as far as that is known; None for a training that is not among the stages."""


class Saves:
    """Files that hold a trained network."""

    def __init__(self) -> None:
        self.writers: Writers = {}

    def note(self, call: Result, stage_of: dict[int, int]) -> None:
        """A call that saves a network."""
        network, path = saved_network(call)
        if network is not None:
            self._add(path, stage_of.get(id(network)))

    def note_checkpoints(self, callbacks: Value | None, stage: int | None) -> None:
        """The files that fit writes itself; ``stage`` is None for a training that is not among the stages."""
        for path, _ in checkpoints(callbacks):
            self._add(path, stage)

    def _add(self, path: str, stage: int | None) -> None:
        if path and "{" not in path:  # not a pattern
            self.writers[path] = self.writers.get(path, frozenset()) | {stage}


def checkpoints(callbacks: Value | None) -> list[tuple[str, bool]]:
    """(path, whether it holds the whole network) of the files that fit writes itself."""
    given = callbacks.items if isinstance(callbacks, Items) else ()
    found = [Arguments(each) for each in given if isinstance(each, Result) and each.name == "ModelCheckpoint"]
    return [(path_of(each.get("filepath")), each.constant("save_weights_only", False) is False) for each in found]


def saved_network(call: Result) -> tuple[Value | None, str]:
    """(the network, the path as far as it is known) of a call that saves one."""
    network = call.receiver if call.function.startswith(".") else (call.arguments[0] if call.arguments else None)
    place = 0 if call.function.startswith(".") else 1
    return network, path_of(call.arguments[place] if len(call.arguments) > place else call.keywords.get("filepath"))


def resolved(evaluations: Iterable[Evaluation], writers: Writers, stages: Sequence[Stage]) -> tuple[Evaluation, ...]:
    """The evaluations with the last stage that wrote the file; none where several networks went to files of one name."""
    return tuple(
        structs.replace(each, stage=_writer(each.loaded_from, writers, stages)) if each.stage is None else each
        for each in evaluations
    )


def _writer(path: str, writers: Writers, stages: Sequence[Stage]) -> int | None:
    """Of the files of that name, the one whose folders agree the furthest: programs are moved, files seldom renamed."""
    shared = {other: _shared_end(path, other) for other in writers} if path else {}
    best = max(shared.values(), default=0)
    found = {stage for other, length in shared.items() if length == best > 0 for stage in writers[other]}
    known = [index for index in found if index is not None]
    return max(known) if len(known) == len(found) and len({_first(index, stages) for index in known}) == 1 else None


def _shared_end(path: str, other: str) -> int:
    """How many parts, from the last one on, two paths have in common."""
    pairs = zip(reversed(_parts(path)), reversed(_parts(other)), strict=False)
    return next((index for index, (one, two) in enumerate(pairs) if one != two), min(len(_parts(path)), len(_parts(other))))


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


def note_weights(run: Evaluator, call: Result) -> None:
    """``model.load_weights("best.h5")``, ``model.set_weights(...)``"""
    target = call.arguments[0] if call.arguments else call.keywords.get("filepath")
    if isinstance(call.receiver, Result | Instance):
        source = Known(path_of(target)) if path_of(target) else Unknown("weights that come from elsewhere", spot=call.spot)
        run.heap.store(call.receiver.attributes, "#weights_from", source)


def loaded_from(network: Value) -> str:
    """The file that a network, or its weights, was loaded from; empty if it was not, or if that is not known."""
    if isinstance(network, OneOf):
        names = {loaded_from(option) for option in network.options}
        return names.pop() if len(names) == 1 else ""
    if isinstance(network, Result) and network.function in LOADS:
        return path_of(network.arguments[0] if network.arguments else network.keywords.get("filepath"))
    if isinstance(network, Result) and "#loaded_from" in network.attributes:
        return path_of(network.attributes["#loaded_from"])
    weights = network.attributes.get("#weights_from") if isinstance(network, Result | Instance) else None
    path = constant(weights) if isinstance(weights, Value) else None
    return path if isinstance(path, str) else ""


def path_of(target: Value | None) -> str:
    """A path as far as it is known from its end; empty where not even its last part is."""
    while isinstance(target, Result) and target.name in {"str", "Path", "fspath", "as_posix"}:
        target = target.receiver or (target.arguments[0] if target.arguments else None)
    if isinstance(target, Operation) and target.operator == "Div":  # pathlib
        before, last = path_of(target.left), path_of(target.right)
        return f"{before}/{last}" if before and last else last
    path = constant(target)
    return path if isinstance(path, str) else ""


def _first(index: int, stages: Sequence[Stage]) -> int:
    """The first fit of the network that a stage trains."""
    before = stages[index].follows
    return index if before is None else _first(before, stages)
