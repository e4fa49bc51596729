from __future__ import annotations

from typing import Any

import pytest
from training_recipes import array_pipeline, at, callback, compiled, evidence, stage

from vggdoctor.checks.training import MissingLrSchedule
from vggdoctor.evidence import Evidence, Schedule, known, unknown
from vggdoctor.schema import AppendItem, Finding, NotApplicable, SetArgument, Severity, Undetermined

CHECK = MissingLrSchedule()


def found(given: Evidence) -> Finding:
    (said,) = CHECK.detect(given)
    assert isinstance(said, Finding)
    return said


def changes(given: Evidence) -> tuple[Any, ...]:
    repair = CHECK.fix(found(given), given)
    assert repair is not None
    return repair.changes


def test_a_constant_rate_is_a_note_with_the_numbers() -> None:
    finding = found(evidence(stage()))
    assert finding.severity is Severity.NOTE
    assert finding.message == "The learning rate stays at 0.0001 for all 25 epochs: no callback and no schedule lowers it."
    assert finding.measured["epochs"].value == 25


@pytest.mark.parametrize(
    "given",
    [
        stage(callbacks=known((callback("EarlyStopping"), callback("ReduceLROnPlateau", changes_rate=True)))),
        stage(compile_=compiled(schedule=known(Schedule(name="CosineDecay")))),
    ],
    ids=["callback", "schedule"],
)
def test_any_schedule_passes_in_any_stage(given: Any) -> None:
    assert list(CHECK.detect(evidence(given))) == []
    assert (
        list(CHECK.detect(evidence(stage(), stage(place=at(60), follows=0, callbacks=given.callbacks, compiled=given.compiled))))
        == []
    )


@pytest.mark.parametrize(
    "given",
    [
        stage(callbacks=unknown("from a function")),
        stage(callbacks=known((callback("WandbCallback"),))),
        stage(compiled=unknown("a loaded model")),
        stage(compile_=compiled(schedule=unknown("from a function"))),
        stage(compile_=compiled(settings={"decay": 1e-6})),
    ],
    ids=["callbacks", "a stranger's callback", "compile", "rate", "decay"],
)
def test_what_may_change_the_rate_is_not_judged(given: Any) -> None:
    (said,) = CHECK.detect(evidence(given))
    assert isinstance(said, Undetermined)


def test_a_few_epochs_need_no_schedule_and_stages_add_up() -> None:
    (said,) = CHECK.detect(evidence(stage(epochs=known(4))))
    assert isinstance(said, NotApplicable)
    assert found(evidence(stage(epochs=known(4)), stage(epochs=known(4), place=at(60), follows=0))).measured["epochs"].value == 8


def test_tables_and_loops_by_hand_are_not_asked_for_one() -> None:
    table = array_pipeline(picture_loop=None, array_shape=known((569, 30)))
    for given in (stage(table), stage(method="train_on_batch")):
        (said,) = CHECK.detect(evidence(given))
        assert isinstance(said, NotApplicable)


def test_a_second_stage_that_goes_on_counting_is_not_counted_twice() -> None:
    second = stage(epochs=known(17), settings={"initial_epoch": 12}, place=at(60), follows=0)
    assert found(evidence(stage(epochs=known(12)), second)).measured["epochs"].value == 17


def test_it_is_appended_to_the_list_or_given_as_an_argument() -> None:
    (appended,) = changes(evidence(stage(callbacks=known((callback("EarlyStopping", patience=5),)), callbacks_display=at(45))))
    assert isinstance(appended, AppendItem)
    (given,) = changes(evidence(stage()))
    assert isinstance(given, SetArgument)
    assert given.name == "callbacks"
    assert given.source == '[${keras.callbacks.ReduceLROnPlateau}(monitor="val_loss", factor=0.1, patience=5, min_lr=1e-6)]'


def test_a_list_that_stands_nowhere_is_not_replaced() -> None:
    given = evidence(stage(callbacks=known((callback("EarlyStopping"),))))
    assert CHECK.fix(found(given), given) is None


@pytest.mark.parametrize(
    ("epochs", "stopping", "patience"), [(100, None, 5), (10, None, 2), (5, None, 1), (100, 5, 2), (100, 1, 1), (100, 20, 5)]
)
def test_the_patience_leaves_time_to_act(epochs: int, stopping: int | None, patience: int) -> None:
    uses = () if stopping is None else (callback("EarlyStopping", patience=stopping),)
    (change,) = changes(evidence(stage(epochs=known(epochs), callbacks=known(uses), callbacks_display=at(45))))
    assert f"patience={patience}," in change.source


@pytest.mark.parametrize("validation", [known(None), unknown("?")])
def test_it_watches_what_is_there(validation: Any) -> None:
    (change,) = changes(evidence(stage(validation=validation)))
    assert 'monitor="loss"' in change.source
