"""Names of Keras as the program spells them, and what it asks of them; by the syntax alone, so that age shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from vggdoctor.evidence import KerasUse
from vggdoctor.gather.source.files.units import Chunk, Unit
from vggdoctor.gather.source.names import words

_METHODS = words(
    """fit fit_generator predict predict_generator predict_classes predict_proba predict_on_batch evaluate evaluate_generator
    save_weights load_weights"""
)
_GUARDS = words("ImportError ModuleNotFoundError AttributeError TypeError ValueError KeyError Exception")
_ROOTS = ("keras", "tensorflow")


def keras_uses(units: dict[str, Unit]) -> tuple[KerasUse, ...]:
    """Every import, dotted name and call of Keras in the files, those aside that an ``except`` catches the lack of."""
    found: dict[KerasUse, None] = {}
    for unit in units.values():
        aliases = _aliases(unit)
        if any(_is_keras(name) for name in aliases.values()):
            for chunk, body in unit.chunks:
                for statement in body:
                    try:
                        found.update(dict.fromkeys(_uses(chunk, statement, aliases, None)))
                    except RecursionError:  # nested deeper than the stack: passed over, as the evaluator says of it
                        continue
    return tuple(found)


def _is_keras(name: str) -> bool:
    return name in _ROOTS or name.startswith(("keras.", "tensorflow.keras"))


def _aliases(unit: Unit) -> dict[str, str]:
    """What a name stands for in the file: imports anywhere, and plain names given to parts of Keras."""
    aliases: dict[str, str] = {}
    for node in (inner for statement in unit.statements for inner in ast.walk(statement)):
        if isinstance(node, ast.Import):
            for each in node.names:
                aliases[each.asname or each.name.split(".")[0]] = each.name if each.asname else each.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            aliases |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = _dotted(node.value, aliases) if isinstance(node.value, ast.Attribute) else ""
            if _is_keras(name):
                aliases[node.targets[0].id] = name
    return aliases


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    """The full name of ``tf.keras.layers``, empty for what does not begin with a name of an import."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([aliases[node.id], *parts]) if isinstance(node, ast.Name) and node.id in aliases else ""


def _uses(chunk: Chunk, node: ast.AST, aliases: dict[str, str], call: ast.Call | None) -> Iterator[KerasUse]:
    """``call``: the call that ``node`` is the function of."""
    if isinstance(node, ast.Try) and any(_guards(handler) for handler in node.handlers):
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _imports(chunk, node)
    elif isinstance(node, ast.Call):
        yield from _uses(chunk, node.func, aliases, node)
        for inner in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _uses(chunk, inner, aliases, None)
    elif isinstance(node, ast.Attribute | ast.Name):
        name = _dotted(node, aliases)
        if not name and isinstance(node, ast.Attribute):
            if call is not None and node.attr in _METHODS:
                yield _use(f".{node.attr}", chunk, node, call)
            yield from _uses(chunk, node.value, aliases, None)
        elif _is_keras(name) and (call is not None or isinstance(node, ast.Attribute)):
            yield _use(name, chunk, node, call)
    else:
        if isinstance(node, ast.Subscript) and (key := _history_key(node)):
            yield KerasUse(name=f".history[{key}]", place=chunk.location(node.slice))
        for child in ast.iter_child_nodes(node):
            yield from _uses(chunk, child, aliases, None)


def _guards(handler: ast.ExceptHandler) -> bool:
    caught = [handler.type] if not isinstance(handler.type, ast.Tuple) else handler.type.elts
    return any(name is None or (isinstance(name, ast.Name) and name.id in _GUARDS) for name in caught)


def _imports(chunk: Chunk, node: ast.Import | ast.ImportFrom) -> Iterator[KerasUse]:
    before = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module and not node.level else ""
    if isinstance(node, ast.ImportFrom) and not before:
        return
    for each in node.names:
        name = before + each.name if each.name != "*" else before.rstrip(".")
        if _is_keras(name):
            yield KerasUse(name=name, place=chunk.location(each))


def _use(name: str, chunk: Chunk, node: ast.Attribute | ast.Name, call: ast.Call | None) -> KerasUse:
    if call is None:
        return KerasUse(name=name, place=chunk.location(node), written=chunk.source(node))
    plain = [value for value in call.args if not isinstance(value, ast.Starred)]
    first = plain[0] if plain else next((word.value for word in call.keywords if word.arg == "filepath"), None)
    return KerasUse(
        name=name,
        place=chunk.location(node),
        written=chunk.source(node),
        call=chunk.location(call),
        source=chunk.source(call),
        plain=tuple((chunk.location(value), chunk.source(value)) for value in call.args),
        arguments={word.arg: chunk.source(word.value) for word in call.keywords if word.arg},
        file=first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "",
    )


def _history_key(node: ast.Subscript) -> str:
    """``acc`` of ``history.history["acc"]``."""
    of = node.value
    if isinstance(of, ast.Attribute) and of.attr == "history" and isinstance(node.slice, ast.Constant):
        return node.slice.value if isinstance(node.slice.value, str) else ""
    return ""
