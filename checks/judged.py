"""The other pictures of a network: those that it is validated on, evaluated on, or used for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.evidence import Pipeline, Recipe, Stage
from vggdoctor.schema import Location

ROLES = {
    "evaluate": "evaluation",
    "evaluate_generator": "evaluation",
    "predict": "prediction",
    "predict_generator": "prediction",
    "predict_classes": "prediction",
    "predict_proba": "prediction",
    "predict_on_batch": "prediction",
}


class JudgedOn(Struct, frozen=True):
    """A pipeline that the network of ``stage`` is judged by, or used on. ``role`` is ``validation``, ``evaluation`` or
    ``prediction``, ``place`` the call that is given the pictures."""

    stage: Stage
    role: str
    pipeline: Pipeline
    place: Location


def judged_on(recipe: Recipe) -> Iterator[JudgedOn]:
    """Validation data, stage by stage, then what evaluate and predict are given for a network of the recipe."""
    for stage in recipe.stages:
        validation = stage.validation.value
        if validation is not None:
            yield JudgedOn(stage, "validation", validation, stage.place)
    for evaluation in recipe.evaluations:
        pipeline = evaluation.pipeline.value
        if evaluation.stage is not None and pipeline is not None and evaluation.name in ROLES:
            yield JudgedOn(recipe.stages[evaluation.stage], ROLES[evaluation.name], pipeline, evaluation.place)
