"""What can stand behind a network that gives one answer to everything, or whose signal does not get through."""

from __future__ import annotations

from vggdoctor.evidence import Stage
from vggdoctor.schema import Location

CAUSES = (
    "output-loss-mismatch",
    "output-units-mismatch",
    "nothing-trainable",
    "learning-rate-divergence",
    "high-learning-rate",
    "unfrozen-backbone",
    "poor-initialization",
    "strong-regularization",
    "low-learning-rate",
    "double-normalization",
    "missing-normalization",
    "unscaled-input",
    "class-imbalance",
    "unshuffled-training",
    "sequential-split",
    "random-backbone",
    "linear-hidden-layers",
)
"""Ids of checks, the surest explanation first: what makes learning impossible before what makes it hard."""


def places(stage: Stage, *names: str) -> tuple[Location | None, ...]:
    """Where the layers of these names are made, as far as that is known, and the fit."""
    named = {layer.name: layer.place for layer in stage.model.layers if layer.name}
    return (*(named.get(name) for name in names), stage.place)
