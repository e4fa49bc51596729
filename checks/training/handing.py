"""What was made for fit, and is not passed to it."""

from __future__ import annotations

from vggdoctor.evidence import Recipe
from vggdoctor.schema import HandOver, Location, Repair, Safety


def passed_to_every_fit(made: tuple[Location, ...], recipe: Recipe, argument: str) -> Repair | None:
    """``argument`` for each fit of the one file that makes the values; None where they are made elsewhere."""
    fits = [stage.place for stage in recipe.stages if stage.method in ("fit", "fit_generator")]
    if not fits or {place.path for place in made} != {place.path for place in fits}:
        return None
    safety = Safety.SAFE if len(fits) == 1 else Safety.REVIEW
    changes = tuple(HandOver(fit, made, argument) for fit in dict.fromkeys(fits))
    return Repair(
        f"Give fit the {argument.replace('_', ' ')} that {'are' if argument == 'callbacks' else 'is'} made", changes, safety
    )
