"""Puts pipelines together: adds steps, joins ways, says whether all is known."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from vggdoctor.evidence import Pipeline, Role, SourceKind, Step, known, unknown
from vggdoctor.gather.source.interpreter.values import Value
from vggdoctor.gather.source.pipelines import effect as effects
from vggdoctor.gather.source.pipelines.origins import together


def _promoted(pipeline: Pipeline, effect: effects.Effect) -> str | None:
    """NumPy makes float64 of bytes that are scaled by a Python float; TensorFlow, which would not, refuses them."""
    is_scaled = any(step.operation == "affine" for step in effect.steps)
    in_numpy = pipeline.kind.is_(SourceKind.ARRAYS) or pipeline.picture_loop is not None
    return "float64" if is_scaled and in_numpy and pipeline.array_dtype.is_("uint8") else None


def with_effect(pipeline: Pipeline, effect: effects.Effect) -> Pipeline:
    """A pipeline with the effect of one more operation."""
    added = list(effect.steps)
    scaled = effect.settings.get("scale_if_integer")
    if scaled is not None:
        if pipeline.array_dtype.is_("uint8"):
            added.append(effects.affine(scaled, 1.0 / 255.0))
        elif not pipeline.array_dtype.known:
            added.append(effects.not_understood(scaled, "it scales integers only, and the type is not known"))
    changes: dict[str, Any] = {"steps": (*pipeline.steps, *added)}
    if effect.size is not None:
        changes["size"] = effect.size
    if effect.interpolation is not None:
        changes["interpolation"] = effect.interpolation
    if effect.dtype is not None:
        changes["array_dtype"] = known(_promoted(pipeline, effect) or effect.dtype)
    return structs.replace(pipeline, **changes)


def steps_by_hand(pipeline: Pipeline, value: Value, family: str) -> Pipeline:
    """A family's preprocessing written out: for caffe the means are subtracted from blue, green, red, so that it takes a swap
    before; for torch means and deviations belong to values of 0 to 1, so that it takes a division by 255 before."""
    done = effects.step(Role.NORMALIZATION, "preprocess_input", value, family=family)
    if family == "densenet":
        last = pipeline.steps[-1] if pipeline.steps else None
        if last is not None and last.operation == "affine" and last.scale is not None and abs(last.scale * 255 - 1) < 1e-6:
            return structs.replace(pipeline, steps=(*pipeline.steps[:-1], done))
        return then(pipeline, effects.not_understood(value, "means and deviations of values that are not 0 to 1"))
    colours = [step for step in pipeline.steps if step.role is Role.COLOUR_ORDER]
    swaps = [step for step in colours if step.operation == "bgr_to_rgb"]
    from_bgr = any(step.operation == "bgr_source" for step in colours)
    if from_bgr and not swaps:  # a picture of cv2 is in that order already
        return then(pipeline, effects.step(Role.COLOUR_ORDER, "bgr_to_rgb", value), done)
    if not from_bgr and len(swaps) == 1:
        kept = tuple(step for step in pipeline.steps if step is not swaps[0])
        return structs.replace(pipeline, steps=(*kept, done))
    return then(pipeline, effects.not_understood(value, "the means of other channels are subtracted"))


def unread(reason: str, value: Value | None = None) -> Pipeline:
    """A pipeline that is not known from its start."""
    place = value.place if value is not None else None
    return Pipeline(
        kind=unknown(reason, place),
        start_range=unknown(reason, place),
        complete=unknown(reason, place),
        places=(place,) if place else (),
    )


def then(pipeline: Pipeline, *added: Step) -> Pipeline:
    return structs.replace(pipeline, steps=(*pipeline.steps, *added))


def finished(pipeline: Pipeline) -> Pipeline:
    """Says whether every step is known, once the visits to other colour spaces are settled."""
    pipeline = structs.replace(pipeline, steps=settled(pipeline.steps))
    lost = next((step for step in pipeline.steps if step.role is Role.UNKNOWN), None)
    if lost is not None:
        return structs.replace(pipeline, complete=unknown(lost.reason, *lost.places))
    if not pipeline.start_range.known:
        return structs.replace(pipeline, complete=unknown(pipeline.start_range.reason, *pipeline.start_range.locations))
    return structs.replace(pipeline, complete=known(True))


def settled(found: tuple[Step, ...]) -> tuple[Step, ...]:
    """A conversion to LAB or HSV and back leaves values as they were, but for a change of order; without the way back it is
    unknown."""
    done: list[Step] = []
    left: Step | None = None
    for step in found:
        if step.role is Role.OTHER and step.operation in {"from_bgr", "from_rgb"}:
            left = step
        elif step.role is Role.OTHER and step.operation in {"to_bgr", "to_rgb"}:
            if left is None:
                done.append(
                    structs.replace(step, role=Role.UNKNOWN, operation="unknown", reason="it comes from another colour space")
                )
            elif left.operation[-3:] != step.operation[-3:]:
                done.append(structs.replace(step, role=Role.COLOUR_ORDER, operation="bgr_to_rgb"))
            left = None
        else:
            done.append(step)
    if left is not None:
        done.append(structs.replace(left, role=Role.UNKNOWN, operation="unknown", reason="it stays in another colour space"))
    return tuple(done)


_SOMETIMES = frozenset({Role.AUGMENTATION, Role.GEOMETRY, Role.OTHER})


def merge(ways: list[Pipeline]) -> Pipeline | None:
    """One pipeline for ways that may all be taken, where they leave the same values: equal ones, or such that differ by a random
    transform, a resize or a cast that only some take (``if random() < 0.5: x = flip(x)``). None for others."""
    if all(doing(way) == doing(ways[0]) for way in ways[1:]):
        return together(ways)
    if len({(way.kind.value, way.start_range.value) for way in ways}) > 1:
        return None
    longest = max(ways, key=lambda way: len(way.steps))
    values = [[_act(step) for step in way.steps if step.role not in _SOMETIMES] for way in ways]
    if any(other != values[0] for other in values[1:]) or any(step.role is Role.UNKNOWN for step in longest.steps):
        return None
    shared = {_act(step) for step in longest.steps if all(_act(step) in map(_act, way.steps) for way in ways)}
    chosen = [
        step if _act(step) in shared or step.operation != "flip" else structs.replace(step, role=Role.AUGMENTATION)
        for step in longest.steps
    ]
    sizes = {way.size.value for way in ways}
    return structs.replace(
        together([longest, *ways]), steps=tuple(chosen), size=longest.size if len(sizes) == 1 else unknown("one of several sizes")
    )


def _act(step: Step) -> tuple[object, ...]:
    return (step.role, step.operation, step.scale, step.offset, step.family)


def doing(pipeline: Pipeline) -> tuple[object, ...]:
    """What a pipeline does to values, for comparison."""
    return (
        pipeline.kind.value,
        pipeline.start_range.value,
        pipeline.size.value,
        tuple(_act(step) for step in pipeline.steps),
    )


def shared(sequences: list[tuple[Step, ...]]) -> tuple[Step, ...]:
    found = []
    for row in zip(*sequences, strict=False):
        if any(step != row[0] for step in row[1:]):
            break
        found.append(row[0])
    return tuple(found)
