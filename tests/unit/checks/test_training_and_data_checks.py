"""Checks of the training area on programs that are too small for their own cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from vggdoctor.checks.measurements import learns
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import (
    Backbone,
    CallbackUse,
    DatasetEvidence,
    Evidence,
    Model,
    Pipeline,
    ProbeEvidence,
    Recipe,
    Stage,
    TrainingRun,
    known,
)
from vggdoctor.evidence.dataset import ClassFolder, Split
from vggdoctor.gather.source import read
from vggdoctor.judge import judge
from vggdoctor.project import Project
from vggdoctor.registry import load
from vggdoctor.schema import Effect, Location, Outcome, Status

CHECKS = load().checks
FIT = "model.fit(train, validation_data=val, epochs=20{})\n"
CLASSES = (ClassFolder(name="jay", files=160), ClassFolder(name="wren", files=160))
FOLDERS = DatasetEvidence(splits=(Split(path="birds/train", role="train", classes=CLASSES),), pictures=320, examined=320)


def outcome(check: str, source: str, folder: Path, dataset: DatasetEvidence | None = None) -> Outcome:
    (folder / "train.py").write_text(source)
    return judge([CHECKS[check]], Evidence(recipe=read(Project(folder)), dataset=dataset))[0]


@pytest.mark.parametrize(
    ("callbacks", "says"),
    [
        ("EarlyStopping(monitor=NAME, patience=4, restore_best_weights=True)", ""),
        ("EarlyStopping(patience=4, restore_best_weights=True), ReduceLROnPlateau(patience=WAIT)", ""),
        ("EarlyStopping(restore_best_weights=True)", "at the first epoch without improvement"),
        ("EarlyStopping(patience=4, restore_best_weights=True), ReduceLROnPlateau(patience=6)", "ends the training after 4"),
        ("EarlyStopping(monitor='val_loss', mode='max', patience=4, restore_best_weights=True)", "the largest val_loss"),
        ("EarlyStopping(monitor='val_auc_1', patience=4, restore_best_weights=True)", "val_auc_1, which is never logged"),
    ],
)
def test_a_callback_is_judged_by_what_is_known_of_it(callbacks: str, says: str, tmp_path: Path) -> None:
    head = "import sys\nNAME, WAIT = sys.argv[1], int(sys.argv[2])\n"
    found = outcome("ineffective-callback", head + GENERATORS + FIT.format(f", callbacks=[{callbacks}]"), tmp_path).findings
    assert [says in finding.message for finding in found] == ([True] if says else [])


def test_a_numbered_metric_may_be_logged(tmp_path: Path) -> None:
    source = "import tensorflow as tf\n" + GENERATORS.replace('["accuracy"]', "[tf.keras.metrics.AUC()]")
    stopping = ", callbacks=[EarlyStopping(monitor='val_auc_1', patience=4, restore_best_weights=True)]"
    assert outcome("ineffective-callback", source + FIT.format(stopping), tmp_path).status is Status.PASSED


def test_a_callback_passed_in_a_call_that_is_not_followed_is_not_idle(tmp_path: Path) -> None:
    source = (
        GENERATORS + "import other\nstopping = EarlyStopping(patience=3)\nother.go(model, callbacks=stopping)\n" + FIT.format("")
    )
    assert outcome("ineffective-callback", source, tmp_path).findings == ()


@pytest.mark.parametrize(
    ("steps", "says"), [(10, ""), (9, ""), (4, "40% of them in an epoch"), (40, "4 passes in an epoch"), (100, "10 passes")]
)
def test_plain_steps_are_compared_with_the_pictures_on_disk(steps: int, says: str, tmp_path: Path) -> None:
    found = outcome("steps-mismatch", GENERATORS + FIT.format(f", steps_per_epoch={steps}"), tmp_path, FOLDERS).findings
    assert [says in finding.message for finding in found] == ([True] if says else [])


def test_a_class_without_a_weight_is_named(tmp_path: Path) -> None:
    source = GENERATORS.replace('"birds/train", ', '"birds/train", classes=["jay", "wren", "tit"], ')
    found = outcome("class-weight-ineffective", source + FIT.format(", class_weight={0: 1.0, 2: 3.0}"), tmp_path).findings
    assert ["no key for class 1 of 3" in finding.message for finding in found] == [True]


def test_a_large_batch_of_a_small_set_leaves_few_steps(tmp_path: Path) -> None:
    source = GENERATORS.replace("batch_size=32", "batch_size=64") + FIT.format("")
    assert "leave 5 steps an epoch" in outcome("batch-size", source, tmp_path, FOLDERS).findings[0].message
    assert outcome("batch-size", GENERATORS + FIT.format(""), tmp_path, FOLDERS).findings == ()


def test_a_project_that_asks_for_keras_2_is_not_at_fault(tmp_path: Path) -> None:
    source = GENERATORS + "model.fit_generator(train, validation_data=val, epochs=20)\n"
    assert outcome("removed-keras-api", source, tmp_path).status is Status.FAILED
    (tmp_path / "requirements.txt").write_text("tensorflow==2.10\n")
    assert outcome("removed-keras-api", source, tmp_path).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("making", "copies"),
    [
        ("x, y = SMOTE().fit_resample(x, y)", True),
        ("sampler = RandomOverSampler()\nx, y = sampler.fit_resample(x, y)", True),
        ("x, y = RandomUnderSampler().fit_resample(x, y)", False),
        ("x = resample(x, replace=False, n_samples=90)", False),
        ("x = x.resample('1D')", False),
        ("a, b = train_test_split(x)\na = resample(a)", False),
    ],
)
def test_only_duplicates_before_the_split_leak(making: str, copies: bool, tmp_path: Path) -> None:
    head = (
        "from imblearn.over_sampling import SMOTE, RandomOverSampler\nfrom imblearn.under_sampling import RandomUnderSampler\n"
        "from sklearn.model_selection import train_test_split\nfrom sklearn.utils import resample\n"
        f"x, y = load()\n{making}\na, b, c, d = train_test_split(x, y)\n"
    )
    found = outcome("split-leakage", head + GENERATORS + FIT.format(""), tmp_path).findings
    assert bool(found) is copies


def test_one_call_in_a_function_may_read_several_folders(tmp_path: Path) -> None:
    source = GENERATORS.replace(
        'val = plain.flow_from_directory("birds/validation", target_size=(224, 224), batch_size=32)',
        'def load(folder):\n    return plain.flow_from_directory(folder)\n\nval, test = load("birds/val"), load("birds/test")',
    )
    stopping = ", callbacks=[EarlyStopping(patience=3, restore_best_weights=True)]"
    source += FIT.format(stopping) + "print(model.evaluate({}))\n"
    assert outcome("validation-is-test", source.format("test"), tmp_path).findings == ()
    assert len(outcome("validation-is-test", source.replace("birds/val", "birds/test").format("test"), tmp_path).findings) == 1


@pytest.mark.parametrize(
    ("plotting", "found"),
    [
        ("print(history.history['acc'])", 1),
        ("h = history.history\nprint(history.history['acc'] if 'acc' in h else history.history['accuracy'])", 0),
        ("print(history.history['accuracy'])", 0),
    ],
)
def test_the_old_key_of_the_history_is_found_where_nothing_else_is_tried(plotting: str, found: int, tmp_path: Path) -> None:
    source = GENERATORS + f"history = {FIT.format('')}{plotting}\n"
    assert len(outcome("removed-keras-api", source, tmp_path).findings) == found


def test_what_was_observed_of_a_callback_counts_where_its_text_does_not_tell() -> None:
    stage = Stage(
        place=Location("train.py", 9, 9),
        model=Model(backbone=known(Backbone(application="VGG16", family="vgg16", place=Location("train.py", 2, 2)))),
        train=Pipeline(),
        epochs=known(5),
        callbacks=known((CallbackUse(name="ReduceLROnPlateau", settings={"patience": 9}, unread=("patience",)),)),
    )
    found = judge([CHECKS["ineffective-callback"]], Evidence(recipe=Recipe(stages=(stage,))))[0].findings
    assert ["waits 9 epochs, and fit has 5" in finding.message for finding in found] == [True]


@pytest.mark.parametrize(("steps", "told"), [(16, None), (24, False)])
def test_a_few_steps_do_not_deny_that_a_network_learns(steps: int, told: bool | None) -> None:
    used = Stage(place=Location("train.py", 1, 1), model=Model(), train=Pipeline())
    seen = TrainingRun(stage=used.place, label="user", learning_rate=1e-3, losses=(1.1,) * steps, chance_loss=1.1)
    assert learns(Evidence(recipe=Recipe(stages=(used,)), probe=ProbeEvidence(runs=(seen,))), used) is told


def test_what_less_dropout_is_worth_no_short_training_shows(tmp_path: Path) -> None:
    check = CHECKS["strong-regularization"]
    case = next(case for case in check.BAD if case.name.startswith("dropout"))
    (tmp_path / "train.py").write_text(case.source)
    given = Evidence(recipe=read(Project(tmp_path)), probe=case.probe)
    (finding,) = judge([check], given)[0].findings
    repair = check.fix(finding, given)
    assert repair is not None
    assert repair.effect is Effect.EPOCHS
