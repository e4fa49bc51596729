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
from vggdoctor.checks.preprocessing.expressions import called, is_layer, parsed, rewritten
from vggdoctor.checks.preprocessing.way import BGR, channel_order
from vggdoctor.evidence import Call, Role, SourceKind, Step
from vggdoctor.schema import (
    Change,
    InsertStatements,
    Location,
    PutThrough,
    RemoveArgument,
    Repair,
    ReplaceExpression,
    Safety,
    SetArgument,
)

FUNCTION_ARGUMENT = "preprocessing_function"
Changes = tuple[Change, ...]


def correction(group: Sequence[Diagnosis], evaluated: Sequence[Diagnosis] = ()) -> Repair | None:
    """One repair for all pipelines of a finding, None if it is not sure for one of them.

    ``evaluated`` are pipelines outside of training with the same fault: a test set must be prepared as the training set is.
    """
    if not all(diagnosis.explained for diagnosis in group):
        return None
    changes: dict[Change, None] = {}
    needs_review = False
    for diagnosis in _of_distinct_data([*group, *evaluated]):
        needed = _changes(diagnosis)
        if needed is None:
            return None
        needs_review = needs_review or any(_is_before_fit(change, diagnosis) for change in needed)
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
    if any("${keras.layers.Lambda}" in change.source for change in changes if isinstance(change, ReplaceExpression)):
        title += ", in a Lambda layer (load_model will need the function in custom_objects)"
    needs_review = needs_review or any(step.inside_model for diagnosis in group for step in diagnosis.normalising)
    return Repair(title, tuple(changes), Safety.REVIEW if needs_review else Safety.SAFE)


def _of_distinct_data(diagnoses: Sequence[Diagnosis]) -> list[Diagnosis]:
    """The first of those that read the same data set with nothing to change in it: a map must not be added twice."""
    kept: dict[object, Diagnosis] = {}
    for number, diagnosis in enumerate(diagnoses):
        pipeline = diagnosis.pipeline
        data = pipeline.loader.place if pipeline.loader else (diagnosis.stage.place.path, pipeline.x_source)
        is_distinct = diagnosis.normalising or not (pipeline.loader or pipeline.x_source)
        held_back = pipeline.validation_split.get(None)
        if held_back and is_distinct and not diagnosis.normalising:
            continue  # rows held back from the training array
        kept.setdefault(number if is_distinct else data, diagnosis)
    return list(kept.values())


def _is_before_fit(change: Change, diagnosis: Diagnosis) -> bool:
    """Such a statement repeats with the call of fit, if that stands in a loop."""
    added = change.otherwise if isinstance(change, PutThrough) else change
    return isinstance(added, InsertStatements) and added.at == diagnosis.stage.place


def function_name(diagnosis: Diagnosis) -> str:
    return f"${{keras.applications.{diagnosis.backbone.family}.preprocess_input}}"


def _changes(diagnosis: Diagnosis) -> Changes | None:
    steps = _outermost(diagnosis.normalising)
    if diagnosis.mode is Mode.BUILTIN:
        return _together(_drop(step) for step in steps)
    right = [step for step in steps if mode_of(step) is diagnosis.mode]
    kept = next((step for step in right if step.inside_model), right[0] if right else None)
    if kept:
        nested = [step for step in diagnosis.normalising if _is_argument_of(step, kept)]
        return _together(_drop(step) for step in [*nested, *steps] if step is not kept)
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


def _is_argument_of(step: Step, call: Step) -> bool:
    """Whether a step is what a call of a function is given: ``x / 255`` of ``preprocess_input(x / 255)``."""
    inner, outer = (each.places[0] if each.places else None for each in (step, call))
    is_call = isinstance(parsed(call.spelling), ast.Call)
    return bool(is_call and inner and outer and inner != outer and outer.contains(inner))


def _drop(step: Step) -> Changes | None:
    """Take one normalising step out."""
    if not step.places:
        return None
    if step.argument_of:
        return (RemoveArgument(step.argument_of, step.argument),)
    if is_layer(step):
        return (ReplaceExpression(step.places[0], "${keras.layers.Identity}()"),)
    return rewritten(step, "")


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
    if is_layer(step):
        return _as_layer(step, diagnosis)
    others = [other for other in diagnosis.steps if other not in diagnosis.normalising]
    return rewritten(step, name, swaps=diagnosis.mode is Mode.CAFFE and channel_order(diagnosis.pipeline, others) == BGR)


def _as_layer(step: Step, diagnosis: Diagnosis) -> Changes:
    """A layer in the place of a layer: a Rescaling where that is all the family's function does, else a Lambda, which Keras saves
    by name only. Arguments of the layer itself (``input_shape``) stay."""
    place, call = step.places[0], parsed(step.spelling)
    assert isinstance(call, ast.Call)
    if diagnosis.mode is Mode.TF and called(call) == "Rescaling":
        return SetArgument(place, "scale", "1 / 127.5"), SetArgument(place, "offset", "-1")
    kept = [f"{word.arg}={ast.unparse(word.value)}" for word in call.keywords if word.arg in ("input_shape", "name")]
    arguments = ", ".join([function_name(diagnosis), *kept])
    return (ReplaceExpression(place, f"${{keras.layers.Lambda}}({arguments})"),)


def _insert(diagnosis: Diagnosis) -> Changes | None:
    """Add the family's function where nothing normalises."""
    pipeline, name = diagnosis.pipeline, function_name(diagnosis)
    if pipeline.generator and pipeline.generator.function.endswith("ImageDataGenerator"):
        if any(step.argument == FUNCTION_ARGUMENT and step.argument_of == pipeline.generator.place for step in diagnosis.steps):
            return None
        return (SetArgument(pipeline.generator.place, FUNCTION_ARGUMENT, name),)
    if pipeline.loader and pipeline.loader.function.endswith("image_dataset_from_directory"):
        return _mapped(diagnosis, name)
    if pipeline.kind.is_(SourceKind.ARRAYS) and pipeline.x_source.isidentifier():
        array = pipeline.x_source
        return (InsertStatements(diagnosis.stage.place, f"{array} = {name}({array})"),)
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
    behind = InsertStatements(place, statement, after=last is not None and not _only_prefetches(last, diagnosis))
    mapping = next((call for call in reversed(pipeline.chain) if call.function.endswith(".map")), None)
    return (PutThrough(mapping.place, name, behind),) if mapping is not None else (behind,)


def _only_prefetches(last: Call, diagnosis: Diagnosis) -> bool:
    """Whether the last statement is ``ds = ds.prefetch(...)``, before which a map does better."""
    pipeline = diagnosis.pipeline
    earlier = [pipeline.loader, *pipeline.chain[: pipeline.chain.index(last)]]
    before = earlier[-1]
    is_alone = before is not None and before.place.line != last.place.line and before.assigned_to == last.assigned_to
    return is_alone and last.function.endswith(".prefetch")
