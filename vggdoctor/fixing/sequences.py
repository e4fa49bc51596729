"""Adding to and taking from arguments, elements and imported names in the layout that they have."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.document import Document, Edit
from vggdoctor.fixing.tree import Tree

WIDTH = 88
"""A line is not made longer than this, or than the longest that the file has up to MAXIMUM_WIDTH (Black's default; ours)."""
MAXIMUM_WIDTH = 120

_REST = re.compile(r"[ \t]*(#[^\r\n]*)?(?=[\r\n]|$)")


@dataclass(frozen=True)
class Sequence:
    """Items between two brackets: ``opened`` is the offset after the opening one, ``closed`` that of the closing one (None
    for imported names without brackets)."""

    opened: int
    closed: int | None
    items: tuple[tuple[int, int], ...]


def sequence_of(tree: Tree, node: cst.CSTNode) -> Sequence:
    """The items of a call, a list, set or tuple display, or an import.

    Raises RepairError for a node that holds no such items.
    """
    start, end = tree.span(node)
    if isinstance(node, cst.Call):
        opened = tree.skip(tree.span(node.func)[1])
        for _ in node.func.rpar:
            opened = tree.skip(opened + 1)
        return Sequence(opened + 1, end - 1, tuple(tree.span(arg) for arg in node.args))
    if isinstance(node, cst.List | cst.Set):
        return Sequence(start + 1, end - 1, tuple(tree.span(element) for element in node.elements))
    if isinstance(node, cst.Tuple):
        items = tuple(tree.span(element) for element in node.elements)
        closed = tree.skip(end) if node.rpar else None
        return Sequence(start, closed, items)
    if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
        items = tuple(tree.span(alias) for alias in node.names)
        return Sequence(items[0][0], end - 1 if node.rpar else None, items)
    raise RepairError(f"nothing can be added to {tree.text(node)!r}")


def is_too_long(tree: Tree, node: cst.CSTNode, additions: list[str]) -> bool:
    """Whether more items would make the one line of a list or call longer than the file's lines are."""
    start, end = tree.span(node)
    return "\n" not in tree.document.text[start:end] and not _Layout(tree, node).fits(end, additions)


def edits(tree: Tree, node: cst.CSTNode, drops: list[int], additions: list[str], has_room: bool = False) -> list[Edit]:
    """Take out the items at ``drops`` and put in ``additions``; a new item takes the place of one that goes, if any. With
    ``has_room`` they go on the line that there is, however long."""
    layout = _Layout(tree, node)
    if has_room:
        layout.width = MAXIMUM_WIDTH * 10
    left, new = sorted(set(drops)), list(additions)
    done = []
    while left and new:
        start, end = layout.here.items[left.pop(0)]
        done.append(Edit(start, end, layout.continued(new.pop(0), start)))
    if left:
        done += layout.taken_out(set(left))
    elif new:
        done += layout.put_in(new)
    return done


class _Layout:
    def __init__(self, tree: Tree, node: cst.CSTNode) -> None:
        self.here = sequence_of(tree, node)
        self.tree = tree
        self.document: Document = tree.document
        self.text = self.document.text
        self.is_tuple = isinstance(node, cst.Tuple)
        self.is_call = isinstance(node, cst.Call)
        self.ends_unpacked = isinstance(node, cst.Call) and bool(node.args) and node.args[-1].star == "**"
        longest = max((len(line.expandtabs(4)) for line in self.text.splitlines()), default=0)
        self.width = max(WIDTH, min(longest, MAXIMUM_WIDTH)) if self.is_call else MAXIMUM_WIDTH

    def continued(self, item: str, offset: int) -> str:
        """A new item whose later lines are indented like the line where it begins."""
        return item.replace("\n", "\n" + self.document.indentation(offset))

    def put_in(self, new: list[str]) -> list[Edit]:
        if not self.here.items:
            return self._within(new)
        start, end = self.here.items[-1]
        items = [self.continued(item, start) for item in new]
        indentation = self.document.indentation(start)
        if self.ends_unpacked:
            between = f",\n{indentation}" if self._alone(start) else ", "
            return [Edit(start, start, "".join(item + between for item in items))]
        if self._stacked():
            return self._below(items, indentation)
        if self.here.closed is None or self.fits(end, items):
            return self._beside(items)
        joined = items if self.is_call else [", ".join(items)]
        return self._below(joined, indentation if self._alone(start) else self._hanging(joined))

    def _within(self, new: list[str]) -> list[Edit]:
        """Between empty brackets: on their line if it stays short, else one a line."""
        at = self.here.opened
        if not self.is_call or self.fits(at, new):
            text = ", ".join(self.continued(item, at) for item in new)
            return [Edit(at, at, f"{text}," if self.is_tuple and len(new) == 1 else text)]
        blank = self.document.indentation(at)
        deeper = blank + self.tree.module.default_indent
        lines = "".join(deeper + item.replace("\n", f"\n{deeper}") + ",\n" for item in new)
        return [Edit(at, at, f"\n{lines}{blank}")]

    def _beside(self, items: list[str]) -> list[Edit]:
        """On the line of the last item."""
        end = self.here.items[-1][1]
        comma = self._comma(end)
        if comma is None:
            return [Edit(end, end, "".join(f", {item}" for item in items))]
        keeps_comma = not (self.is_tuple and len(self.here.items) == 1)  # (a,) needs its comma, (a, b) does not
        return [Edit(comma + 1, comma + 1, " " + ", ".join(items) + ("," if keeps_comma else ""))]

    def _below(self, items: list[str], indentation: str) -> list[Edit]:
        """On lines of their own; a comma at the end, or none, as before."""
        end = self.here.items[-1][1]
        comma = self._comma(end)
        if comma is not None:
            at = self._line_tail(comma + 1)
            return [Edit(at, at, "".join(f"\n{indentation}{item}," for item in items))]
        at = self._line_tail(end)
        lines = f"\n{indentation}" + f",\n{indentation}".join(items)
        return [Edit(end, end, f",{lines}")] if at == end else [Edit(end, end, ","), Edit(at, at, lines)]

    def _hanging(self, items: list[str]) -> str:
        """Under the first item; where that is too far to the right, a level deeper than the line."""
        first = self.here.items[0][0]
        blank = self.document.indentation(first)
        aligned = blank + " " * (first - self.document.line_start(first) - len(blank))
        column = len(aligned.expandtabs(4))
        fits = column <= WIDTH // 2 and all(column + len(item.split("\n")[0]) + 2 <= MAXIMUM_WIDTH for item in items)
        return aligned if fits else blank + self.tree.module.default_indent

    def taken_out(self, drops: set[int]) -> list[Edit]:
        items = self.here.items
        if len(drops) == len(items):
            comma = self._comma(items[-1][1])
            end = items[-1][1] if comma is None else comma + 1
            if self.here.closed is not None and "#" not in self.text[end : self.here.closed]:
                end = self.here.closed
            return [Edit(items[0][0] if "#" in self.text[self.here.opened : items[0][0]] else self.here.opened, end, "")]
        done: list[Edit] = []
        for index in sorted(drops):
            done += self._one_out(index, drops)
        return done

    def _one_out(self, index: int, drops: set[int]) -> list[Edit]:
        items = self.here.items
        start, end = items[index]
        comma = self._comma(end)
        after = end if comma is None else comma + 1
        kept = [other for other in range(index) if other not in drops]
        is_last = all(other in drops for other in range(index + 1, len(items)))
        if (self._alone(start) and self._line_tail(after) != after) or (self._alone(start) and self._ends_line(after)):
            done = [Edit(self.document.line_start(start), self.document.next_line(after), "")]
            if is_last and comma is None and kept:
                previous = self._comma(items[kept[-1]][1])
                done += [Edit(previous, previous + 1, "")] if previous is not None else []
            return done
        if not kept:
            return [Edit(start, items[index + 1][0], "")]
        before = items[index - 1][1]
        if "#" not in self.text[before:start]:
            return [Edit(before, end, "")]
        if not is_last:
            return [Edit(start, items[index + 1][0], "")]
        previous = self._comma(before)
        return ([Edit(previous, previous + 1, "")] if previous is not None and comma is None else []) + [Edit(start, after, "")]

    def _stacked(self) -> bool:
        starts = [start for start, _ in self.here.items]
        return all(map(self._alone, starts[1:])) if len(starts) > 1 else self._alone(starts[0])

    def _alone(self, start: int) -> bool:
        """Whether an item begins its line."""
        return not self.text[self.document.line_start(start) : start].strip()

    def _comma(self, end: int) -> int | None:
        """The offset of the comma that follows an item."""
        if self.here.closed is None and self._ends_line(end):
            return None
        at = self.tree.skip(end)
        return at if self.text[at : at + 1] == "," and (self.here.closed is None or at < self.here.closed) else None

    def _line_tail(self, offset: int) -> int:
        """The end of the line if nothing but a comment follows on it, else ``offset``."""
        match = _REST.match(self.text, offset)
        return match.end() if match else offset

    def _ends_line(self, offset: int) -> bool:
        return _REST.match(self.text, offset) is not None

    def fits(self, end: int, items: list[str]) -> bool:
        line = self.text[self.document.line_start(end) : self.document.line_end(end)]
        return len(line.expandtabs(4)) + sum(len(item.split("\n")[0]) + 2 for item in items) <= self.width
