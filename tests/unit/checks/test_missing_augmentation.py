from __future__ import annotations

from typing import Any

import pytest
from training_recipes import (
    GENERATOR,
    LOADER,
    array_pipeline,
    at,
    dataset_pipeline,
    evidence,
    folder,
    generator_pipeline,
    probe,
    replaced,
    stage,
)

from vggdoctor.checks.augmentation import MissingAugmentation
from vggdoctor.evidence import Call, Evidence, Model, Role, SourceKind, Step, known, unknown
from vggdoctor.schema import (
    Finding,
    InsertStatements,
    Location,
    NotApplicable,
    ReplaceExpression,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

CHECK = MissingAugmentation()
FLIP = Step(role=Role.AUGMENTATION, operation="flip")


def found(given: Evidence) -> Finding:
    (said,) = CHECK.detect(given)
    assert isinstance(said, Finding)
    return said


def change_of(given: Evidence, kind: type[Any]) -> Any:
    repair = CHECK.fix(found(given), given)
    assert repair is not None
    return next(change for change in repair.changes if isinstance(change, kind))


def test_no_transform_is_a_note_at_the_generator_and_at_fit() -> None:
    finding = found(evidence(stage()))
    assert finding.severity is Severity.NOTE
    assert [place.line for place in finding.locations] == [10, 50]


@pytest.mark.parametrize("where", ["pipeline", "model", "a later stage"])
def test_one_random_transform_anywhere_is_enough(where: str) -> None:
    plain = stage()
    if where == "pipeline":
        stages = [stage(generator_pipeline(steps=(FLIP,)))]
    elif where == "model":
        stages = [replaced(plain, model=replaced(plain.model, input_steps=(FLIP,)))]
    else:
        stages = [plain, stage(generator_pipeline(steps=(FLIP,)), place=at(60), follows=0)]
    assert list(CHECK.detect(evidence(*stages))) == []


def test_two_models_are_judged_apart() -> None:
    good = stage(generator_pipeline(steps=(FLIP,)), place=at(60))
    assert found(evidence(stage(), good)).locations[-1].line == 50


@pytest.mark.parametrize(
    "given",
    [
        stage(generator_pipeline(complete=unknown("a generator function"))),
        stage(generator_pipeline(complete=known(False))),
        stage(generator_pipeline(steps=(Step(role=Role.UNKNOWN, operation="augment"),))),
        stage(model=Model(complete=unknown("a loaded model"))),
        stage(array_pipeline(picture_loop=None, size=unknown("?")), model=Model(complete=known(True), backbone=known(None))),
    ],
    ids=["pipeline", "incomplete pipeline", "unknown step", "model", "not known to be pictures"],
)
def test_what_is_not_understood_is_not_judged(given: Any) -> None:
    (said,) = CHECK.detect(evidence(given))
    assert isinstance(said, Undetermined)


@pytest.mark.parametrize(
    "train",
    [
        array_pipeline(picture_loop=None, array_shape=known((100, 7, 7, 512))),
        array_pipeline(picture_loop=None, array_shape=known((569, 30))),
        array_pipeline(picture_loop=None, loader=Call(function="keras.datasets.mnist.load_data", place=LOADER)),
    ],
    ids=["features", "a table", "mnist"],
)
def test_it_does_not_ask_for_augmentation_of_what_is_no_photograph(train: Any) -> None:
    (said,) = CHECK.detect(evidence(stage(train)))
    assert isinstance(said, NotApplicable)


@pytest.mark.parametrize(
    ("pictures", "passes", "training", "severity"),
    [
        (200, 2, 0.1, Severity.WARNING),
        (200, 2, 0.4, Severity.NOTE),
        (200, 1, 0.1, Severity.NOTE),
        (2000, 2, 0.1, Severity.NOTE),
    ],
)
def test_overfitting_of_a_small_set_makes_it_a_warning(pictures: int, passes: int, training: float, severity: Severity) -> None:
    losses = (training,) * (passes * pictures // 10)
    given = evidence(stage(generator_pipeline(pictures=known(pictures))), probe=probe(losses, 0.6))
    assert found(given).severity is severity


def test_a_generator_of_its_own_gets_the_arguments() -> None:
    change = change_of(evidence(stage()), SetArgument)
    assert change.call == GENERATOR
    names = {change.name for change in CHECK.fix(found(evidence(stage())), evidence(stage())).changes}  # type: ignore[union-attr]
    assert {"horizontal_flip", "width_shift_range", "brightness_range"} <= names


def test_a_generator_that_validation_shares_stays_plain() -> None:
    train = generator_pipeline(validation_split=known(0.2))
    given = evidence(stage(train, validation=known(generator_pipeline(loader=Call(function="f", place=at(30))))))
    inserted = change_of(given, InsertStatements)
    assert inserted.at == GENERATOR
    assert inserted.after
    assert inserted.source.startswith(
        "augmented_datagen = ${keras.preprocessing.image.ImageDataGenerator}(\n    rescale=1./255,\n"
    )
    assert "    validation_split=0.2,\n" in inserted.source
    assert change_of(given, ReplaceExpression) == ReplaceExpression(Location("train.py", 20, 20, 9, 16), "augmented_datagen")


def test_a_shared_generator_is_not_copied_where_its_arguments_are_not_all_known() -> None:
    elsewhere = Step(role=Role.NORMALIZATION, operation="preprocess_input", spelling="preprocess_input")
    given = evidence(stage(generator_pipeline(steps=(elsewhere,)), validation=known(generator_pipeline())))
    assert CHECK.fix(found(given), given) is None


def test_colours_of_arrays_are_left_alone() -> None:
    train = array_pipeline(generator=Call(function="keras.preprocessing.image.ImageDataGenerator", place=GENERATOR))
    repair = CHECK.fix(found(evidence(stage(train))), evidence(stage(train)))
    assert repair is not None
    assert "brightness_range" not in {change.name for change in repair.changes if isinstance(change, SetArgument)}


def mapped(*chain: tuple[str, str], **fields: Any) -> Any:
    calls = tuple(
        Call(function=f"tf.data.Dataset.{name}", place=at(22 + n), assigned_to=to) for n, (name, to) in enumerate(chain)
    )
    train = dataset_pipeline(chain=calls, **fields)
    return change_of(evidence(stage(train)), InsertStatements)


def test_a_dataset_is_augmented_before_its_first_step() -> None:
    change = mapped(("map", "train_ds"), ("prefetch", "train_ds"))
    assert change.at == at(22)
    assert "RandomContrast" in change.source
    assert "train_ds = train_ds.map(" in change.source


@pytest.mark.parametrize("chain", [(("cache", "train_ds"),), (("map", "batches"),), ()])
def test_a_dataset_is_augmented_before_fit_where_an_earlier_place_would_be_wrong(chain: Any) -> None:
    assert mapped(*chain).at == at(50)


def test_validation_that_is_taken_from_the_same_dataset_stays_plain() -> None:
    train = dataset_pipeline(chain=(Call(function="tf.data.Dataset.map", place=at(22), assigned_to="train_ds"),))
    held_back = replaced(train, x_source="val_ds")
    change = change_of(evidence(stage(train, validation=known(held_back))), InsertStatements)
    assert change.at == at(50)


def test_layers_do_not_change_the_contrast_of_what_is_normalised() -> None:
    change = mapped(("map", "batches"), steps=(Step(role=Role.NORMALIZATION, operation="affine"),))
    assert "RandomContrast" not in change.source
    assert "RandomFlip" in change.source


def test_arrays_are_augmented_by_layers_in_front_of_the_model() -> None:
    change = change_of(evidence(stage(array_pipeline())), InsertStatements)
    assert change.at == at(40)
    assert change.source.endswith("model = ${keras.Sequential}([${keras.Input}(shape=(224, 224, 3)), data_augmentation, model])")


@pytest.mark.parametrize("names", [("left_hand", "right_hand"), ("0", "1", "2")])
def test_no_flip_where_it_would_change_the_class(names: tuple[str, ...]) -> None:
    given = evidence(stage(generator_pipeline(class_names=known(names))))
    repair = CHECK.fix(found(given), given)
    assert repair is not None
    assert "horizontal_flip" not in {change.name for change in repair.changes if isinstance(change, SetArgument)}
    assert repair.safety is Safety.REVIEW


def test_flips_are_safe_only_where_the_classes_are_known() -> None:
    cases = (
        (known(("cats", "dogs")), None, Safety.SAFE),
        (unknown("?"), None, Safety.REVIEW),
        (unknown("?"), folder(cats=5, dogs=5), Safety.SAFE),
        (unknown("?"), folder(left_hand=5, right_hand=5), Safety.REVIEW),
    )
    for names, dataset, safety in cases:
        given = evidence(stage(generator_pipeline(class_names=names)), dataset=dataset)
        repair = CHECK.fix(found(given), given)
        assert repair is not None
        assert repair.safety is safety


def test_what_features_are_predicted_from_is_left_alone() -> None:
    for train in (generator_pipeline(held_in_memory=known(True)), generator_pipeline(x_source="features", y_source="y")):
        assert CHECK.fix(found(evidence(stage(train))), evidence(stage(train))) is None


def test_a_model_without_a_name_has_no_sure_edit() -> None:
    train = generator_pipeline(kind=known(SourceKind.GENERATOR), generator=None, loader=None, x_source="batches()")
    given = evidence(
        replaced(stage(train), model=Model(complete=known(True), backbone=known(None), input_shape=known((64, 64, 3))))
    )
    assert CHECK.fix(found(given), given) is None
