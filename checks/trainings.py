"""A model's training as a whole: the calls of fit that follow one another on the same model."""

from __future__ import annotations

from vggdoctor.evidence import Pipeline, Recipe, SourceKind, Stage
from vggdoctor.schema import Finding, Location

Training = tuple[Stage, ...]

PICTURE_CHANNELS = (1, 3, 4)
"""Grey, RGB and RGBA: the last axis of an array of pictures in Keras' default data format."""

PICTURE_LAYERS = {"Conv2D", "SeparableConv2D", "DepthwiseConv2D"}
"""Layers whose input is a picture, whatever it is read from."""


def trainings(recipe: Recipe) -> list[Training]:
    """The stages grouped by model, in the order of their first fit."""
    chains: dict[int, list[Stage]] = {}
    first: dict[int, int] = {}
    for index, stage in enumerate(recipe.stages):
        first[index] = index if stage.follows is None else first.get(stage.follows, index)
        chains.setdefault(first[index], []).append(stage)
    return [tuple(chain) for chain in chains.values()]


def training_of(finding: Finding, recipe: Recipe) -> Training:
    """The training that a finding speaks of: the one whose fit is among its places.

    Raises LookupError if the finding names none.
    """
    for training in trainings(recipe):
        if any(stage.place in finding.locations for stage in training):
            return training
    raise LookupError(f"the finding of {finding.check} names no call of fit")


def is_fit_of(stage: Stage, place: Location) -> bool:
    """Whether an observed place is this stage's fit: a stack frame gives one line of the call, without columns."""
    fit = stage.place
    return (fit.path, fit.cell) == (place.path, place.cell) and fit.line <= place.line <= fit.end_line


def takes_pictures(stage: Stage) -> bool | None:
    """Whether the model is trained on pictures (not on tables or on features); None if that is not known."""
    train = stage.train
    if train.kind.is_(SourceKind.DIRECTORY):
        return True
    if train.array_shape.known:
        return _is_picture(train.array_shape.value[1:] if train.array_shape.value else ())
    if stage.model.input_shape.known:
        shape = stage.model.input_shape.value or ()
        return _is_picture(shape[1:] if len(shape) == 4 else shape)
    has_backbone = stage.model.backbone.known and stage.model.backbone.value is not None
    convolves = any(layer.kind in PICTURE_LAYERS for layer in stage.model.layers)
    read_as_pictures = train.picture_loop is not None or train.directory.known or train.size.known
    return True if read_as_pictures or has_backbone or convolves else None


def is_given_arrays(train: Pipeline) -> bool:
    """Whether fit is given arrays of pictures and labels, not the loader that they were made with.

    Where a loader is known nevertheless, they are features that a network has predicted for its pictures.
    """
    return train.kind.is_(SourceKind.ARRAYS) or train.held_in_memory.is_(True) or bool(train.y_source)


def is_name(expression: str) -> bool:
    """Whether an expression is a plain or dotted name, so that a fix may repeat it without calling anything twice."""
    return bool(expression) and all(part.isidentifier() for part in expression.split("."))


def _is_picture(shape: tuple[int | None, ...]) -> bool:
    """Whether (height, width, channels), the batch axis left off, is a picture's shape."""
    return len(shape) == 3 and (shape[-1] is None or shape[-1] in PICTURE_CHANNELS)
