"""How to bring one right normalisation before the backbone, in the style that the code already has.

Of the steps that are there, one that is right stays and the others go; where none is right, one of them becomes the family's own
function; where there is none, the function is added.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from vggdoctor.backbones import Mode
from vggdoctor.checks.preprocessing.contract import mode_of
from vggdoctor.checks.preprocessing.diagnosis import Diagnosis
from vggdoctor.evidence import Call, Role, Step
from vggdoctor.schema import (
    Change,
    InsertStatements,
    Location,
    RemoveArgument,
    RemoveStatement,
    Repair,
    ReplaceExpression,
    Safety,
    SetArgument,
)

FUNCTION_ARGUMENT = "preprocessing_function"
Changes = tuple[Change, ...]


def correction(group: Sequence[Diagnosis]) -> Repair | None:
    """One repair for all pipelines of a finding; None if it is not sure for one of them."""
    if not all(diagnosis.explained for diagnosis in group):
        return None
    changes: dict[Change, None] = {}
    for diagnosis in group:
        needed = _changes(diagnosis)
        if needed is None:
            return None
        changes.update(dict.fromkeys(needed))
    backbone, mode = group[0].backbone, group[0].mode
    if not changes:
        return None
    if mode is Mode.BUILTIN:
        title = f"Feed {backbone.application} pixels of 0..255: it rescales them itself"
    elif any("Rescaling" in step.spelling for step in group[0].normalising) and mode is Mode.TF:
        title = f"Rescale to -1..1, as the weights of {backbone.application} expect"
    else:
        title = f"Normalise with keras.applications.{backbone.family}.preprocess_input, and with nothing else"
    in_model = any(step.inside_model for diagnosis in group for step in diagnosis.normalising)
    return Repair(title, tuple(changes), Safety.REVIEW if in_model else Safety.SAFE)


def function_name(diagnosis: Diagnosis) -> str:
    return f"${{keras.applications.{diagnosis.backbone.family}.preprocess_input}}"


def _changes(diagnosis: Diagnosis) -> Changes | None:
    steps = _outermost(diagnosis.normalising)
    if diagnosis.mode is Mode.BUILTIN:
        return _together(_drop(step) for step in steps)
    right = [step for step in steps if mode_of(step) is diagnosis.mode]
    kept = next((step for step in right if step.inside_model), right[0] if right else None)
    if kept:
        return _together(_drop(step) for step in steps if step is not kept)
    if not steps:
        return _insert(diagnosis)
    host = next((step for step in steps if step.inside_model), steps[0])
    others = [_drop(step) for step in steps if step is not host]
    return _together([*others, _become(host, diagnosis)])


def _together(parts: Iterable[Changes | None]) -> Changes | None:
    found: list[Change] = []
    for part in parts:
        if part is None:
            return None
        found += part
    return tuple(found)


def _outermost(steps: Sequence[Step]) -> list[Step]:
    """Steps of one expression (``x / 127.5 - 1``) are changed together, at the expression that spans them."""
    kept: list[Step] = []
    for step in steps:
        place = step.places[0] if step.places else None
        if place and any(other.places and other.places[0] != place and other.places[0].contains(place) for other in steps):
            continue
        if place and any(other.places[0] == place for other in kept if other.places):
            continue
        kept.append(step)
    return kept


def _drop(step: Step) -> Changes | None:
    """Take one normalising step out."""
    if not step.places:
        return None
    if step.argument_of:
        return (RemoveArgument(step.argument_of, step.argument),)
    if _is_layer(step):
        return (ReplaceExpression(step.places[0], "${keras.layers.Identity}()"),)
    return _rewritten(step, "")


def _become(step: Step, diagnosis: Diagnosis) -> Changes | None:
    """Put the family's own function in the place of one normalising step."""
    name = function_name(diagnosis)
    if not step.places:
        return None
    if step.argument_of:
        taken = any(
            other.argument == FUNCTION_ARGUMENT and other.argument_of == step.argument_of and other.role is not Role.NORMALIZATION
            for other in diagnosis.steps
        )
        if taken:
            return None
        set_function = SetArgument(step.argument_of, FUNCTION_ARGUMENT, name)
        if step.argument == FUNCTION_ARGUMENT:
            return (set_function,)
        return RemoveArgument(step.argument_of, step.argument), set_function
    if _is_layer(step):
        return _as_layer(step, diagnosis)
    return _rewritten(step, name)


