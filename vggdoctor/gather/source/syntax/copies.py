"""Rows that are duplicated, or turned about beside the originals, and then split."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from vggdoctor.gather.source.files.units import Chunk, Unit
from vggdoctor.gather.source.names import words
from vggdoctor.schema import Location

_SAMPLING = words("fit_resample fit_sample")
_COPIERS = ("OverSampler", "SMOTE", "ADASYN")
_TURNS = re.compile(r"(?i)flip|mirror|rotat|rot90|transpose|warp|augment|shear|zoom|distort|random_|elastic")
"""Functions that make another picture of one that is there."""
_JOINS = words("concatenate append vstack stack hstack extend")
_SPLITTING = frozenset({"train_test_split"})


def copied_before_split(units: dict[str, Unit]) -> tuple[tuple[Location, Location], ...]:
    """(where rows are duplicated, where what holds them is split), within one block of statements."""
    found: list[tuple[Location, Location]] = []
    for unit in units.values():
        if not any(name in line for chunk, _ in unit.chunks for line in chunk.lines for name in _SPLITTING):
            continue
        blocks = [[(chunk, statement) for chunk, body in unit.chunks for statement in body]]
        for chunk, statement in blocks[0]:
            blocks += [[(chunk, each) for each in node.body] for node in ast.walk(statement) if isinstance(node, ast.FunctionDef)]
        for block in blocks:
            found += _in_block(block)
    return tuple(found)


def _in_block(block: list[tuple[Chunk, ast.stmt]]) -> Iterator[tuple[Location, Location]]:
    copies: dict[str, Location] = {}
    turned: dict[str, set[str]] = {}
    for chunk, statement in block:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call) and _name(node) in _SPLITTING):
            for name in _read(call):
                if name in copies:
                    yield copies[name], chunk.location(call)
                    return
            copies = {}  # from here on, parts are duplicated, as it should be
        _follow(chunk, statement, copies)
        copies |= _beside_originals(chunk, statement, turned)


def _follow(chunk: Chunk, statement: ast.stmt, copies: dict[str, Location]) -> None:
    """Note which names hold duplicated rows after a statement."""
    for node in ast.walk(statement):
        value: ast.expr | None = None
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            value, targets = node.value, node.targets
            if isinstance(value, ast.Call) and any(copier in _name(value) for copier in _COPIERS):
                copies |= {f"{ast.unparse(target)}()": chunk.location(value) for target in targets}  # a sampler by name
        elif isinstance(node, ast.Call) and _name(node) in {"append", "extend"} and isinstance(node.func, ast.Attribute):
            value, targets = (node.args[0] if node.args else None), [node.func.value]
        place = _origin(chunk, value, copies) if value is not None else None
        for name in (inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)):
            if place is not None:
                copies[name] = place
            elif isinstance(node, ast.Assign):
                copies.pop(name, None)


def _beside_originals(chunk: Chunk, statement: ast.stmt, turned: dict[str, set[str]]) -> dict[str, Location]:
    """Lists that hold pictures and turned ones of them after a statement; ``turned`` are names with what they were made of."""
    found: dict[str, Location] = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.For):
            found |= _appended_twice(chunk, node)
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        read, names = set(_read(node.value)), {each.id for each in targets if isinstance(each, ast.Name)}
        joins = isinstance(node, ast.AugAssign) or isinstance(node.value, ast.BinOp) or _joins(node.value)
        originals = {origin for name in read for origin in turned.get(name, ())}
        if joins and originals & (read | names):
            found |= dict.fromkeys(names, chunk.location(node))
        elif _turns(node.value):
            turned |= dict.fromkeys(names, read)
    return found


def _joins(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and _name(value) in _JOINS


def _turns(value: ast.AST) -> bool:
    return any(isinstance(node, ast.Call) and _TURNS.search(_name(node)) for node in ast.walk(value))


def _appended_twice(chunk: Chunk, loop: ast.For) -> dict[str, Location]:
    """Lists to which one round appends a picture as well as what was made of it by turning."""
    found: dict[str, Location] = {}
    for block in (node.body for node in ast.walk(loop) if isinstance(node, ast.For | ast.If | ast.With | ast.Try)):
        turned: set[str] = set()
        plain: dict[str, set[str]] = {}
        for statement in block:
            if isinstance(statement, ast.Assign) and _turns(statement.value):
                turned |= {target.id for target in statement.targets if isinstance(target, ast.Name)} - set(
                    _read(statement.value)
                )
            for call in _appends(statement):
                into, read = ast.unparse(call.func.value), set(_read(call.args[0]))  # type: ignore[attr-defined]
                if into in plain and ((_turns(call.args[0]) and plain[into] & read) or read & turned):
                    found[into] = chunk.location(call)
                elif not _turns(call.args[0]) and not read & turned:
                    plain.setdefault(into, set()).update(read)
    return found


def _appends(statement: ast.stmt) -> Iterator[ast.Call]:
    """Calls of append that are statements of their own."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _name(call) == "append" and call.args:
        yield call


def _origin(chunk: Chunk, value: ast.expr, copies: dict[str, Location]) -> Location | None:
    """Where the rows of an expression were duplicated, None if they were not."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and _copies(node, copies):
            return chunk.location(node)
    return next((copies[name] for name in _read(value) if name in copies), None)


def _copies(call: ast.Call, copies: dict[str, Location]) -> bool:
    """Whether a call duplicates rows: scikit-learn's resample with replacement, or an oversampler of imbalanced-learn."""
    given = {word.arg: word.value for word in call.keywords}
    if _name(call) == "resample":
        replaces = given.get("replace")
        off = isinstance(replaces, ast.Constant) and replaces.value is False
        return not off and (isinstance(call.func, ast.Name) or "replace" in given)  # a method of that name is of pandas
    if _name(call) in _SAMPLING and isinstance(call.func, ast.Attribute):
        written = ast.unparse(call.func.value)
        return any(copier in written for copier in _COPIERS) or f"{written}()" in copies
    return False


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _read(node: ast.AST) -> Iterator[str]:
    return (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load))
