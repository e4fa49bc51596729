"""ImageDataGenerator: its steps in the order of their effect, and the settings of its flows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from vggdoctor.evidence import Cut, Fact, Pipeline, Role, SourceKind, Step, known, unknown
from vggdoctor.gather.source.facts import Arguments, call_of, number, pair, reason_of, spelling, text, whole
from vggdoctor.gather.source.interpreter.values import Known, Result, Value, constant
from vggdoctor.gather.source.pipelines import tables, transforms
from vggdoctor.gather.source.pipelines.effect import not_understood
from vggdoctor.gather.source.pipelines.steps import preprocess_symbol
from vggdoctor.schema import Confidence, Location

RANDOM_TRANSFORMS = {
    "rotation_range": "rotation",
    "width_shift_range": "translation",
    "height_shift_range": "translation",
    "shear_range": "shear",
    "zoom_range": "zoom",
    "channel_shift_range": "colour",
    "horizontal_flip": "flip",
    "vertical_flip": "flip",
    "brightness_range": "brightness",
}
_STANDARDIZERS = ("samplewise_center", "samplewise_std_normalization", "featurewise_center", "featurewise_std_normalization")
LABEL_FORMS = {"categorical": "one-hot", "binary": "binary", "sparse": "integer", "input": "none", "int": "integer"}
WHOLE: Fact[tuple[Cut, ...]] = known(())
"""Rows that came through no split."""
Follow = Callable[[Value, Pipeline], Pipeline]
"""Applies a function of the project to a pipeline."""


def through(generator: Result, before: Pipeline, follow: Follow) -> Pipeline:
    """``before`` with the generator's steps: random transforms, preprocessing_function, rescale, standardisation, as in
    Keras 3.15.1 (``apply_transform``, then ``standardize``)."""
    arguments = Arguments(generator, "ImageDataGenerator")
    pipeline = structs.replace(before, steps=before.steps + _transforms(arguments), generator=call_of(generator))
    function = arguments.get("preprocessing_function")
    if function is not None and not (isinstance(function, Known) and function.value is None):
        pipeline = _function(arguments, function, pipeline, follow)
    added = [*_rescale(arguments), *_standardizers(arguments)]
    if generator.unsure:
        added.append(not_understood(generator, "some arguments of the generator are not known"))
    return structs.replace(
        pipeline,
        steps=pipeline.steps + tuple(added),
        validation_split=arguments.fact("validation_split", None, number)
        if "validation_split" in arguments
        else before.validation_split,
    )


def _named(arguments: Arguments, name: str) -> dict[str, Any]:
    """What a step says of the argument that makes it. An entry out of ``**`` can't be changed at the call."""
    given = arguments.written(name)
    place = arguments.place(name)
    in_call = given and given not in arguments.call.spread
    node = arguments.call.argument_nodes.get(given) if given else None
    written = f"{name}={spelling(arguments.call.spot._replace(node=node))}" if node is not None and arguments.call.spot else name
    return {
        "spelling": written,
        "places": tuple(p for p in (place,) if p),
        "argument_of": arguments.call.place if in_call else None,
        "argument": name if in_call else "",
    }


def _transforms(arguments: Arguments) -> tuple[Step, ...]:
    steps = []
    for name in arguments.names():
        if name not in RANDOM_TRANSFORMS:
            continue
        marker = object()
        value = arguments.get(name)
        plain = constant(value, marker)
        known_of = transforms.of_argument(name, value)
        if plain is marker:
            steps.append(
                Step(
                    role=Role.AUGMENTATION,
                    operation=RANDOM_TRANSFORMS[name],
                    confidence=Confidence.MEDIUM,
                    **known_of,
                    **_named(arguments, name),
                )
            )
        elif plain:
            operation = RANDOM_TRANSFORMS[name]
            steps.append(Step(role=Role.AUGMENTATION, operation=operation, **known_of, **_named(arguments, name)))
    return tuple(steps)


def _function(arguments: Arguments, function: Value, pipeline: Pipeline, follow: Follow) -> Pipeline:
    named = _named(arguments, "preprocessing_function")
    symbol = preprocess_symbol(function)
    if symbol is not None:
        return structs.replace(pipeline, steps=(*pipeline.steps, structs.replace(symbol, **named)))
    after = follow(function, pipeline)
    count = len(pipeline.steps)
    if after.steps[:count] != pipeline.steps:
        return structs.replace(
            after, steps=(*pipeline.steps, not_understood(function, "a preprocessing_function that is not followed"))
        )
    place = named["places"]
    own = [
        structs.replace(
            step,
            places=tuple(dict.fromkeys((*place, *step.places))),
            argument_of=named["argument_of"],
            argument=named["argument"],
        )
        for step in after.steps[count:]
    ]
    return structs.replace(pipeline, steps=(*pipeline.steps, *own))


