"""Import statements: modules of the project are evaluated, others stand by their names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from vggdoctor.gather.source.interpreter.heap import Signal
from vggdoctor.gather.source.interpreter.values import Module, Symbol, Unknown, Value
from vggdoctor.gather.source.names import canonical

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator


def plain(run: Evaluator, node: ast.Import) -> Signal:
    for alias in node.names:
        path = run.program.find(alias.name, run.chunk.path)
        if path is not None and alias.asname:
            run.bind(alias.asname, run.program.load(run, path))
        elif path is not None:
            first = alias.name.split(".")[0]
            top = run.program.find(first, run.chunk.path)
            run.program.load(run, path)
            module = run.program.load(run, top) if top else Module(first)
            module.name = module.name or first
            run.bind(first, module)
            _bind_parts(run, module, alias.name, path)
        else:
            run.bind(
                alias.asname or alias.name.split(".")[0], run.symbol(alias.name if alias.asname else alias.name.split(".")[0])
            )
    return Signal.GO


def _bind_parts(run: Evaluator, module: Module, name: str, path: str) -> None:
    """Make ``a.b.c`` reachable from the module ``a``."""
    parts = name.split(".")
    for index in range(1, len(parts)):
        inner_path = path if index == len(parts) - 1 else run.program.find(".".join(parts[: index + 1]), run.chunk.path)
        inner = run.program.load(run, inner_path) if inner_path else Module(".".join(parts[: index + 1]))
        module.scope.names.setdefault(parts[index], inner)
        following = module.scope.names[parts[index]]
        if not isinstance(following, Module):
            return
        module = following


def from_module(run: Evaluator, node: ast.ImportFrom) -> Signal:
    base = node.module or ""
    path = run.program.find(base, run.chunk.path, node.level)
    module = run.program.load(run, path) if path is not None else None
    for alias in node.names:
        if alias.name == "*":
            _star(run, module, base)
        else:
            run.bind(alias.asname or alias.name, _member(run, node, module, base, alias.name))
    return Signal.GO


def _star(run: Evaluator, module: Module | None, base: str) -> None:
    if module is not None:
        for name, value in list(module.scope.names.items()):
            if not name.startswith("_"):
                run.bind(name, value)
        if run.module is not None:
            run.module.stars.extend(module.stars)
    elif run.module is not None:
        run.module.stars.append(base)


def _member(run: Evaluator, node: ast.ImportFrom, module: Module | None, base: str, name: str) -> Value:
    if module is not None and name in module.scope.names:
        found = module.scope.names[name]
        return found if isinstance(found, Value) else Unknown(f"{name} is not plain")
    inner = run.program.find(f"{base}.{name}".strip("."), run.chunk.path, node.level)
    if inner is not None:
        return run.program.load(run, inner)
    if module is not None:
        for star in module.stars:
            return Symbol(canonical(f"{star}.{name}"))
        return Unknown(f"{base} has no {name} in sight")
    if node.level:
        return Unknown(f"the module {'.' * node.level}{base} is not in the project")
    return Symbol(canonical(f"{base}.{name}"))
