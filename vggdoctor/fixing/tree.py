"""The syntax tree of a document, with the place of every node in its text. Loads LibCST."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeVar

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider, Scope, ScopeProvider

from vggdoctor.errors import RepairError
from vggdoctor.fixing.document import Document
from vggdoctor.schema import Location

Node = TypeVar("Node", bound=cst.CSTNode)
_KINDS = (
    cst.BaseExpression,
    cst.BaseSmallStatement,
    cst.BaseStatement,
    cst.BaseSuite,
    cst.BaseElement,
    cst.BaseDictElement,
    cst.Arg,
    cst.Decorator,
    cst.ImportAlias,
)
KEPT = 16
"""Trees in memory, 2 MB for a script of 300 lines (measured); repairs are planned file by file."""
_TRIVIA = re.compile(r"(?:[ \t\f\r\n]|\\\r?\n|#[^\r\n]*)*")


class Tree:
    """Finds what a location names.

    Raises RepairError if the document does not parse.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.module = parsed(document.python, document.path)
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        self._parents = wrapper.resolve(ParentNodeProvider)
        self._scopes = wrapper.resolve(ScopeProvider)
        spans = {
            node: (document.offset(place.start.line, place.start.column), document.offset(place.end.line, place.end.column))
            for node, place in wrapper.resolve(PositionProvider).items()
            if isinstance(node, _KINDS)
        }
        outer_first = list(spans)[::-1]
        outer_first.sort(key=lambda node: (spans[node][0], -spans[node][1]))
        self._spans: dict[cst.CSTNode, tuple[int, int]] = {node: spans[node] for node in outer_first}

        if any(self.text(name) != name.value for name in self.of(cst.Name)):  # a form feed in front of code, for one
            raise RepairError(f"the places in {document.path} cannot be told")

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """The offsets of a node, its own parentheses excluded."""
        return self._spans[node]

    def place(self, node: cst.CSTNode) -> Location:
        """The location of a node, as changes name it."""
        document = self.document
        start, end = self.span(node)
        part = document.part_of(start)
        lines = [document.line_number(offset) for offset in (start, end)]
        columns = [offset - document.line_start(offset) + 1 for offset in (start, end)]
        first, last = (line - part.first_line for line in lines)
        return Location(document.path, first, last, columns[0], columns[1], part.cell)

    def has(self, node: cst.CSTNode) -> bool:
        """Whether the place of a node is known: of statements, expressions, arguments and elements it is."""
        return node in self._spans

    def text(self, node: cst.CSTNode) -> str:
        start, end = self.span(node)
        return self.document.text[start:end]

    def of(self, kind: type[Node]) -> Iterator[Node]:
        """Every node of a kind, outer ones before those that they hold."""
        return (node for node in self._spans if isinstance(node, kind))

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(node)

    def scope(self, node: cst.CSTNode) -> Scope:
        """The scope in which a node is evaluated."""
        here: cst.CSTNode | None = node
        while here is not None:
            scope = self._scopes.get(here)
            if isinstance(scope, Scope):
                return scope
            here = self.parent(here)
        raise RepairError(f"{self.document.path} has no scope at {self.text(node)!r}")

    def binds(self, name: str) -> bool:
        """Whether any scope of the file binds a name."""
        return any(name == binding.name for scope in set(self._scopes.values()) if scope for binding in scope.assignments)

    def skip(self, offset: int) -> int:
        """The next offset that is neither white space nor comment nor a continued line."""
        match = _TRIVIA.match(self.document.text, offset)
        return match.end() if match else offset

    def call(self, place: Location, argument: str) -> cst.Call:
        """The call at a location: the one that spans it exactly, else the only one that it can mean.

        A location without columns (all 1) means the outermost call that begins on that line, or the one that has
        ``argument``.
        """
        start, end = self._wanted(place)
        calls = list(self.of(cst.Call))
        exact = [call for call in calls if self.span(call) == (start, end)]
        named = [call for call in calls if self.span(call.func) == (start, end)]
        inside = [call for call in calls if start <= self.span(call)[0] and self.span(call)[1] <= end]
        if _is_whole_line(place):
            lines = self.document.line_start(end), self.document.next_line(end)
            inside = [call for call in calls if lines[0] <= self.span(call)[0] < lines[1]]
        having = [call for call in inside if argument in (arg.keyword.value for arg in call.args if arg.keyword)]
        outermost = [call for call in inside if not any(other is not call and self._holds(other, call) for other in inside)]
        for found in (exact[:1], named, having, outermost):
            if len(found) == 1:
                return found[0]
        if outermost:
            raise RepairError(f"{place} holds {len(outermost)} calls, and which one is meant is not clear")
        raise RepairError(f"there is no call at {place}")

    def expression(self, place: Location) -> tuple[cst.BaseExpression, int, int]:
        """The expression that a location spans, with the offsets to replace (its parentheses if the location has them)."""
        start, end = self._wanted(place)
        text = self.document.text
        inner_start, inner_end = start, end
        while True:
            for node, span in self._spans.items():
                if span == (inner_start, inner_end) and isinstance(node, cst.BaseExpression):
                    return node, start, end
            if not (text[inner_start : inner_start + 1] == "(" and text[inner_end - 1 : inner_end] == ")"):
                raise RepairError(f"there is no expression that spans {place}")
            inner_start = self.skip(inner_start + 1)
            inner_end = inner_start + len(text[inner_start : inner_end - 1].rstrip())

    def statement(self, place: Location) -> cst.BaseSmallStatement | cst.BaseCompoundStatement:
        """The innermost whole statement that contains a location; for a decorator, the definition below it."""
        start, end = self._wanted(place)
        kinds = (cst.BaseSmallStatement, cst.BaseCompoundStatement)
        holding = [
            node
            for node in self._spans
            if isinstance(node, kinds) and self.first(node) <= start < self.span(node)[1] and end <= self._tail(node)
        ]
        if _is_whole_line(place):
            line = self.document.line_start(start)
            first = [node for node in self._spans if isinstance(node, kinds) and self._begins_line(node, line)]
            holding = first[:1] or holding
        if not holding:
            raise RepairError(f"there is no statement at {place}")
        return holding[-1]

    def first(self, node: cst.CSTNode) -> int:
        """Where a statement begins, its decorators included."""
        start = self.span(node)[0]
        decorators = node.decorators if isinstance(node, cst.FunctionDef | cst.ClassDef) else ()
        return min([start, *(self.span(decorator)[0] for decorator in decorators)])

    def _begins_line(self, node: cst.CSTNode, line: int) -> bool:
        start = self.first(node)
        return self.document.line_start(start) == line and not self.document.text[line:start].strip()

    def _tail(self, node: cst.CSTNode) -> int:
        """Where what follows a statement begins, so that a location may take in a semicolon or comment."""
        end = self.skip(self.span(node)[1])
        return self.skip(end + 1) if self.document.text[end : end + 1] == ";" else end

    def _wanted(self, place: Location) -> tuple[int, int]:
        start, end = self.document.span(place)
        if _is_whole_line(place):
            start = end = start + len(self.document.indentation(start))
        return start, end

    def _holds(self, outer: cst.CSTNode, inner: cst.CSTNode) -> bool:
        (start, end), (inner_start, inner_end) = self.span(outer), self.span(inner)
        return start <= inner_start and inner_end <= end


@lru_cache(maxsize=KEPT)
def tree_of(path: str, raw: str) -> Tree:
    """The tree of a file as it stands: repairs that are planned one after another share it.

    Raises RepairError if the file does not parse.
    """
    return Tree(Document(path, raw))


def parsed(python: str, path: str) -> cst.Module:
    """The tree of a module.

    Raises RepairError if it does not parse.
    """
    try:
        return cst.parse_module(python)
    except cst.ParserSyntaxError as error:
        raise RepairError(f"{path} is not valid Python from line {error.raw_line} on") from error


def _is_whole_line(place: Location) -> bool:
    return place.column == 1 and place.end_column == 1
