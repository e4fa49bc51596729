"""Putting in and taking out whole statements: lines of their own, wherever the old ones stood."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.document import Document, Edit
from vggdoctor.fixing.tree import Tree

_COMMENT = re.compile(r"#(?!!|.*-\*-| ?%%)")
"""A comment for people: not the line for the shell, the encoding, or the mark of a cell."""


@dataclass
class _Row:
    """The statements of one line (several after semicolons, or behind a colon), and what goes into the gaps between them."""

    small: list[cst.CSTNode]
    gaps: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    removed: set[int] = field(default_factory=set)


def edits(tree: Tree, puts: list[tuple[cst.CSTNode, tuple[str, ...], bool]], removals: list[cst.CSTNode]) -> list[Edit]:
    """The edits for all insertions (statement, lines, whether after it) and removals."""
    rows: dict[cst.CSTNode, _Row] = {}
    for statement, lines, after in puts:
        holder = _holder(tree, statement, for_insertion=True)
        row = rows.setdefault(holder, _Row(_small(tree, holder)))
        index = row.small.index(statement) if statement in row.small else 0
        row.gaps[index + after] += lines
    for statement in removals:
        holder = _holder(tree, statement, for_insertion=False)
        row = rows.setdefault(holder, _Row(_small(tree, holder)))
        row.removed.add(row.small.index(statement))
    return [edit for holder, row in rows.items() for edit in _row_edits(tree, holder, row)]


def _holder(tree: Tree, statement: cst.CSTNode, for_insertion: bool) -> cst.CSTNode:
    """What stands on lines of its own: a compound statement, a line of small ones, or the suite behind a colon."""
    parent = tree.parent(statement)
    if isinstance(statement, cst.If) and isinstance(parent, cst.If):  # an elif
        if not for_insertion:
            raise RepairError("an elif cannot be taken out alone")
        return _holder(tree, parent, for_insertion)
    return parent if isinstance(parent, cst.SimpleStatementLine | cst.SimpleStatementSuite) else statement


def _small(tree: Tree, holder: cst.CSTNode) -> list[cst.CSTNode]:
    return list(holder.body) if isinstance(holder, cst.SimpleStatementLine | cst.SimpleStatementSuite) else [holder]


def _row_edits(tree: Tree, holder: cst.CSTNode, row: _Row) -> list[Edit]:
    document = tree.document
    if row.removed == set(range(len(row.small))):
        return _replaced_row(tree, holder, [line for gap in sorted(row.gaps) for line in row.gaps[gap]])
    if isinstance(holder, cst.SimpleStatementSuite):
        return _suite_edits(tree, holder, row)
    start, end = tree.first(row.small[0]), tree.span(row.small[-1])[1]
    indentation = document.indentation(start)
    done = _between(tree, row, indentation)
    if row.gaps.get(0):
        line, lines = document.line_start(start), row.gaps[0]
        if any(text.startswith(("def ", "class ", "@")) for text in lines):
            line, lines = _above(document, line, lines)
        done.append(Edit(line, line, "".join(f"{_indented(text, indentation)}\n" for text in lines)))
    if row.gaps.get(len(row.small)):
        tail = document.line_end(end)
        done.append(Edit(tail, tail, "".join(f"\n{_indented(text, indentation)}" for text in row.gaps[len(row.small)])))
    return done


def _above(document: Document, line: int, lines: list[str]) -> tuple[int, list[str]]:
    """Where a definition goes: above the comment that belongs to the statement, with no more blank lines than are wanted."""
    blank, part = document.indentation(line), document.part_of(line)
    while line > part.start and _COMMENT.match(document.text, document.line_start(line - 1) + len(blank)):
        line = document.line_start(line - 1)
    above = document.text[part.start : line].splitlines()
    while lines and not lines[0].strip() and above and not above[-1].strip():
        lines, above = lines[1:], above[:-1]
    return line, lines


def _suite_edits(tree: Tree, suite: cst.SimpleStatementSuite, row: _Row) -> list[Edit]:
    """``if x: f()`` becomes a block where a line is added to it."""
    document = tree.document
    if not any(row.gaps.values()):
        return _between(tree, row, "")
    owner = tree.parent(suite)
    if owner is None:
        raise RepairError("a statement behind a colon has no owner")
    start, end = tree.span(row.small[0])[0], tree.span(row.small[-1])[1]
    indentation = document.indentation(_header(tree, suite)) + tree.module.default_indent
    colon = len(document.text[:start].rstrip(" \t"))
    opening = "".join(f"\n{_indented(text, indentation)}" for text in row.gaps.get(0, [])) + f"\n{indentation}"
    done = [Edit(colon, start, opening), *_between(tree, row, indentation)]
    if row.gaps.get(len(row.small)):
        tail = document.line_end(end)
        done.append(Edit(tail, tail, "".join(f"\n{_indented(text, indentation)}" for text in row.gaps[len(row.small)])))
    return done


def _between(tree: Tree, row: _Row, indentation: str) -> list[Edit]:
    """The gaps between statements that share a line, and those of them that go."""
    done = []
    for index in range(1, len(row.small)):
        if row.gaps.get(index):
            left, right = tree.span(row.small[index - 1])[1], tree.span(row.small[index])[0]
            lines = "".join(f"\n{_indented(text, indentation)}" for text in row.gaps[index])
            done.append(Edit(left, right, f"{lines}\n{indentation}"))
    for index in sorted(row.removed):
        start, end = tree.span(row.small[index])
        if index + 1 < len(row.small):
            done.append(Edit(start, tree.span(row.small[index + 1])[0], ""))
        else:
            done.append(Edit(tree.span(row.small[index - 1])[1], end, ""))
    return done


def _replaced_row(tree: Tree, holder: cst.CSTNode, lines: list[str]) -> list[Edit]:
    """Other lines, or none, in the place of all that a row holds."""
    document = tree.document
    start, end = tree.first(holder), tree.span(holder)[1]
    if isinstance(holder, cst.SimpleStatementSuite):
        if not lines:
            return [Edit(start, end, "pass")]
        indentation = document.indentation(_header(tree, holder)) + tree.module.default_indent
        colon = len(document.text[:start].rstrip(" \t"))
        return [Edit(colon, end, "".join(f"\n{_indented(text, indentation)}" for text in lines))]
    indentation = document.indentation(start)
    block = tree.parent(holder)
    if not lines and isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
        return [Edit(start, end, "pass")]
    first, last = document.line_start(start), document.next_line(end)
    if lines:
        return [Edit(first, document.line_end(end), "\n".join(_indented(text, indentation) for text in lines))]
    return [_whole_lines(document, first, last)]


def _whole_lines(document: Document, first: int, last: int) -> Edit:
    part = document.part_of(first)
    if last > part.end or (last == part.end and not document.text[:last].endswith(("\n", "\r"))):
        before = document.text[part.start : first]
        return Edit(part.start + len(before.removesuffix("\n").removesuffix("\r")), part.end, "")
    return Edit(first, last, "")


def _header(tree: Tree, suite: cst.CSTNode) -> int:
    """Where the statement begins whose colon the suite follows."""
    owner = tree.parent(suite)
    while owner is not None and not isinstance(owner, cst.BaseCompoundStatement):
        owner = tree.parent(owner)
    if owner is None:
        raise RepairError("a statement behind a colon has no owner")
    return tree.first(owner)


def _indented(text: str, indentation: str) -> str:
    return indentation + text if text.strip() else ""
