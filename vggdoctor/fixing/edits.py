"""What repairs ask of one file, and the one set of text edits that does it all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

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
    """Other white space, where nothing else changes there; with ``too_long``, only where the line would be so otherwise, and is
    not yet."""

    start: int
    end: int
    text: str
    too_long: bool = False


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
    alignments: list[Align] = field(default_factory=list)


def render(tree: Tree, requests: list[Request]) -> list[Edit]:
    """The edits that do everything that is requested; the same request is done once.

    Raises RepairError if two of them cannot both be done.
    """
    got = _Collected()
    for request in dict.fromkeys(requests):
        _collect(got, request)
    for node in {**got.additions, **got.drops}:
        items = [addition.text for addition in got.additions[node]]
        if isinstance(node, cst.Call):
            for index in sorted(got.drops[node])[: len(items)]:
                got.alignments += on_a_new_line(tree, node, index)
        apart = [] if got.drops[node] else _apart(tree, node, items)
        got.alignments += apart
        got.edits += sequences.edits(tree, node, got.drops[node], items, has_room=bool(apart))
    # Insertions that meet at one offset keep this order: what ends a line, then new imports, then other new lines.
    got.edits += _import_lines(got.imports)
    puts = [(put.statement, put.lines, put.after) for put in got.puts]
    got.edits += statements.edits(tree, puts, got.removals)
    changed = _without_overlap(got.edits)
    free = [
        Edit(white.start, white.end, white.text)
        for white in got.alignments
        if not any(edit.start < white.end and white.start < edit.end for edit in changed)
        and (not white.too_long or _grows_too_long(tree, white.start, changed))
    ]
    return sorted([*changed, *free], key=lambda edit: (edit.start, edit.end))


def on_a_new_line(tree: Tree, call: cst.Call, index: int) -> list[Align]:
    """An argument below the first one, in case that its line gets too long; none for what has no other before it there."""
    document, starts = tree.document, [tree.span(arg)[0] for arg in call.args]
    end, start = tree.span(call.args[index - 1])[1], starts[index]
    if index == 0 or starts[index - 1] < document.line_start(start) or document.text[end:start].strip() != ",":
        return []
    column = starts[0] - document.line_start(starts[0])
    return [Align(document.text.index(",", end) + 1, start, "\n" + " " * column, too_long=True)]


def _apart(tree: Tree, node: cst.CSTNode, items: list[str]) -> list[Align]:
    """A new line for an argument that grows too long for its line and fits there as a whole."""
    argument = tree.parent(node)
    call = tree.parent(argument) if isinstance(argument, cst.Arg) else None
    if not isinstance(call, cst.Call) or not items or not sequences.is_too_long(tree, node, items):
        return []
    index = next(at for at, arg in enumerate(call.args) if arg is argument)
    found = on_a_new_line(tree, call, index)
    start = tree.span(call.args[index])[0]
    rest = tree.document.line_end(start) - start + sum(len(item) + 2 for item in items)
    fits = all(len(white.text) - 1 + rest <= sequences.MAXIMUM_WIDTH for white in found)
    return [replace(white, too_long=False) for white in found] if fits else []


def _grows_too_long(tree: Tree, offset: int, changed: list[Edit]) -> bool:
    start, end = tree.document.line_start(offset), tree.document.line_end(offset)
    length = len(tree.document.text[start:end].expandtabs(4))
    within = [edit for edit in changed if start <= edit.start and edit.end <= end and "\n" not in edit.text]
    grown = sum(len(edit.text) - (edit.end - edit.start) for edit in within)
    return length <= sequences.MAXIMUM_WIDTH < length + grown


def _collect(got: _Collected, request: Request) -> None:
    if isinstance(request, Replace):
        got.edits.append(Edit(request.start, request.end, request.text))
    elif isinstance(request, Align):
        got.alignments.append(request)
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
    texts = [(at, after, head + ", ".join(sorted(names, key=_by_kind))) for (at, after, head), names in lines.items()]
    return [Edit(at, at, f"\n{text}" if after else f"{text}\n") for at, after, text in texts]


def _by_kind(name: str) -> tuple[bool, bool, str]:
    """Constants before classes before functions, as isort has them."""
    return not name.isupper(), not name[:1].isupper(), name


def _without_overlap(edits: list[Edit]) -> list[Edit]:
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    distinct = [edit for index, edit in enumerate(ordered) if index == 0 or edit != ordered[index - 1]]
    reached = 0
    for edit in distinct:
        if edit.start < reached:
            raise RepairError("another repair changes the same place")
        reached = max(reached, edit.end)
    return distinct
