from __future__ import annotations

from typing import Any

import pytest
from scipy.stats import binomtest
from training_recipes import (
    array_pipeline,
    at,
    compiled,
    dataset_pipeline,
    evidence,
    folder,
    generator_pipeline,
    probe,
    stage,
)

from vggdoctor.checks.class_counts import ClassCounts, wilson
from vggdoctor.checks.data import ClassImbalance
from vggdoctor.evidence import DatasetEvidence, Evidence, Origin, SourceKind, known, unknown
from vggdoctor.schema import (
    Bars,
    Confidence,
    Finding,
    InsertStatements,
    NotApplicable,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

CHECK = ClassImbalance()
UNEQUAL = folder(cats=400, dogs=100)


def found(given: Evidence) -> Finding:
    (said,) = CHECK.detect(given)
    assert isinstance(said, Finding)
    return said


def test_four_to_one_is_a_warning_with_the_counts() -> None:
    finding = found(evidence(stage(), dataset=UNEQUAL))
    assert finding.severity is Severity.WARNING
    assert finding.message == "cats has 400 training pictures, dogs has 100: 4.0 times as many, and nothing makes up for it."
    assert finding.measured["ratio"].value == 4.0
    assert finding.exhibits == (Bars("Training pictures in each class", "pictures", {"cats": 400.0, "dogs": 100.0}),)


@pytest.mark.parametrize(
    "dataset",
    [folder(cats=300, dogs=100), folder(cats=100), folder(cats=300, dogs=200, empty=0)],
    ids=["3 to 1", "one class", "empty"],
)
def test_three_to_one_and_empty_folders_are_not_reported(dataset: DatasetEvidence) -> None:
    assert not any(isinstance(said, Finding) for said in CHECK.detect(evidence(stage(), dataset=dataset)))


def test_the_validation_folder_is_not_looked_at() -> None:
    said = list(CHECK.detect(evidence(stage(), dataset=folder("data/validation", "validation", cats=400, dogs=10))))
    assert [type(item) for item in said] == [Undetermined]


def test_only_the_classes_that_are_trained_count_and_tables_have_labels_of_their_own() -> None:
    chosen = stage(generator_pipeline(class_names=known(("cats", "dogs"))))
    assert list(CHECK.detect(evidence(chosen, dataset=folder(cats=100, dogs=100, birds=5)))) == []
    table = stage(generator_pipeline(kind=known(SourceKind.DATAFRAME), resampled=known(False)))
    (said,) = CHECK.detect(evidence(table, dataset=UNEQUAL))
    assert isinstance(said, Undetermined)


@pytest.mark.parametrize(
    "given",
    [
        stage(class_weight=known(True)),
        stage(generator_pipeline(resampled=known(True))),
        stage(compile_=compiled("categorical_focal_crossentropy")),
    ],
    ids=["weights", "resampled", "focal loss"],
)
def test_what_makes_up_for_it_is_respected(given: Any) -> None:
    (said,) = CHECK.detect(evidence(given, dataset=UNEQUAL))
    assert isinstance(said, NotApplicable)


@pytest.mark.parametrize(
    "given",
    [
        stage(class_weight=unknown("**settings")),
        stage(compile_=compiled("custom")),
        stage(array_pipeline(resampled=unknown("?"), class_counts=known({"cats": 400, "dogs": 100}))),
    ],
    ids=["weights", "own loss", "resampling"],
)
def test_what_may_make_up_for_it_is_not_judged(given: Any) -> None:
    (said,) = CHECK.detect(evidence(given, dataset=UNEQUAL))
    assert isinstance(said, Undetermined)


def test_labels_seen_at_fit_need_no_word_on_resampling() -> None:
    counts = known({"cats": 400, "dogs": 100}, origin=Origin.OBSERVED)
    assert found(evidence(stage(array_pipeline(resampled=unknown("?"), class_counts=counts)))).measured["ratio"].value == 4.0


def test_a_sample_must_show_it_beyond_its_interval() -> None:
    def said(small: int, large: int) -> list[Any]:
        train = generator_pipeline(
            class_counts=known({"cats": large, "dogs": small}, origin=Origin.OBSERVED), pictures=known(10_000)
        )
        return list(CHECK.detect(evidence(stage(train))))

    assert said(10, 40) == []
    (finding,) = said(100, 900)
    assert "95 % interval" in " ".join(finding.measured)


@pytest.mark.parametrize(("small", "large"), [(10, 40), (0, 20), (3, 1000)])
def test_wilson_agrees_with_scipy(small: int, large: int) -> None:
    expected = binomtest(small, small + large).proportion_ci(method="wilson")
    assert wilson(small, small + large) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_the_interval_of_the_ratio_is_that_of_the_share() -> None:
    low, high = ClassCounts(counts={"a": 40, "b": 10}, sampled=True, observed=True, confidence=Confidence.HIGH).ratio_interval()
    share = wilson(10, 50)
    assert (1 / (1 + low), 1 / (1 + high)) == pytest.approx((share[1], share[0]))


@pytest.mark.parametrize(
    ("predicted", "actual", "severity"),
    [
        ((50, 0), (40, 10), Severity.ERROR),
        ((0, 50), (40, 10), Severity.WARNING),
        ((49, 1), (40, 10), Severity.WARNING),
        ((10, 0), (8, 2), Severity.WARNING),
        ((50, 0), (50, 0), Severity.WARNING),
    ],
    ids=["all to the largest", "all to the smallest", "not all", "too few", "nothing else there"],
)
def test_one_answer_for_everything_makes_it_an_error(predicted: Any, actual: Any, severity: Severity) -> None:
    given = evidence(stage(), dataset=UNEQUAL, probe=probe(predicted=predicted, actual=actual))
    assert found(given).severity is severity


def test_predictions_are_in_the_order_of_the_classes() -> None:
    reordered = generator_pipeline(class_names=known(("dogs", "cats")))
    given = evidence(stage(reordered), dataset=UNEQUAL, probe=probe(predicted=(0, 50), actual=(10, 40)))
    assert found(given).severity is Severity.ERROR


@pytest.mark.parametrize(
    ("train", "labels", "safety"),
    [
        (generator_pipeline(), "train.classes", Safety.SAFE),
        (generator_pipeline(held_in_memory=known(True), x_source="features", y_source="y"), "y.argmax(axis=1)", Safety.REVIEW),
        (dataset_pipeline(), "[int(label) for _, labels in train_ds for label in labels]", Safety.REVIEW),
        (dataset_pipeline(label_form=known("one-hot")), "label.numpy().argmax()", Safety.REVIEW),
        (array_pipeline(), "y_train.argmax(axis=1)", Safety.REVIEW),
        (array_pipeline(label_form=known("integer")), "y_train.ravel().astype(int)", Safety.REVIEW),
    ],
    ids=["iterator", "features of an iterator", "dataset", "one-hot dataset", "one-hot array", "array of numbers"],
)
def test_weights_are_computed_from_the_training_labels(train: Any, labels: str, safety: Safety) -> None:
    given = evidence(stage(train), dataset=UNEQUAL)
    repair = CHECK.fix(found(given), given)
    assert repair is not None
    inserted, argument = repair.changes
    assert isinstance(inserted, InsertStatements)
    assert labels in inserted.source
    assert argument == SetArgument(at(50), "class_weight", "class_weights")
    assert repair.safety is safety


def test_no_weights_where_the_labels_have_no_name() -> None:
    given = evidence(stage(array_pipeline(y_source="np.array(labels)")), dataset=UNEQUAL)
    assert CHECK.fix(found(given), given) is None
