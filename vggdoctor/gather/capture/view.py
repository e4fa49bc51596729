"""A sampled view of large picture folders, for scripts that load whole sets into memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import msgspec

from vggdoctor.evidence import Evaluation, Pipeline, Recipe, Stage, unknown
from vggdoctor.gather.capture.entry import PICTURES
from vggdoctor.project import Project

SHOWN = 600
"""Pictures that the view holds in all, about: they are decoded in seconds, and are enough for the probe (ours)."""
LEAST = 20
"""Pictures that it holds of each folder, at least (ours)."""
LARGE = 2 * SHOWN
"""Sets up to this size are shown whole: their counts are then exact (ours)."""
REASON = "the script was shown a sample of the pictures, so that loading them all did not take the budget"


def pictures_a_folder(project: Project, recipe: Recipe) -> int | None:
    """How many pictures of each folder the script may see; None for all: the set is small, or nothing says that it is held in
    memory.
    """
    pipelines = [stage.train for stage in recipe.stages]
    if not any(one.held_in_memory.is_(True) or one.picture_loop is not None for one in pipelines):
        return None
    counts = []
    for _, folders, files in os.walk(project.root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        pictures = sum(is_picture(name) for name in files)
        if pictures:
            counts.append(pictures)
    return max(LEAST, SHOWN // len(counts)) if sum(counts) > LARGE else None


def is_picture(name: str) -> bool:
    """Whether the file name has an ending that Keras' loaders take."""
    return os.path.splitext(name)[1].lower() in PICTURES


def sample(names: Sequence[str], size: int) -> set[str]:
    """``size`` names spread evenly over the sorted ones, so that classes in file names keep their shares."""
    ordered = sorted(names)
    return {ordered[index * len(ordered) // size] for index in range(size)} if len(ordered) > size else set(ordered)


def uncounted(stage: Stage) -> Stage:
    """The stage without what depends on how many pictures there are."""
    validation = stage.validation
    if validation.value is not None:
        validation = msgspec.structs.replace(validation, value=_uncounted(validation.value))
    return msgspec.structs.replace(
        stage,
        train=_uncounted(stage.train),
        validation=validation,
        steps_per_epoch=unknown(REASON),
        settings=_stepless(stage.settings),
    )


def uncounted_evaluation(evaluation: Evaluation) -> Evaluation:
    """As :func:`uncounted`."""
    if evaluation.pipeline.value is None:
        return evaluation
    pipeline = msgspec.structs.replace(evaluation.pipeline, value=_uncounted(evaluation.pipeline.value))
    return msgspec.structs.replace(evaluation, pipeline=pipeline)


def _uncounted(pipeline: Pipeline) -> Pipeline:
    hidden = unknown(REASON)
    return msgspec.structs.replace(pipeline, pictures=hidden, class_counts=hidden, array_shape=hidden)


def _stepless(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name != "validation_steps"}
