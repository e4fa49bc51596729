"""How many steps a whole fit has, where a part of the rows is held back."""

from __future__ import annotations

from training_recipes import array_pipeline, evidence, stage

from vggdoctor.checks.training.learning_rate import planned_steps
from vggdoctor.evidence import Origin, known


def steps(origin: Origin) -> int | None:
    """Of 25 epochs over 90 rows in batches of 10, a tenth held back."""
    counts = known({"0": 45, "1": 45}, origin=origin)
    fit = stage(array_pipeline(class_counts=counts, batch_size=known(10), validation_split=known(0.1)))
    return planned_steps(fit, evidence(fit))


def test_rows_that_were_seen_are_those_that_are_trained_on() -> None:
    assert steps(Origin.OBSERVED) == 225


def test_rows_that_were_read_may_hold_the_part_that_is_held_back() -> None:
    assert steps(Origin.READ) is None
