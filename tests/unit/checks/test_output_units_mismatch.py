"""Labels that were seen, against the units of the output."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from training_recipes import FIT, at, compiled, dataset_pipeline, evidence, stage

from vggdoctor.checks.model import OutputUnitsMismatch
from vggdoctor.evidence import Evidence, Output, Pipeline, known
from vggdoctor.schema import Finding

HEAD = at(30)


def seen(low: int, high: int, units: int = 3, loss: str = "sparse_categorical_crossentropy") -> Evidence:
    """A pipeline of which the first batch of labels was seen, and nothing else."""
    return trained(Pipeline(label_range=known((low, high))), units, loss)


def trained(pipeline: Pipeline, units: int = 3, loss: str = "sparse_categorical_crossentropy") -> Evidence:
    fit = stage(pipeline, compiled(loss))
    model = replace(fit.model, output=Output(units=known(units), activation=known("softmax"), place=HEAD), outputs=known(1))
    return evidence(replace(fit, model=model))


def found(given: Evidence) -> list[Finding]:
    return [said for said in OutputUnitsMismatch().detect(given) if isinstance(said, Finding)]


def test_a_class_number_without_a_unit_was_in_the_first_batch() -> None:
    (finding,) = found(seen(1, 3))
    assert "labels of the first batch are 1..3" in finding.message and "counted from 1" in finding.message
    assert finding.locations == (HEAD, FIT)
    assert OutputUnitsMismatch().fix(finding, seen(1, 3)) is None


def test_numbers_far_beyond_the_units_are_not_said_to_be_counted_from_1() -> None:
    (finding,) = found(seen(0, 9))
    assert "0..9" in finding.message and "counted from 1" not in finding.message


@pytest.mark.parametrize(
    "given", [seen(0, 2), seen(1, 2), seen(0, 200, loss="mean_squared_error")], ids=["all", "some", "a regression"]
)
def test_numbers_that_have_a_unit_are_fine(given: Evidence) -> None:
    assert not found(given)


def test_counted_labels_that_leave_out_0_are_counted_from_1() -> None:
    pipeline = dataset_pipeline(classes=known(4), class_counts=known({"0": 0, "1": 9, "2": 9, "3": 9}))
    (finding,) = found(trained(pipeline))
    assert "the labels are counted from 1" in finding.message