def _rescale(arguments: Arguments) -> list[Step]:
    value = arguments.get("rescale")
    if value is None:
        return []
    factor = constant(value, "?")
    if factor is None or factor in (0, 1):
        return []
    named = _named(arguments, "rescale")
    if not isinstance(factor, int | float):
        return [Step(role=Role.UNKNOWN, operation="unknown", reason=f"rescale is {reason_of(value)}", **named)]
    return [Step(role=Role.NORMALIZATION, operation="affine", scale=float(factor), offset=0.0, **named)]


def _standardizers(arguments: Arguments) -> list[Step]:
    steps = []
    for name in _STANDARDIZERS:
        if name not in arguments:
            continue
        switch = arguments.constant(name, "?")
        named = _named(arguments, name)
        if switch is True or switch == 1:
            steps.append(Step(role=Role.NORMALIZATION, operation="standardize", **named))
        elif switch == "?":
            steps.append(Step(role=Role.UNKNOWN, operation="unknown", reason=f"{name} is not known", **named))
    return steps


def folder_source(call: Result, kind: SourceKind) -> Pipeline:
    """What flow_from_directory or flow_from_dataframe says itself, before the generator's steps."""
    arguments = Arguments(call)
    classes = arguments.get("classes")
    names = constant(classes) if classes is not None else None
    mode = arguments.fact("class_mode", "categorical", None)
    form = LABEL_FORMS.get(mode.value, "") if mode.known and isinstance(mode.value, str) else ("none" if mode.is_(None) else "")
    listed = isinstance(names, tuple) and all(isinstance(name, str) for name in names)
    size = arguments.fact("target_size", (256, 256), pair)
    table, cuts = tables.of_frame(arguments) if kind is SourceKind.DATAFRAME else (unknown("no table is read"), WHOLE)
    return Pipeline(
        kind=known(kind, call.place),
        directory=arguments.fact("directory", ..., text) if "directory" in arguments else unknown("no directory is given"),
        size=size,
        batch_size=arguments.fact("batch_size", 32, whole),
        shuffle=arguments.fact("shuffle", True, lambda plain: bool(plain)),
        color_mode=arguments.fact("color_mode", "rgb", text),
        interpolation=arguments.fact("interpolation", "nearest", text),
        squashes=arguments.fact("keep_aspect_ratio", True, lambda plain: not plain),
        label_form=known(form, *mode.locations) if form else unknown("class_mode is not known", *mode.locations),
        class_names=known(names or (), arguments.place("classes")) if listed else unknown("the folders are not read"),
        classes=_class_count(names if listed else None, form, arguments.place("classes") or arguments.place("class_mode")),
        subset=arguments.fact("subset", None),
        seed=arguments.fact("seed", None),
        table=table,
        cuts=cuts,
        start_range=known((0.0, 255.0)),
        steps=(),
        held_in_memory=known(False),
        loader=call_of(call),
        places=(call.place,) if call.place else (),
    )


def _class_count(names: tuple[str, ...] | None, form: str, place: Location | None) -> Any:
    if names:
        return known(len(names), place)
    return known(2, place) if form == "binary" else unknown("the folders are not read")


def _squashes(arguments: Arguments) -> Fact[bool]:
    """Unless it crops or pads (the latter from Keras 3.5 on), image_dataset_from_directory stretches pictures to their size."""
    for name in ("crop_to_aspect_ratio", "pad_to_aspect_ratio"):
        keeps_shape = arguments.fact(name, False, bool)
        if not keeps_shape.known or keeps_shape.value:
            return structs.replace(keeps_shape, value=False if keeps_shape.known else None)
    return known(True)


def dataset_source(call: Result) -> Pipeline:
    """What image_dataset_from_directory says."""
    arguments = Arguments(call)
    names = arguments.constant("class_names")
    listed = isinstance(names, tuple) and all(isinstance(name, str) for name in names)
    mode = arguments.fact("label_mode", "int")
    form = LABEL_FORMS.get(mode.value, "") if mode.known and isinstance(mode.value, str) else ("none" if mode.is_(None) else "")
    if arguments.constant("labels", "inferred") is None:
        form = "none"
    return Pipeline(
        kind=known(SourceKind.DIRECTORY, call.place),
        directory=arguments.fact("directory", ..., text),
        size=arguments.fact("image_size", (256, 256), pair),
        batch_size=arguments.fact("batch_size", 32, whole),
        shuffle=arguments.fact("shuffle", True, lambda plain: bool(plain)),
        color_mode=arguments.fact("color_mode", "rgb", text),
        interpolation=arguments.fact("interpolation", "bilinear", text),
        squashes=_squashes(arguments),
        label_form=known(form, *mode.locations) if form else unknown("label_mode is not known", *mode.locations),
        class_names=known(names, arguments.place("class_names")) if listed else unknown("the folders are not read"),
        classes=_class_count(names if listed else None, form, arguments.place("class_names") or arguments.place("label_mode")),
        validation_split=arguments.fact("validation_split", None, number),
        subset=arguments.fact("subset", None),
        seed=arguments.fact("seed", None),
        start_range=known((0.0, 255.0)),
        array_dtype=known("float32"),
        held_in_memory=known(False),
        loader=call_of(call),
        places=(call.place,) if call.place else (),
    )
