"""Imports from where a name is now, or from where it should be. Loads LibCST."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import libcst as cst

from vggdoctor.errors import RepairError
from vggdoctor.fixing.edits import Add, Drop, Import, Remove, Replace, Request
from vggdoctor.fixing.names import takes_one_more
from vggdoctor.fixing.tree import Tree
from vggdoctor.schema import Change, MoveImports, ReplaceExpression, SetArgument

_ONE_NAME = re.compile(r"\$\{(keras\.[\w.]+)\}(.*)", re.DOTALL)
_ROOT = re.compile(r"^(tensorflow\.keras|keras)(?=\.)")


def moved(tree: Tree, change: MoveImports) -> list[Request]:
    """What is asked of the file.

    Raises RepairError if there is no such import.
    """
    wanted: dict[cst.ImportFrom, dict[int, str]] = defaultdict(dict)
    for place, target in change.names:
        start, end = tree.document.span(place)
        for statement in tree.of(cst.ImportFrom):
            for index, alias in enumerate(_names(statement)):
                if tree.span(alias) == (start, end):
                    wanted[statement][index] = target
    if sum(map(len, wanted.values())) != len(change.names):
        raise RepairError(f"an import of {change.names[0][1].rpartition('.')[2]} is not there")
    return [request for statement, targets in wanted.items() for request in _moved(tree, statement, targets)]


def renamed_at_import(tree: Tree, changes: Sequence[Change]) -> list[Change]:
    """The changes, with one of an import instead of those that only put another function of the same name in the place of each
    use of the imported one: ``preprocess_input`` of another family."""
    replaced: dict[str, dict[cst.Name, tuple[Change, str]]] = defaultdict(dict)
    for change in changes:
        if found := _replaced_name(tree, change):
            name, target = found
            replaced[name.value][name] = (change, target)
    done = list(changes)
    for written, uses in replaced.items():
        targets = {target for _, target in uses.values()}
        imported = [(each, alias) for each in _top(tree) for alias in _names(each) if _bound(alias) == written]
        if len(targets) != 1 or len(imported) != 1 or set(_uses(tree, written)) != set(uses):
            continue
        (statement, alias), target = imported[0], targets.pop()
        root = _ROOT.match(_module(tree, statement))
        if root is None or alias.evaluated_name != target.rpartition(".")[2]:
            continue
        done = [change for change in done if change not in [change for change, _ in uses.values()]]
        done.append(MoveImports(((tree.place(alias), _ROOT.sub(root[0], target)),)))
    return done


def _replaced_name(tree: Tree, change: Change) -> tuple[cst.Name, str] | None:
    """(the name of a function that is replaced, and by what), None where a change does something else."""
    match = _ONE_NAME.fullmatch(change.source) if isinstance(change, SetArgument | ReplaceExpression) else None
    if match is None:
        return None
    if isinstance(change, SetArgument):
        call = tree.call(change.call, change.name)
        node = next((arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == change.name), None)
    else:
        assert isinstance(change, ReplaceExpression)
        node, _, _ = tree.expression(change.at)
        if isinstance(node, cst.Call) and tree.text(node).removeprefix(tree.text(node.func)) == match[2]:
            return (node.func, match[1]) if isinstance(node.func, cst.Name) else None
    return (node, match[1]) if isinstance(node, cst.Name) and not match[2] else None


def _moved(tree: Tree, statement: cst.ImportFrom, targets: dict[int, str]) -> list[Request]:
    assert statement.module is not None
    aliases = _names(statement)
    modules = {target.rpartition(".")[0] for target in targets.values()}
    if len(targets) == len(aliases):
        if len(modules) > 1:
            raise RepairError("the names of one import are now in several places")
        module = modules.pop()
        names = [_renamed(aliases[index], target) for index, target in targets.items()]
        beside = _beside(tree, statement, module, ", ".join(names))
        if beside is not None:
            return [Remove(statement), *(Add(beside, name, name) for name in names)]
        changed = [(tree.span(aliases[index]), name) for index, name in zip(targets, names, strict=True)]
        new = [Replace(*span, name) for span, name in changed if tree.document.text[slice(*span)] != name]
        return [Replace(*tree.span(statement.module), module), *new]
    end = tree.document.line_end(tree.span(statement)[1])
    requests: list[Request] = [Drop(statement, index) for index in targets]
    for index, target in targets.items():
        module, _, name = target.rpartition(".")
        beside = _beside(tree, statement, module, _renamed(aliases[index], target))
        if beside is not None:
            requests.append(Add(beside, _renamed(aliases[index], target), _renamed(aliases[index], target)))
        else:
            requests.append(Import(end, True, module, name, _bound(aliases[index])))
    return requests


def _beside(tree: Tree, statement: cst.ImportFrom, module: str, addition: str) -> cst.ImportFrom | None:
    """Another import of that module at the top, near enough to be before each use, that takes one more name."""
    first = min((tree.span(use)[0] for alias in _names(statement) for use in _uses(tree, _bound(alias))), default=0)
    for other in _top(tree) if statement in set(_top(tree)) else ():
        is_before = tree.span(other)[0] < first and tree.document.part_of(tree.span(other)[0]) == tree.document.part_of(
            tree.span(statement)[0]
        )
        if other is not statement and _module(tree, other) == module and is_before and takes_one_more(tree, other, addition):
            return other
    return None


def _top(tree: Tree) -> list[cst.ImportFrom]:
    lines = [line for line in tree.module.body if isinstance(line, cst.SimpleStatementLine)]
    return [statement for line in lines for statement in line.body if isinstance(statement, cst.ImportFrom)]


def _names(statement: cst.ImportFrom) -> Sequence[cst.ImportAlias]:
    return () if isinstance(statement.names, cst.ImportStar) else statement.names


def _bound(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name


def _module(tree: Tree, statement: cst.ImportFrom) -> str:
    return tree.text(statement.module) if statement.module is not None and not statement.relative else ""


def _uses(tree: Tree, name: str) -> list[cst.Name]:
    """Where a name is used, the import that binds it aside."""
    found = []
    for node in tree.of(cst.Name):
        parent = tree.parent(node)
        is_attribute = isinstance(parent, cst.Attribute) and parent.attr is node
        is_keyword = isinstance(parent, cst.Arg) and parent.keyword is node
        if node.value == name and not is_attribute and not is_keyword and not isinstance(parent, cst.ImportAlias | cst.AsName):
            found.append(node)
    return found


def _renamed(alias: cst.ImportAlias, target: str) -> str:
    name, bound = target.rpartition(".")[2], _bound(alias)
    return name if name == bound else f"{name} as {bound}"
