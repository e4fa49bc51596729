"""Imports from where a name is now. Loads LibCST."""

from __future__ import annotations

from collections import defaultdict

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.edits import Drop, Import, Replace, Request
from vggdoctor.fixing.tree import Tree
from vggdoctor.schema import MoveImports


def moved(tree: Tree, change: MoveImports) -> list[Request]:
    """What is asked of the file.

    Raises RepairError if there is no such import.
    """
    wanted: dict[cst.ImportFrom, dict[int, str]] = defaultdict(dict)
    for place, target in change.names:
        start, end = tree.document.span(place)
        for statement in tree.of(cst.ImportFrom):
            for index, alias in enumerate(() if isinstance(statement.names, cst.ImportStar) else statement.names):
                if tree.span(alias) == (start, end):
                    wanted[statement][index] = target
    if sum(map(len, wanted.values())) != len(change.names):
        raise RepairError(f"an import of {change.names[0][1].rpartition('.')[2]} is not there")
    return [request for statement, targets in wanted.items() for request in _moved(tree, statement, targets)]


def _moved(tree: Tree, statement: cst.ImportFrom, targets: dict[int, str]) -> list[Request]:
    assert not isinstance(statement.names, cst.ImportStar) and statement.module is not None
    modules = {target.rpartition(".")[0] for target in targets.values()}
    renamed = [_renamed(statement.names[index], target) for index, target in targets.items()]
    if len(targets) == len(statement.names) and len(modules) == 1:
        start, end = tree.span(statement.module)
        names = [Replace(*tree.span(statement.names[index]), text) for index, text in zip(targets, renamed, strict=True)]
        changed = [edit for edit in names if tree.document.text[edit.start : edit.end] != edit.text]
        return [Replace(start, end, modules.pop()), *changed]
    if len(targets) == len(statement.names):
        raise RepairError("the names of one import are now in several places")
    end = tree.document.line_end(tree.span(statement)[1])
    requests: list[Request] = [Drop(statement, index) for index in targets]
    for index, target in targets.items():
        module, _, name = target.rpartition(".")
        alias = statement.names[index].evaluated_alias or statement.names[index].evaluated_name
        requests.append(Import(end, True, module, name, alias))
    return requests


def _renamed(alias: cst.ImportAlias, target: str) -> str:
    name, bound = target.rpartition(".")[2], alias.evaluated_alias or alias.evaluated_name
    return name if name == bound else f"{name} as {bound}"
