"""From repairs in the terms of the program to a patch of the files."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from vggdoctor.errors import RepairError
from vggdoctor.fixing.document import read
from vggdoctor.fixing.patch import Patch, assemble
from vggdoctor.project import Project
from vggdoctor.schema import (
    AppendItem,
    BypassCall,
    Change,
    HandOver,
    LoadInBatches,
    Location,
    MoveImports,
    PutThrough,
    RemoveArgument,
    Repair,
    SetArgument,
    SplitFunction,
    SwapCalls,
)

if TYPE_CHECKING:
    from vggdoctor.fixing.workshop import Workshop


def plan(project: Project, repairs: Sequence[Repair]) -> Patch:
    """The changes of all repairs together, each file parsed once; what several ask for alike is done once.

    A repair is done whole or left out with the reason: its place is not there, the result would not parse, or an earlier one
    changes the same text.
    """
    # LibCST loads only where there is something to repair.
    workshop_type = importlib.import_module("vggdoctor.fixing.workshop").Workshop if repairs else None
    shops: dict[str, Workshop] = {}
    left_out: list[tuple[Repair, str]] = []
    spelling = _keras_spelling(project) if repairs else ""
    for repair in repairs:
        try:
            for path in paths_of(repair) - shops.keys():
                assert workshop_type is not None
                shops[path] = workshop_type(read(project, path), spelling)
            accepted = [(shops[path], shops[path].tried(repair)) for path in sorted(paths_of(repair))]
        except RepairError as error:
            left_out.append((repair, str(error)))
            continue
        for shop, requests in accepted:
            shop.accept(requests)
    originals = {path: shop.document.raw for path, shop in shops.items()}
    return assemble(originals, {path: shop.result() for path, shop in shops.items()}, tuple(left_out))


def paths_of(repair: Repair) -> set[str]:
    """The files that a repair changes."""
    return {place_of(change).path for change in repair.changes}


def place_of(change: Change) -> Location:
    """Where a change applies."""
    if isinstance(change, SetArgument | RemoveArgument | BypassCall | HandOver):
        return change.call
    if isinstance(change, LoadInBatches):
        return change.loop
    if isinstance(change, SwapCalls):
        return change.first
    if isinstance(change, SplitFunction | PutThrough):
        return change.mapped
    if isinstance(change, MoveImports):
        return change.names[0][0]
    return change.display if isinstance(change, AppendItem) else change.at


@lru_cache(maxsize=1)
def _keras_spelling(project: Project) -> str:
    """How the project's imports spell Keras, for a file that imports none of it; asked for once more with each repair."""
    texts = [source.text for source in project.sources.values()]
    standalone = sum(len(re.findall(r'(?m)^[\s"]*(?:from|import) keras\b', text)) for text in texts)
    bundled = sum(len(re.findall(r"\btensorflow(?:\.| import )keras\b", text)) for text in texts)
    return "keras" if standalone > bundled else "tensorflow.keras"
