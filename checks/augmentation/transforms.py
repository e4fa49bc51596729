"""Random transforms as repairs, in the style that a training already uses."""

from __future__ import annotations

from msgspec.structs import replace

from vggdoctor.checks.augmentation.generators import beside, normalising_arguments, receiver_of
from vggdoctor.checks.augmentation.meaning import are_characters, class_names, sided
from vggdoctor.checks.trainings import Training, is_given_arrays, is_name
from vggdoctor.evidence import Call, Evidence, Pipeline, Recipe, Role, SourceKind, Stage
from vggdoctor.schema import Change, InsertStatements, Location, Repair, ReplaceExpression, Safety, SetArgument

GENERATOR_ARGUMENTS = {
    "rotation_range": "15",
    "width_shift_range": "0.1",
    "height_shift_range": "0.1",
    "zoom_range": "0.1",
    "horizontal_flip": "True",
}
"""Moderate arguments of ImageDataGenerator: what upright photographs bear (ours, within those of Keras' tutorials)."""

COLOUR_ARGUMENTS = {"brightness_range": "(0.8, 1.2)"}
"""Only for files: on arrays that are already scaled to 0..1 the generator's brightness loses all but two values."""

LAYERS = {
    "RandomFlip": '"horizontal"',
    "RandomRotation": "0.05",
    "RandomTranslation": "0.1, 0.1",
    "RandomZoom": "0.1",
}
"""The same in layers; a rotation of 0.05 is 18 degrees either way."""

COLOUR_LAYERS = {"RandomContrast": "0.2"}
"""Only before normalisation: the layer clips to value_range=(0, 255)."""

FLIPS = {"horizontal_flip", "RandomFlip"}


def repair(training: Training, evidence: Evidence) -> Repair | None:
    """Augmentation of the training set alone, or None where no edit is sure."""
    stage, recipe = training[0], evidence.recipe
    train = stage.train
    if is_given_arrays(train) and train.kind.is_(SourceKind.DIRECTORY, SourceKind.DATAFRAME):
        return None  # features are predicted once: a transform of their pictures would be drawn once, too
    if not train.class_names.known:
        train = replace(train, class_names=class_names(train, evidence.dataset))
        stage = replace(stage, train=train)
    if train.generator and train.generator.function.endswith("ImageDataGenerator"):
        return _generator_repair(train, train.generator, recipe)
    is_dataset = train.loader is not None and train.loader.function.endswith("image_dataset_from_directory")
    if is_dataset and is_name(train.x_source) and not stage.model.input_steps:
        return _dataset_repair(stage, recipe)
    return _model_repair(stage)


def _safety(train: Pipeline) -> Safety:
    """Whether a mirrored picture keeps its class: for a person to say, unless the names of the classes are known."""
    return Safety.SAFE if train.class_names.known and _bears_flips(train) else Safety.REVIEW


def _bears_flips(train: Pipeline) -> bool:
    """False where a mirror image of a class may be another one."""
    names = train.class_names.value or ()
    return not (sided(names, "horizontal") or are_characters(names))


def _allowed(settings: dict[str, str], train: Pipeline) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name not in FLIPS or _bears_flips(train)}


def _generator_repair(train: Pipeline, generator: Call, recipe: Recipe) -> Repair | None:
    """Arguments for the training generator; a second generator where evaluation uses the same one."""
    from_files = train.loader is not None and train.loader.function.rpartition(".")[2] != "flow"
    settings = _allowed(GENERATOR_ARGUMENTS | (COLOUR_ARGUMENTS if from_files else {}), train)
    title = "Augment the training pictures"
    if generator.place not in _evaluated(recipe):
        changes: list[Change] = [SetArgument(generator.place, name, value) for name, value in settings.items()]
        return Repair(title, tuple(changes), _safety(train))
    kept = normalising_arguments(train, generator)
    if not is_name(generator.assigned_to) or train.loader is None or kept is None:
        return None
    augmented = beside(generator, "augmented")
    if train.validation_split.get(None):
        kept.append(f"validation_split={train.validation_split.value!r}")
    lines = [f"    {argument}," for argument in kept + [f"{name}={value}" for name, value in settings.items()]]
    source = "\n".join([f"{augmented} = ${{{generator.function}}}(", *lines, ")"])
    receiver = receiver_of(train.loader, generator.assigned_to)
    return Repair(
        f"{title}, with a generator of their own",
        (InsertStatements(generator.place, source, after=True), ReplaceExpression(receiver, augmented)),
        _safety(train),
    )


