"""What repairs ask of one file, and the one set of text edits that does it all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing import sequences, statements
from vggdoctor.fixing.document import Edit
from vggdoctor.fixing.tree import Tree


@dataclass(frozen=True)
class Replace:
    """Other text for a span."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Align:
    """Other white space in front of a line's text, where nothing else changes there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Add:
    """One more argument, element or imported name, called ``name`` where two of that name cannot be."""

    sequence: cst.CSTNode
    name: str
    text: str


@dataclass(frozen=True)
class Drop:
    """One argument less, by its index."""

    sequence: cst.CSTNode
    index: int


@dataclass(frozen=True)
class Put:
    """Lines before or after a statement, at its indentation."""

    statement: cst.CSTNode
    lines: tuple[str, ...]
    after: bool


@dataclass(frozen=True)
class Remove:
    """A statement less."""

    statement: cst.CSTNode


@dataclass(frozen=True)
class Import:
    """A line ``from module import name as alias``, or ``import module as alias`` where ``name`` is empty.

    ``at`` is the end of the line that it comes after, or the start of the one that it comes before.
    """

    at: int
    after: bool
    module: str
    name: str
    alias: str


Request = Replace | Align | Add | Drop | Put | Remove | Import


@dataclass
class _Collected:
    additions: dict[cst.CSTNode, list[Add]] = field(default_factory=lambda: defaultdict(list))
    drops: dict[cst.CSTNode, list[int]] = field(default_factory=lambda: defaultdict(list))
    puts: list[Put] = field(default_factory=list)
    removals: list[cst.CSTNode] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    alignments: list[Edit] = field(default_factory=list)


def render(tree: Tree, requests: list[Request]) -> list[Edit]:
    """The edits that do everything that is requested; the same request is done once.

    Raises RepairError if two of them cannot both be done.
    """
    got = _Collected()
    for request in dict.fromkeys(requests):
        _collect(got, request)
    for node in {**got.additions, **got.drops}:
        items = [addition.text for addition in got.additions[node]]
        got.edits += sequences.edits(tree, node, got.drops[node], items)
    # Insertions that meet at one offset keep this order: what ends a line, then new imports, then other new lines.
    got.edits += _import_lines(got.imports)
    puts = [(put.statement, put.lines, put.after) for put in got.puts]
    got.edits += statements.edits(tree, puts, got.removals)
    changed = _without_overlap(got.edits)
    free = (edit for edit in got.alignments if not any(other.start < edit.end and edit.start < other.end for other in changed))
    return sorted([*changed, *free], key=lambda edit: (edit.start, edit.end))


def _collect(got: _Collected, request: Request) -> None:
    if isinstance(request, Replace):
        got.edits.append(Edit(request.start, request.end, request.text))
    elif isinstance(request, Align):
        got.alignments.append(Edit(request.start, request.end, request.text))
    elif isinstance(request, Add):
        if any(request.name == other.name for other in got.additions[request.sequence]):
            raise RepairError(f"{request.name} is already given another value there")
        got.additions[request.sequence].append(request)
    elif isinstance(request, Drop):
        got.drops[request.sequence].append(request.index)
    elif isinstance(request, Put):
        got.puts.append(request)
    elif isinstance(request, Remove):
        got.removals.append(request.statement)
    else:
        got.imports.append(request)


def _import_lines(imports: list[Import]) -> list[Edit]:
    lines: dict[tuple[int, bool, str], list[str]] = defaultdict(list)
    for request in imports:
        renamed = "" if request.alias == (request.name or request.module) else f" as {request.alias}"
        if request.name:
            lines[request.at, request.after, f"from {request.module} import "].append(request.name + renamed)
        else:
            lines[request.at, request.after, f"import {request.module}{renamed}"] = []
    texts = [(at, after, head + ", ".join(names)) for (at, after, head), names in lines.items()]
    return [Edit(at, at, f"\n{text}" if after else f"{text}\n") for at, after, text in texts]


def _without_overlap(edits: list[Edit]) -> list[Edit]:
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    distinct = [edit for index, edit in enumerate(ordered) if index == 0 or edit != ordered[index - 1]]
    reached = 0
    for edit in distinct:
        if edit.start < reached:
            raise RepairError("another repair changes the same place")
        reached = max(reached, edit.end)
    return distinct
