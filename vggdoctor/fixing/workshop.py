"""Where the repairs of one file come together. Loads LibCST."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Sequence

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing import freezing, handing_over, imports, load_in_batches, way_of_pictures
from vggdoctor.fixing.arguments import Arguments
from vggdoctor.fixing.document import Document
from vggdoctor.fixing.edits import Add, Align, Put, Remove, Replace, Request, on_a_new_line, render
from vggdoctor.fixing.free_names import brought, taken_from_outside
from vggdoctor.fixing.names import Names
from vggdoctor.fixing.planning import place_of
from vggdoctor.fixing.precedence import needs_parentheses
from vggdoctor.fixing.style import Style
from vggdoctor.fixing.tree import parsed, tree_of
from vggdoctor.schema import (
    AppendItem,
    BypassCall,
    Change,
    FreezeLess,
    HandOver,
    InsertStatements,
    LoadInBatches,
    Location,
    MoveImports,
    PutThrough,
    RemoveArgument,
    RemoveStatement,
    Repair,
    ReplaceExpression,
    SetArgument,
    SplitFunction,
    SwapCalls,
)

_PLACEHOLDER = re.compile(r"\$\{(new:)?([A-Za-z_][\w.]*)\}")


class Workshop:
    """One file, the repairs accepted for it so far, and the text that comes of them."""

    def __init__(self, document: Document, keras: str) -> None:
        self.tree = tree_of(document.path, document.raw)
        self.document = self.tree.document
        self._names = Names(self.tree, keras)
        self._style = Style(self.tree)
        self._requests: list[Request] = []
        self._brought: set[str] = set()
        self._problem = _problem_of(self.document.python)

    def tried(self, repair: Repair) -> list[Request]:
        """What this file's share of a repair asks for, after it has been tried beside what was accepted.

        Raises RepairError if it cannot be done, or not beside those.
        """
        own = [change for change in repair.changes if place_of(change).path == self.document.path]
        changes = imports.renamed_at_import(self.tree, [simple for change in own for simple in self._simple(change)])
        self._brought |= {name for change in changes for name in self._new_names(change)}
        requests = [request for change in changes for request in self._requested(change)]
        text = self.document.edited(render(self.tree, self._requests + requests))
        self._check(text)
        return requests

    def accept(self, requests: Sequence[Request]) -> None:
        self._requests += requests

    def result(self) -> str:
        """The whole new text of the file."""
        return self.document.edited(render(self.tree, self._requests))

    def _check(self, text: str) -> None:
        """Raises RepairError if the new text does not compile, or does not even parse where the old one compiles neither."""
        python = Document(self.document.path, text).python
        problem = _problem_of(python)
        if problem and not self._problem:
            raise RepairError(f"the result would not be valid Python: {problem}")
        if problem:
            parsed(python, self.document.path)

    def _requested(self, change: Change) -> list[Request]:
        makers: dict[type, Callable[..., list[Request]]] = {
            SetArgument: self._set_argument,
            RemoveArgument: self._remove_argument,
            ReplaceExpression: self._replace_expression,
            InsertStatements: self._insert_statements,
            RemoveStatement: self._remove_statement,
            AppendItem: self._append_item,
            MoveImports: lambda moved: imports.moved(self.tree, moved),
        }
        return makers[type(change)](change)

    def _set_argument(self, change: SetArgument) -> list[Request]:
        call = self.tree.call(change.call, change.name)
        source, imports = self._source(change.source, call)
        request = Arguments(self.tree, self._names, call).set(change.name, source)
        if request is None:
            return []
        grown = [request] if isinstance(request, Replace) else []
        return [request, *(line for each in grown for line in self._broken(call, each)), *imports]

    def _remove_argument(self, change: RemoveArgument) -> list[Request]:
        call = self.tree.call(change.call, change.name)
        return [Arguments(self.tree, self._names, call).removed(change.name)]

    def _replace_expression(self, change: ReplaceExpression) -> list[Request]:
        node, start, end = self.tree.expression(change.at)
        alike = self._alike(change.like, node) if change.like is not None else ""
        source, imports = self._source(alike or change.source, node)
        if needs_parentheses(source, self.document.text[start:end], self.tree.parent(node)):
            source = f"({source})"
        if self.document.text[start:end] == source:
            return []
        new = source.replace("\n", "\n" + self.document.indentation(start))
        done, holder = Replace(start, end, new), self.tree.parent(node)
        call = self.tree.parent(holder) if isinstance(holder, cst.Arg) else None
        lines = self._broken(call, done) if isinstance(call, cst.Call) else []
        return [done, *lines, *self._aligned(node, end, len(new) - (end - start)), *imports]

    def _alike(self, place: Location, at: cst.CSTNode) -> str:
        """The text of another expression, empty where it may mean something else at ``at``."""
        if place.path != self.document.path:
            return ""
        other, _, _ = self.tree.expression(place)
        names = [node for node in self.tree.of(cst.Name) if self._is_inside(node, other)]
        here, there = self.tree.scope(at), self.tree.scope(other)
        same = all(set(here[name.value]) == set(there[name.value]) for name in names)
        calls = any(self._is_inside(call, other) for call in self.tree.of(cst.Call))
        return self.tree.text(other) if same and not calls and self.tree.span(other)[0] < self.tree.span(at)[0] else ""

    def _is_inside(self, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
        (start, end), (first, last) = self.tree.span(node), self.tree.span(outer)
        return first <= start and end <= last

    def _broken(self, call: cst.Call, done: Replace) -> list[Align]:
        """A new line for an argument that may make its line too long."""
        starts = [self.tree.span(arg)[0] for arg in call.args]
        index = max((at for at, start in enumerate(starts) if start <= done.start), default=0)
        return [] if "\n" in done.text else on_a_new_line(self.tree, call, index)

    def _aligned(self, node: cst.BaseExpression, end: int, longer: int) -> list[Align]:
        """The lines of a call whose arguments stand below its first one, moved with the name that is replaced."""
        function: cst.CSTNode | None = node
        while isinstance(parent := self.tree.parent(function) if function else None, cst.Attribute) and parent.value is function:
            function = parent
        call = self.tree.parent(function) if function else None
        if not isinstance(call, cst.Call) or call.func is not function or not call.args:
            return []
        starts = [self.tree.span(arg)[0] for arg in call.args]
        column = starts[0] - self.document.line_start(starts[0])
        if self.document.line_start(starts[0]) != self.document.line_start(end):
            return []
        lines = {self.document.line_start(start): start for start in reversed(starts) if self.document.line_start(start) > end}
        below = [(line, start) for line, start in lines.items() if start - line == column]
        if longer == 0 or column + longer < 0 or any(self.document.text[line:start].strip(" ") for line, start in below):
            return []
        return [Align(line, start, " " * (column + longer)) for line, start in below]

    def _insert_statements(self, change: InsertStatements) -> list[Request]:
        statement = self.tree.statement(change.at)
        source, imports = self._source(change.source.removesuffix("\n"), statement)
        lines = tuple(source.split("\n"))
        return [] if self._is_there(statement, lines, change.after) else [Put(statement, lines, change.after), *imports]

    def _remove_statement(self, change: RemoveStatement) -> list[Request]:
        return [Remove(self.tree.statement(change.at))]

    def _append_item(self, change: AppendItem) -> list[Request]:
        node, _, _ = self.tree.expression(change.display)
        if not isinstance(node, cst.List | cst.Tuple | cst.Set):
            raise RepairError(f"there is no list or tuple display at {change.display}")
        source, imports = self._source(change.source, node)
        if source in [self.tree.text(element.value) for element in node.elements]:
            return []
        return [Add(node, source, source), *imports]

    def _simple(self, change: Change) -> tuple[Change, ...]:
        """A change in terms of the simpler ones that it is made of."""
        if isinstance(change, LoadInBatches):
            return load_in_batches.changes(self.tree, self._names, change)
        if isinstance(change, BypassCall | PutThrough | SplitFunction | SwapCalls):
            return way_of_pictures.changes(self.tree, change)
        if isinstance(change, FreezeLess):
            return freezing.changes(self.tree, change)
        return handing_over.changes(self.tree, change) if isinstance(change, HandOver) else (change,)

    def _new_names(self, change: Change) -> set[str]:
        if not isinstance(change, InsertStatements):
            return set()
        return brought(_PLACEHOLDER.sub(lambda match: self._names.new(match[2]) if match[1] else "_", change.source))

    def _source(self, source: str, at: cst.CSTNode) -> tuple[str, list[Request]]:
        """New source in the file's style, with its names spelled as they are reached at ``at``, and the imports for them."""
        imports: list[Request] = []

        def spelled(match: re.Match[str]) -> str:
            if match[1]:
                return self._names.new(match[2])
            text, requests = self._names.spell(match[2], at)
            imports.extend(requests)
            return text

        text = _PLACEHOLDER.sub(spelled, source)
        strangers = sorted(taken_from_outside(text) - self._brought - self._names.given)
        for name in strangers:
            if not self.tree.scope(at)[name] and self.tree.binds(name) and not self._may_be_hidden(name):
                raise RepairError(f"{name} is known elsewhere, not at {self.tree.place(at)}")
        return self._style.dressed(text), imports

    def _may_be_hidden(self, name: str) -> bool:
        """Whether a name may come from a star import, or from a magic line that the parser did not see."""
        starred = any(isinstance(node.names, cst.ImportStar) for node in self.tree.of(cst.ImportFrom))
        masked = set(self.document.text.splitlines()) - set(self.document.python.splitlines())
        return starred or any(re.search(rf"\b{re.escape(name)}\b", line) for line in masked)

    def _is_there(self, statement: cst.CSTNode, lines: tuple[str, ...], after: bool) -> bool:
        """Whether just these lines stand beside the statement already."""
        document = self.document
        if after:
            start = document.next_line(self.tree.span(statement)[1])
            found = document.text[start:].splitlines()[: len(lines)]
        else:
            found = document.text[: document.line_start(self.tree.first(statement))].splitlines()[-len(lines) :]
        return [line.strip() for line in found] == [line.strip() for line in lines]


def _problem_of(text: str) -> str:
    """Why this Python would not compile a module or a cell; empty if it would."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(text, "<repaired>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return ""