def _evaluated(recipe: Recipe) -> set[Location]:
    """The generators and loaders that validation or an evaluation is fed by."""
    validations = [stage.validation.value for stage in recipe.stages]
    pipelines = [*validations, *(evaluation.pipeline.value for evaluation in recipe.evaluations)]
    return {call.place for pipeline in pipelines if pipeline for call in (pipeline.generator, pipeline.loader) if call}


def _dataset_repair(stage: Stage, recipe: Recipe) -> Repair:
    """A map over the training dataset: before its first other step where that is sure, else just before fit."""
    train = stage.train
    place, name, is_raw = _before_first_step(train, recipe) or (stage.place, train.x_source, _is_raw(train))
    own = _unused_layers(recipe, place) if is_raw else ""
    mapped = (
        f"{name} = {name}.map(\n"
        f"    lambda images, labels: ({own or 'data_augmentation'}(images, training=True), labels),\n"
        "    num_parallel_calls=${tensorflow.data.AUTOTUNE},\n"
        ")"
    )
    change = InsertStatements(place, mapped if own else f"{_layers(train, is_raw)}\n{mapped}")
    title = f"Put the training pictures through {own}" if own else "Augment the training dataset"
    return Repair(title, (change,), Safety.SAFE if own else _safety(train))


def _unused_layers(recipe: Recipe, before: Location) -> str:
    """The name of the one stack of random layers that the program builds above a place and never uses; empty if there is none."""
    names = [
        augmenter.call.assigned_to
        for augmenter in recipe.augmenters
        if not augmenter.used and augmenter.call.function.endswith("Sequential") and _is_above(augmenter.call.place, before)
    ]
    return names[0] if len(names) == 1 and is_name(names[0]) else ""


def _is_above(place: Location, other: Location) -> bool:
    """Whether a place comes earlier in the same file: within a cell by lines, else by cells."""
    earlier = (place.cell or 0, place.end_line) < (other.cell or 0, other.line)
    return place.path == other.path and earlier


def _before_first_step(train: Pipeline, recipe: Recipe) -> tuple[Location, str, bool] | None:
    """The first statement that changes the dataset and keeps its name; not where a cache would keep one draw for ever, nor
    where validation is taken from the same dataset."""
    loader = train.loader
    if loader is None or not train.chain or any(call.function.endswith(".cache") for call in train.chain):
        return None
    first = train.chain[0]
    in_loader = loader.place.contains(first.place) or first.place.contains(loader.place)
    if in_loader or first.assigned_to != loader.assigned_to or loader.place in _evaluated(recipe):
        return None
    return first.place, loader.assigned_to, True


def _layers(train: Pipeline, is_raw: bool) -> str:
    settings = _allowed(LAYERS | (COLOUR_LAYERS if is_raw else {}), train)
    lines = [f"    ${{keras.layers.{name}}}({arguments})," for name, arguments in settings.items()]
    return "\n".join(["data_augmentation = ${keras.Sequential}([", *lines, "])"])


def _model_repair(stage: Stage) -> Repair | None:
    """Layers in front of the model, put there before it is compiled; at inference they do nothing."""
    name = stage.model.assigned_to
    compiled = stage.compiled.get(None)
    if not is_name(name) or compiled is None:
        return None
    shape = stage.model.input_shape.get(None) or ()
    shape = shape[1:] if len(shape) == 4 else shape
    front = f"${{keras.Input}}(shape={shape!r}), " if len(shape) == 3 else ""
    source = f"{_layers(stage.train, _is_raw(stage.train))}\n{name} = ${{keras.Sequential}}([{front}data_augmentation, {name}])"
    return Repair("Put augmentation layers in front of the model", (InsertStatements(compiled.place, source),), Safety.REVIEW)


def _is_raw(train: Pipeline) -> bool:
    """Whether the pictures leave the pipeline as 0..255."""
    return train.start_range.is_((0, 255)) and not train.having(Role.NORMALIZATION)
