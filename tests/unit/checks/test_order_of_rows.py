"""Rows that were seen to stand class by class: what follows for validation, for training, and for the sizes of classes."""

from __future__ import annotations

from training_recipes import FIT, array_pipeline, evidence, replaced, stage

from vggdoctor.checks.data import ClassImbalance, SequentialSplit, UnshuffledTraining
from vggdoctor.evidence import Evidence, Pipeline, SourceKind, Stage, known
from vggdoctor.schema import Finding, SetArgument


def rows(order: str = "by-class", **more: object) -> Pipeline:
    usual = {"order": known(order), "label_form": known("integer"), "class_counts": known({"0": 40, "1": 40, "2": 10})}
    return array_pipeline(**(usual | more))


def split(order: str = "by-class") -> Stage:
    held_back = rows(order, validation_split=known(0.25), class_counts=known({"0": 0, "1": 0, "2": 30}))
    return stage(rows(order), validation=known(held_back))


def found(check: ClassImbalance | SequentialSplit | UnshuffledTraining, given: Evidence) -> list[Finding]:
    return [said for said in check.detect(given) if isinstance(said, Finding)]


def test_classes_that_only_validation_holds_are_counted_in_the_arrays() -> None:
    given = evidence(stage(rows(class_counts=known({"0": 40, "1": 40})), validation=split().validation))
    (finding,) = found(SequentialSplit(), given)
    assert "it holds 1 of 3 classes (2), of which training has no picture of 2." in finding.message


def test_mixed_rows_are_split_well() -> None:
    assert not found(SequentialSplit(), evidence(split("mixed")))


def test_the_missing_rows_of_the_last_class_are_a_symptom_of_the_split() -> None:
    given = evidence(split())
    (finding,) = found(ClassImbalance(), given)
    assert ClassImbalance().causes(finding, given) == ("sequential-split",)


def test_classes_that_differ_in_all_rows_are_no_symptom_of_it() -> None:
    whole = split()
    few = replaced(whole.validation.value, class_counts=known({"2": 1}))
    given = evidence(replaced(whole, validation=known(few)))
    (finding,) = found(ClassImbalance(), given)
    assert "sequential-split" not in ClassImbalance().causes(finding, given)


def test_sorted_rows_that_fit_does_not_shuffle() -> None:
    given = evidence(stage(rows(), settings={"shuffle": False}))
    (finding,) = found(UnshuffledTraining(), given)
    repair = UnshuffledTraining().fix(finding, given)
    assert repair is not None and repair.changes == (SetArgument(FIT, "shuffle", "True"),)


def test_fit_shuffles_sorted_rows_unless_told_otherwise() -> None:
    assert not found(UnshuffledTraining(), evidence(stage(rows())))
    assert not found(UnshuffledTraining(), evidence(stage(rows("mixed"), settings={"shuffle": False})))


def test_a_pipeline_over_sorted_rows() -> None:
    pipeline = rows(kind=known(SourceKind.TF_DATA), shuffle=known(False))
    assert found(UnshuffledTraining(), evidence(stage(pipeline)))
