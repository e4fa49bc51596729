from __future__ import annotations

from typing import Any

import pytest
from training_recipes import array_pipeline, at, compiled, dataset_pipeline, evidence, folder, generator_pipeline, replaced, stage

from vggdoctor.checks.evaluation import AccuracyOnlyMetrics
from vggdoctor.evidence import Evaluation, Evidence, Layer, Model, Output, known, unknown
from vggdoctor.schema import AppendItem, Finding, InsertStatements, NotApplicable, Safety, SetArgument, Severity, Undetermined

CHECK = AccuracyOnlyMetrics()


def found(given: Evidence) -> Finding:
    (said,) = CHECK.detect(given)
    assert isinstance(said, Finding)
    return said


@pytest.mark.parametrize("names", [("accuracy",), ("acc",), ("sparse_categorical_accuracy", "top_k_categorical_accuracy")])
def test_accuracy_alone_is_a_note(names: tuple[str, ...]) -> None:
    finding = found(evidence(stage(compile_=compiled(metrics=names))))
    assert finding.severity is Severity.NOTE
    assert [place.line for place in finding.locations] == [41, 50]


def test_it_is_a_warning_where_classes_differ_much() -> None:
    finding = found(evidence(stage(), dataset=folder(mole=900, nevus=100)))
    assert finding.severity is Severity.WARNING
    assert "always saying mole would be 90 % right" in finding.message
    assert found(evidence(stage(), dataset=folder(mole=300, nevus=100))).severity is Severity.NOTE
    many = found(evidence(stage(), dataset=folder(a=400, b=400, c=100, d=100)))
    assert many.message.endswith("a has 4.0 times the pictures of c: missing every c would cost 10.0 % of it.")


@pytest.mark.parametrize("names", [("accuracy", "auc"), ("my_metric",), ()])
def test_other_metrics_and_none_at_all_are_not_reported(names: tuple[str, ...]) -> None:
    assert list(CHECK.detect(evidence(stage(compile_=compiled(metrics=names))))) == []


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("sklearn.metrics.classification_report", False),
        ("tensorflow.math.confusion_matrix", False),
        ("sklearn.metrics.roc_auc_score", False),
        ("sklearn.metrics.accuracy_score", True),
        ("evaluate", True),
        ("predict", True),
    ],
)
def test_a_report_anywhere_is_enough(name: str, reported: bool) -> None:
    said = list(CHECK.detect(evidence(stage(), evaluations=(Evaluation(name=name, place=at(60)),))))
    assert [type(item) for item in said] == ([Finding] if reported else [])


def test_unknown_metrics_are_not_judged() -> None:
    for given in (stage(compiled=unknown("?")), stage(compile_=replaced(compiled(), metrics=unknown("?")))):
        (said,) = CHECK.detect(evidence(given))
        assert isinstance(said, Undetermined)


def test_regression_is_no_classification() -> None:
    squared = compiled("mean_squared_error")
    linear = Model(assigned_to="model", complete=known(True), output=Output(activation=known("linear")))
    (said,) = CHECK.detect(evidence(stage(compile_=squared, model=linear)))
    assert isinstance(said, NotApplicable)
    assert found(evidence(stage(compile_=squared)))


def test_a_convolution_shows_that_pictures_are_classified() -> None:
    unknown_arrays = array_pipeline(picture_loop=None, size=unknown("?"))
    model = Model(backbone=known(None), output=Output(activation=known("softmax")))
    (said,) = CHECK.detect(evidence(stage(unknown_arrays, model=model)))
    assert isinstance(said, Undetermined)
    assert found(evidence(stage(unknown_arrays, model=replaced(model, layers=(Layer(kind="Conv2D"),)))))


def fixed(given: Any) -> Any:
    return CHECK.fix(found(evidence(given)), evidence(given))


def test_one_hot_labels_get_precision_recall_and_auc() -> None:
    repair = fixed(stage())
    assert [change.source for change in repair.changes] == [
        "${keras.metrics.Precision}()",
        "${keras.metrics.Recall}()",
        "${keras.metrics.AUC}()",
    ]
    assert all(isinstance(change, AppendItem) and change.display == at(41) for change in repair.changes)


def test_no_metric_of_one_hot_labels_where_the_labels_are_numbers() -> None:
    assert fixed(stage(generator_pipeline(label_form=known("integer")))) is None


def test_a_name_without_a_list_becomes_one() -> None:
    repair = fixed(stage(compile_=replaced(compiled("binary_crossentropy"), metrics_display=None)))
    (change,) = repair.changes
    assert isinstance(change, SetArgument)
    assert change.source.startswith('["accuracy", ${keras.metrics.Precision}()')


def test_class_numbers_get_a_report_instead() -> None:
    validation = known(array_pipeline(x_source="x_test", y_source="y_test"))
    repair = fixed(
        stage(array_pipeline(label_form=known("integer")), compiled("sparse_categorical_crossentropy"), validation=validation)
    )
    (change,) = repair.changes
    assert isinstance(change, InsertStatements)
    assert change.source == "print(${sklearn.metrics.classification_report}(y_test, model.predict(x_test).argmax(axis=1)))"
    assert repair.safety is Safety.REVIEW


def test_labels_and_predictions_of_a_shuffled_dataset_come_from_one_pass() -> None:
    sparse = compiled("sparse_categorical_crossentropy")
    repair = fixed(stage(dataset_pipeline(), sparse, validation=known(dataset_pipeline(x_source="val_ds"))))
    (change,) = repair.changes
    assert "for images, labels in val_ds.as_numpy_iterator():" in change.source
    endless = generator_pipeline(label_form=known("integer"), x_source="val")
    (change,) = fixed(stage(endless, sparse, validation=known(endless))).changes
    assert "for images, labels in (val[index] for index in range(len(val))):" in change.source
    assert fixed(stage(dataset_pipeline(), sparse, validation=known(None))) is None


def test_no_metric_of_probabilities_where_the_output_gives_none() -> None:
    logits = Model(assigned_to="model", complete=known(True), output=Output(activation=known("linear")))
    assert fixed(stage(model=logits)) is None