def _as_layer(step: Step, diagnosis: Diagnosis) -> Changes:
    """A layer in the place of a layer: a Rescaling where that is all the family's function does, else a Lambda. Arguments of the
    layer itself (``input_shape``) stay."""
    place, call = step.places[0], _parsed(step.spelling)
    assert isinstance(call, ast.Call)
    if diagnosis.mode is Mode.TF and _called(call) == "Rescaling":
        return SetArgument(place, "scale", "1 / 127.5"), SetArgument(place, "offset", "-1")
    kept = [f"{word.arg}={ast.unparse(word.value)}" for word in call.keywords if word.arg in ("input_shape", "name")]
    arguments = ", ".join([function_name(diagnosis), *kept])
    return (ReplaceExpression(place, f"${{keras.layers.Lambda}}({arguments})"),)


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rsplit(".", 1)[-1]


def _is_layer(step: Step) -> bool:
    """Whether the step is the construction of a layer: ``layers.Rescaling(1./255)``, but not ``preprocess_input(inputs)``."""
    expression = _parsed(step.spelling)
    return isinstance(expression, ast.Call) and _called(expression) in ("Rescaling", "Normalization", "Lambda")


def _rewritten(step: Step, function: str) -> Changes | None:
    """The expression of a step replaced by its pictures alone, put through ``function`` unless that is empty."""
    place = step.places[0]
    if place.line != place.end_line or place.end_column - place.column != len(step.spelling):
        return None  # the spelling is not the whole text
    in_place = _in_place(step.spelling)
    if in_place:
        added = (InsertStatements(place, f"{in_place} = {function}({in_place})"),) if function else ()
        return (*added, RemoveStatement(place))
    expression = _parsed(step.spelling)
    if isinstance(expression, ast.Name | ast.Attribute) and function:
        return (ReplaceExpression(place, function),)
    pictures = _pictures(expression) if expression else None
    if pictures is None or pictures is expression:
        return None
    source = ast.get_source_segment(step.spelling, pictures)
    return (ReplaceExpression(place, f"{function}({source})" if function else f"{source}"),)


def _pictures(expression: ast.expr) -> ast.expr | None:
    """What is left of a normalising expression without its constants and calls: ``x`` of ``(x / 255.0 - 0.5) * 2``."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Div | ast.Mult | ast.Sub | ast.Add):
        if _is_constant(expression.right):
            return _pictures(expression.left)
        return _pictures(expression.right) if _is_constant(expression.left) else expression
    if isinstance(expression, ast.Call) and expression.args:
        name = _called(expression)
        if name == "preprocess_input" and len(expression.args) == 1:
            return expression.args[0]
        if name in ("divide", "multiply", "subtract", "add") and len(expression.args) == 2 and _is_constant(expression.args[1]):
            return _pictures(expression.args[0])
    return expression


def _is_constant(expression: ast.expr) -> bool:
    """Numbers, and names that are written as constants."""
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name)]
    calls = any(isinstance(node, ast.Call) for node in ast.walk(expression))
    return all(node.id.isupper() for node in names) and not calls


def _parsed(spelling: str) -> ast.expr | None:
    try:
        return ast.parse(spelling.strip(), mode="eval").body
    except SyntaxError:
        return None


def _in_place(spelling: str) -> str:
    """The name that ``x /= 255.0`` changes, empty for anything else."""
    try:
        body = ast.parse(spelling.strip()).body
    except SyntaxError:
        return ""
    if len(body) == 1 and isinstance(body[0], ast.AugAssign) and isinstance(body[0].target, ast.Name):
        return body[0].target.id
    return ""


def _insert(diagnosis: Diagnosis) -> Changes | None:
    """Add the family's function where nothing normalises."""
    pipeline, name = diagnosis.pipeline, function_name(diagnosis)
    if pipeline.generator and pipeline.generator.function.endswith("ImageDataGenerator"):
        if any(step.argument == FUNCTION_ARGUMENT and step.argument_of == pipeline.generator.place for step in diagnosis.steps):
            return None
        return (SetArgument(pipeline.generator.place, FUNCTION_ARGUMENT, name),)
    if pipeline.loader and pipeline.loader.function.endswith("image_dataset_from_directory"):
        return _mapped(diagnosis, name)
    return None


def _mapped(diagnosis: Diagnosis, name: str) -> Changes | None:
    """A map over a dataset of (images, labels): after its last statement, or before fit where it only is made (its
    ``class_names`` are lost after a map)."""
    pipeline = diagnosis.pipeline
    last: Call | None = next((call for call in reversed(pipeline.chain) if call.assigned_to), None)
    place: Location = last.place if last else diagnosis.stage.place
    dataset = last.assigned_to if last else pipeline.x_source
    if not dataset.isidentifier():
        return None
    statement = f"{dataset} = {dataset}.map(lambda images, labels: ({name}(images), labels))"
    return (InsertStatements(place, statement, after=last is not None),)
