"""The corpus itself is sound, and the tool agrees with it as well as it did before."""

from __future__ import annotations

import pytest

from vggdoctor.project import Project
from vggdoctor.schema import Confidence, Finding, Location, Severity

from .labels import Label, labels, programs
from .score import agree, score

PRECISION_FLOOR = 0.98
RECALL_FLOOR = 0.95
"""Over all errors and warnings of the checks that exist. Raise them as the tool gets better, never lower them for a change."""

# The ids of the catalogue that the source can show.
IDS = {
    "missing-normalization", "rescale-only-preprocessing", "wrong-preprocess-input", "double-normalization",
    "split-preprocessing-mismatch", "channel-order", "unscaled-input", "input-size-mismatch", "lossy-resizing",
    "missing-augmentation", "augmented-evaluation", "misplaced-augmentation", "label-breaking-augmentation",
    "class-imbalance", "split-leakage", "in-memory-dataset", "unshuffled-training", "sequential-split",
    "output-loss-mismatch", "output-units-mismatch", "oversized-head", "unfrozen-backbone", "stale-trainable",
    "nothing-trainable", "random-backbone", "batchnorm-drift", "poor-initialization", "linear-hidden-layers",
    "strong-regularization", "low-precision-output", "high-learning-rate", "low-learning-rate", "missing-lr-schedule",
    "ineffective-callback", "optimizer-choice", "batch-size", "steps-mismatch", "too-few-epochs", "missing-validation",
    "validation-is-test", "class-weight-ineffective", "accuracy-only-metrics", "shuffled-evaluation",
    "imagenet-class-order", "input-bound-training", "removed-keras-api",
}  # fmt: skip


@pytest.mark.parametrize("name", programs())
def test_labels_name_checks_and_lines_that_exist(name: str) -> None:
    folder = programs()[name]
    truth = labels(folder)
    project = Project(folder)
    assert project.sources
    assert {label.check for label in (*truth.faults, *truth.notes)} | {*truth.unknowable, *truth.debatable} <= IDS
    for label in (*truth.faults, *truth.notes):
        assert label.at and label.why
        for place in label.places():
            assert project.snippet(place), f"{label.check}: {place} is an empty line"


def test_every_trap_is_set_and_many_programs_are_clean() -> None:
    truths = [labels(folder) for folder in programs().values()]
    assert {trap for truth in truths for trap in truth.traps} == set(range(1, 16))
    assert len(truths) >= 90
    assert sum(not truth.faults for truth in truths) >= 30


def test_findings_agree_with_a_label_on_its_lines_only() -> None:
    label = Label("channel-order", ("train.py:4",), "BGR")
    at_line = [
        Finding(check="channel-order", severity=Severity.ERROR, confidence=Confidence.HIGH, message="", locations=(place,))
        for place in (Location("train.py", 3, 5), Location("train.py", 5, 5), Location("train.py", 4, 4, cell=1))
    ]
    assert [agree(label, finding) for finding in at_line] == [True, False, False]


def test_tool_agrees_with_the_labels() -> None:
    result = score()
    assert not result.crashes
    assert result.faults.precision >= PRECISION_FLOOR, "\n".join(result.faults.disagreements)
    assert result.faults.recall >= RECALL_FLOOR, "\n".join(result.faults.disagreements)
