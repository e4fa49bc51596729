"""Arithmetic of the probe: budget, rates, preprocessing, regression, intervals, labels."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import tiny_models as tiny
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from vggdoctor.backbones import Mode
from vggdoctor.evidence import Backbone, TrainingRun, known
from vggdoctor.gather.probe import logistic, modes, rates
from vggdoctor.gather.probe.budget import Budget, rung
from vggdoctor.gather.probe.chance import chance_loss
from vggdoctor.gather.probe.pictures import class_numbers
from vggdoctor.gather.probe.training import learns


def test_budget_shares_never_exceed_what_is_left() -> None:
    now = [100.0]
    budget = Budget(60, clock=lambda: now[0])
    assert budget.share(0.5) == 30
    now[0] += 50
    assert budget.share(0.5) == 10
    now[0] += 50
    assert (budget.left(), budget.spent()) == (0, 100)


def test_rungs() -> None:
    assert [rung(value, (4, 8, 16)) for value in (3, 4, 15.9, 99)] == [0, 4, 8, 16]


def run(*losses: float | None, chance: float | None = math.log(2)) -> TrainingRun:
    return TrainingRun(stage=tiny.PLACE, label="user", learning_rate=1.0, losses=losses, chance_loss=chance)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (run(0.7, 0.6, 0.5, 0.4), True),
        (run(0.7, 0.6, None), False),
        (run(0.7, 900.0, 50.0, 5.0, 0.69, 0.69, 0.69, 0.69), False),
        (run(0.3, 0.4, 0.5, 0.6), False),
        (run(5.0, 4.0, 3.0, 2.0, chance=None), True),
    ],
)
def test_learning_means_ending_below_start_and_chance(found: TrainingRun, expected: bool) -> None:
    assert learns(found) is expected


def test_rate_range_of_a_fall_and_a_rise() -> None:
    grid = [float(rate) for rate in np.geomspace(1e-7, 10, 41)]
    losses: list[float | None] = [0.7 - 0.5 / (1 + (1e-3 / rate) ** 2) if rate < 0.2 else 3.0 for rate in grid]
    stable, steepest = rates.judge(grid, losses)
    assert stable == pytest.approx(max(rate for rate in grid if rate < 0.2))
    assert steepest == pytest.approx(1e-3, rel=1.0)


def test_rate_range_that_only_rises_has_no_steepest_rate() -> None:
    stable, steepest = rates.judge([1e-3, 1e-2, 1e-1, 1.0], [1.0, 1.0, 9.0, None])
    assert stable == pytest.approx(1e-2)
    assert steepest is None


def test_rate_range_that_was_cut_short_claims_no_stable_limit() -> None:
    assert rates.judge([1e-3, 1e-2, 1e-1], [1.0, 0.9, 0.8], complete=False)[0] is None
    assert rates.judge([1e-3, 1e-2, 1e-1], [1.0, 0.9, 0.8])[0] == pytest.approx(1e-1)


def test_rate_range_without_a_finite_loss() -> None:
    assert rates.judge([1e-3], [None]) == (None, None)


def test_smoothing_starts_at_the_first_value_and_ends_at_the_first_infinite_one() -> None:
    assert rates.smoothed([2.0, 2.0, None, 1.0]) == [pytest.approx(2.0), pytest.approx(2.0), None, None]
    assert rates.smoothed([1.0, 2.0])[1] == pytest.approx((0.6 * 0.4 * 1.0 + 0.4 * 2.0) / (1 - 0.36))


@pytest.mark.parametrize(
    ("mode", "module"),
    [(Mode.CAFFE, keras.applications.vgg16), (Mode.TF, keras.applications.mobilenet), (Mode.TORCH, keras.applications.densenet)],
)
def test_preprocessing_is_that_of_keras_and_is_undone_exactly(mode: Mode, module: object) -> None:
    x, _ = tiny.pictures(3)
    expected = module.preprocess_input(x.copy())  # type: ignore[attr-defined]
    assert modes.preprocess(x, mode) == pytest.approx(expected, abs=1e-4)
    assert modes.to_rgb(expected) == pytest.approx(x, abs=1e-3)


def test_plain_and_unit_pictures_are_recognised_even_after_resizing() -> None:
    x, _ = tiny.pictures(3)
    assert modes.to_rgb(x) is not None
    assert modes.to_rgb(x / 255) == pytest.approx(x, abs=1e-3)
    soft = x * 0.999 + 0.05
    assert modes.to_rgb(soft / 255) == pytest.approx(soft, abs=1e-3)


def test_what_cannot_be_undone_for_sure_is_not_guessed() -> None:
    x, _ = tiny.pictures(3)
    standardised = (x - x.mean()) / x.std()
    stretched = np.clip(x * 0.97 + np.random.default_rng(0).random(x.shape), 0, 250)
    stretched = (stretched - stretched.min(axis=(1, 2, 3), keepdims=True)) / np.ptp(stretched, axis=(1, 2, 3), keepdims=True)
    assert modes.to_rgb(standardised) is None
    assert modes.to_rgb(stretched) is None
    assert modes.to_rgb(modes.preprocess(x, Mode.CAFFE) / 255) is None


def test_what_a_backbone_wants() -> None:
    assert modes.wanted_mode(Backbone(application="VGG16", family="vgg16", place=tiny.PLACE)) is Mode.CAFFE
    bare = Backbone(application="MobileNetV3Small", family="mobilenet_v3", place=tiny.PLACE, include_preprocessing=known(False))
    assert modes.wanted_mode(bare) is Mode.TF
    assert modes.wanted_mode(Backbone(application="Mine", family="mine", place=tiny.PLACE)) is None


def test_the_regression_is_that_of_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    labels = np.arange(90) % 3
    x = generator.normal(size=(90, 200)) * 5 + 0.4 * labels[:, None] * generator.normal(size=200)
    test = generator.normal(size=(300, 200)) * 5
    scaler = StandardScaler().fit(x)
    reference = LogisticRegression(max_iter=5000).fit(scaler.transform(x), labels)
    assert np.mean(logistic.fit_predict(x, labels, test, 3) == reference.predict(scaler.transform(test))) >= 0.98


def test_splits_keep_every_class_on_both_sides() -> None:
    labels = np.repeat([0, 1, 2], [40, 8, 4])
    train, test = logistic.stratified_split(labels, np.random.default_rng(0))
    assert sorted([*train, *test]) == list(range(52))
    assert list(np.bincount(labels[test])) == [10, 2, 1]


def test_paired_scores_tell_good_features_from_bad_ones_and_repeat_with_the_seed() -> None:
    generator = np.random.default_rng(0)
    labels = np.arange(80) % 2
    good = generator.normal(size=(80, 5)) + 4 * labels[:, None]
    bad = generator.normal(size=(80, 5))
    first, second, ratio = logistic.paired_scores(bad, good, labels, 6, seed=3)
    assert second.mean() > 0.95
    assert 0.3 < first.mean() < 0.7
    assert ratio == pytest.approx(20 / 60)
    again = logistic.paired_scores(bad, good, labels, 6, seed=3)
    assert np.array_equal(first, again[0])
    same, also, _ = logistic.paired_scores(good, good, labels, 6, seed=3)
    assert np.array_equal(same, also)


def test_the_interval_is_wider_than_if_splits_were_independent() -> None:
    differences = np.array([0.1, 0.12, 0.08, 0.11, 0.09])
    low, high = logistic.corrected_interval(differences, ratio=0.25)
    spread = math.sqrt((1 / 5 + 0.25) * differences.var(ddof=1))
    assert (low, high) == pytest.approx((0.1 - 2.7764451 * spread, 0.1 + 2.7764451 * spread))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([[0, 1, 0], [1, 0, 0]], [1, 0]),
        ([[1.0], [0.0]], [1, 0]),
        ([2, 0], [2, 0]),
        ([0.5, 0.1], None),
        ([[1, 1], [0, 1]], None),
        ([-1, 1], None),
    ],
)
def test_class_numbers(labels: list[object], expected: list[int] | None) -> None:
    found = class_numbers(np.array(labels))
    assert found is None if expected is None else list(found) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("loss", "units", "labels", "expected"),
    [
        ("sparse_categorical_crossentropy", 5, [0, 1], math.log(5)),
        (keras.losses.CategoricalCrossentropy(from_logits=True), 3, [[0, 1, 0]], math.log(3)),
        (keras.losses.categorical_crossentropy, 3, [[0, 1, 0]], math.log(3)),
        ("binary_crossentropy", 1, [0, 1], math.log(2)),
        ("mse", 3, [0, 1], None),
    ],
)
def test_chance_loss(loss: object, units: int, labels: list[object], expected: float | None) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
    model.compile(loss=loss)
    assert chance_loss(model, np.array(labels)) == (None if expected is None else pytest.approx(expected))
