"""What was made for fit, and is not passed to it."""

from __future__ import annotations

from vggdoctor.evidence import CallbackUse, Evidence, Recipe
from vggdoctor.schema import HandOver, Location, Repair, Safety

PURE = {"ReduceLROnPlateau", "EarlyStopping", "LearningRateScheduler", "ModelCheckpoint"}
"""Callbacks whose absence from fit changes the training; a TensorBoard or a History that is not passed harms nothing."""

NOUNS = {"callbacks": "callbacks", "class_weight": "class weights"}


def idle_callbacks(evidence: Evidence) -> list[CallbackUse]:
    """The callbacks that nothing is given, in files that train."""
    paths = {stage.place.path for stage in evidence.recipe.stages}
    return [use for use in evidence.recipe.idle_callbacks if use.name in PURE and use.place and use.place.path in paths]


def passed_to_every_fit(made: tuple[Location, ...], recipe: Recipe, argument: str) -> Repair | None:
    """``argument`` for each fit of the one file that makes the values; None where they are made elsewhere."""
    fits = [stage.place for stage in recipe.stages if stage.method in ("fit", "fit_generator")]
    if not fits or {place.path for place in made} != {place.path for place in fits}:
        return None
    safety = Safety.SAFE if len(fits) == 1 else Safety.REVIEW
    changes = tuple(HandOver(fit, made, argument) for fit in dict.fromkeys(fits))
    return Repair(f"Give fit the {NOUNS[argument]} that the program makes for it", changes, safety)
