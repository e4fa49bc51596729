"""The expressions that fit is given, as written, and the steps of a dataset by name: what a fix must know to name them again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import structs

from vggdoctor.evidence import Call, Evaluation, Pipeline, Stage
from vggdoctor.gather.source.files.units import Chunk, Unit
from vggdoctor.gather.source.names import words
from vggdoctor.schema import Location

_DATASET_METHODS = words(
    """apply as_numpy_iterator batch cache concatenate enumerate filter flat_map interleave map prefetch rebatch repeat
    shard shuffle skip take unbatch with_options"""
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def with_expressions(stage: Stage, units: dict[str, Unit]) -> Stage:
    """The stage with ``receiver``, and ``x_source``, ``y_source`` and ``chain`` of its pipelines, if its fit is in the text."""
    found = _call_at(stage.place, units)
    if found is None:
        return stage
    chunk, call = found
    if isinstance(call.func, ast.Attribute):
        stage = structs.replace(stage, receiver=_text(chunk, call.func.value))
    x = _argument(call, 0, "x", "generator")
    y = _argument(call, 1, "y") if stage.method == "fit" else None
    flow = _flow(stage.train, x, units)
    train = stage.train
    if flow is not None:
        x = _argument(flow[1], 0, "x") if x is flow[1] else x
        y = _argument(flow[1], 1, "y")
    train = _named(train, chunk, x, y, stage.place, units)
    stage = structs.replace(stage, class_weight_source=_text(chunk, _argument(call, 9, "class_weight")))
    given = _argument(call, 7 if stage.method == "fit" else 5, "validation_data")
    validation = stage.validation.value
    if validation is None or given is None:
        return structs.replace(stage, train=train)
    pair = given.elts if isinstance(given, ast.Tuple | ast.List) and len(given.elts) >= 2 else (given, None)
    validation = _named(validation, chunk, pair[0], pair[1], stage.place, units)
    return structs.replace(stage, train=train, validation=structs.replace(stage.validation, value=validation))


def with_names(evaluation: Evaluation, units: dict[str, Unit]) -> Evaluation:
    """The evaluation with ``assigned_to``, and ``x_source`` of its pipeline, if its call is in the text."""
    found = _call_at(evaluation.place, units)
    if found is None:
        return evaluation
    chunk, call = found
    pipeline = evaluation.pipeline
    if pipeline.value is not None:
        named = structs.replace(pipeline.value, x_source=_text(chunk, _argument(call, 0, "x", "generator")))
        pipeline = structs.replace(pipeline, value=named)
    return structs.replace(evaluation, pipeline=pipeline, assigned_to=_target_of(evaluation.place, units))


def _target_of(place: Location, units: dict[str, Unit]) -> str:
    """What the statement around a call assigns to, as written."""
    unit = units.get(place.path)
    for chunk, body in unit.chunks if unit else ():
        for statement in body if chunk.cell == place.cell else ():
            if statement.lineno <= place.line <= (statement.end_lineno or statement.lineno):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Assign) and chunk.location(node).contains(place):
                        return ", ".join(ast.unparse(target) for target in node.targets)
    return ""


def _named(
    pipeline: Pipeline, chunk: Chunk, x: ast.expr | None, y: ast.expr | None, fit: Location, units: dict[str, Unit]
) -> Pipeline:
    chain = _chain(pipeline.loader, x.id, fit, units) if isinstance(x, ast.Name) and pipeline.loader else ()
    return structs.replace(pipeline, x_source=_text(chunk, x), y_source=_text(chunk, y), chain=chain)


def _text(chunk: Chunk, node: ast.expr | None) -> str:
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return ""
    return chunk.source(node)


def _argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    plain = call.args[: position + 1]
    return plain[position] if len(plain) > position and not any(isinstance(arg, ast.Starred) for arg in plain) else None


def _flow(train: Pipeline, x: ast.expr | None, units: dict[str, Unit]) -> tuple[Chunk, ast.Call] | None:
    """The call of ImageDataGenerator.flow behind a pipeline, the node in fit's own arguments where it stands there."""
    if train.loader is None or not train.loader.function.endswith(".flow"):
        return None
    found = _call_at(train.loader.place, units)
    if found and isinstance(x, ast.Call) and found[0].location(x) == found[0].location(found[1]):
        return found[0], x
    return found


def _call_at(place: Location, units: dict[str, Unit]) -> tuple[Chunk, ast.Call] | None:
    unit = units.get(place.path)
    for chunk, body in unit.chunks if unit else ():
        if chunk.cell != place.cell:
            continue
        for statement in body:
            if statement.lineno <= place.line <= (statement.end_lineno or statement.lineno):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Call) and chunk.location(node) == place:
                        return chunk, node
    return None


def _chain(loader: Call, name: str, fit: Location, units: dict[str, Unit]) -> tuple[Call, ...]:
    """The dataset methods between the loader and the name that fit is given, followed back from fit; empty if unclear."""
    steps: list[Call] = []
    for chunk, statement in reversed(list(_before(loader.place, fit, units))):
        if not isinstance(statement, ast.Assign) or [ast.unparse(target) for target in statement.targets] != [name]:
            continue
        calls, root = _methods(statement.value)
        made = [
            Call(function=f"tf.data.Dataset.{method}", place=chunk.location(node), assigned_to=name) for method, node in calls
        ]
        steps = made + steps
        if chunk.location(root) == loader.place:
            return tuple(steps)
        if not isinstance(root, ast.Name):
            return ()
        name = root.id
    return ()


def _methods(value: ast.expr) -> tuple[list[tuple[str, ast.Call]], ast.expr]:
    """The dataset methods of a chained expression, first one first, and what they are called on."""
    calls: list[tuple[str, ast.Call]] = []
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _DATASET_METHODS:
        calls.insert(0, (value.func.attr, value))
        value = value.func.value
    return calls, value


def _before(loader: Location, fit: Location, units: dict[str, Unit]) -> Iterator[tuple[Chunk, ast.stmt]]:
    """The statements from the loader's on up to fit, in the block of the function that holds the loader."""
    unit = units.get(loader.path)
    if unit is None or loader.path != fit.path:
        return
    begun = False
    for chunk, body in unit.chunks:
        for statement in _block(chunk, body, loader):
            begun = begun or (chunk.cell == loader.cell and statement.lineno <= loader.line <= (statement.end_lineno or 0))
            if chunk.cell == fit.cell and statement.lineno > fit.line:
                return
            if begun:
                yield chunk, statement


def _block(chunk: Chunk, body: list[ast.stmt], loader: Location) -> list[ast.stmt]:
    """The body of the function around the loader, the chunk's own where there is none."""
    for statement in body:
        inside = chunk.cell == loader.cell and statement.lineno <= loader.line <= (statement.end_lineno or 0)
        if inside and isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            return _block(chunk, statement.body, loader)
    return body
