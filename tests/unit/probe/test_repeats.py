"""The short training from several starts."""

from typing import Any

import keras
import numpy as np
import pytest
import tiny_models as tiny

from vggdoctor.evidence import ProbeEvidence
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe import experiments, probe, training
from vggdoctor.gather.probe.bench import set_up
from vggdoctor.gather.probe.budget import Budget
from vggdoctor.gather.probe.repeats import MOST, restart

X, Y = tiny.pictures(48)
ASKED = {"training", "predictions", "repeated trainings"}
PLENTY = 400.0
"""Seconds that no machine needs, however busy."""


def live(trainable: bool = False, loss: Any = "sparse_categorical_crossentropy") -> LiveStage:
    keras.utils.set_random_seed(3)
    model, layers = tiny.flattened(trainable)
    validation = (X[:24] / np.float32(255), Y[:24])
    return tiny.live(model, layers, X / np.float32(255), Y, keras.optimizers.Adam(0.05), loss, validation=validation)


def run(trainable: bool = False, loss: Any = "sparse_categorical_crossentropy") -> ProbeEvidence:
    return probe(live(trainable, loss), PLENTY, 0, lambda so_far: None, only=ASKED)


@pytest.fixture(scope="module")
def found() -> ProbeEvidence:
    return run()


def test_every_seed_judges_the_same_pictures(found: ProbeEvidence) -> None:
    (repeats,) = found.repeats
    assert repeats.seeds == tuple(range(MOST))
    assert len(repeats.labels) == 24
    assert [len(row) for row in (*repeats.right, *repeats.losses)] == [24] * 2 * MOST
    assert repeats.labels == found.predictions[0].labels
    assert repeats.loss_name == "sparse_categorical_crossentropy"
    assert (found.sizes.repeats, found.sizes.repeat_steps) == (MOST, repeats.steps)


def test_starts_differ_and_a_second_probe_draws_the_same(found: ProbeEvidence) -> None:
    assert len(set(found.repeats[0].losses)) == MOST
    assert np.allclose(run().repeats[0].losses, found.repeats[0].losses, atol=1e-4)


def test_of_a_whole_model_the_one_training_counts_that_there_was() -> None:
    found = run(trainable=True)
    assert found.repeats[0].right == (found.predictions[0].right,)
    assert found.repeats[0].steps == found.predictions[0].steps


def test_of_a_whole_model_a_copy_needs_no_more_pictures_than_its_steps_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the same ones, whether or not the copy trains on features; at random, for they may lie class by class."""
    monkeypatch.setattr(experiments, "FEWEST_PICTURES", 8)
    monkeypatch.setattr(training, "prepare", lambda bench, samples, seconds, seed: (training.Stepper(bench, samples, 4, seed), 3))
    first = run(trainable=True)
    assert first.sizes.training == 12
    stage = live(trainable=False)
    stage.sizes = first.sizes
    session = experiments.Session(stage, Budget(60), 0)
    alike, steps, _ = session.prepared()
    whole = experiments.Session(live(trainable=True), Budget(60), 0)
    original, _, _ = whole.prepared()
    assert (len(alike.samples), steps) == (12, 3)
    assert (alike.samples.y == original.samples.y).all()
    assert (alike.samples.y != session.train().y[:12]).any()


def test_the_loss_of_a_picture_is_the_users_without_a_mean() -> None:
    loss = keras.losses.SparseCategoricalCrossentropy()
    found = run(trainable=True, loss=loss)
    assert found.predictions[0].loss == pytest.approx(np.mean(found.repeats[0].losses[0]), rel=1e-4)


def test_a_new_start_draws_heads_and_leaves_pretrained_and_constant_weights() -> None:
    keras.utils.set_random_seed(3)
    model, layers = tiny.flattened()
    live = tiny.live(model, layers, X, Y, pretrained=True)
    head, convolution = model.layers[-1], layers[1]
    before = [np.array(weight) for weight in (head.kernel, head.bias, convolution.kernel)]
    restart(set_up(live), 1)
    first = np.array(head.kernel)
    restart(set_up(live), 1)
    assert not np.allclose(first, before[0])
    assert np.array_equal(first, head.kernel)
    assert np.array_equal(before[1], head.bias)
    assert np.array_equal(before[2], convolution.kernel)


def test_a_scheduler_sets_the_rate_of_these_trainings_too() -> None:
    keras.utils.set_random_seed(3)
    model, layers = tiny.flattened()
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: 0.0)
    live = tiny.live(model, layers, X / np.float32(255), Y, keras.optimizers.Adam(0.05), validation=(X[:8] / 255, Y[:8]))
    live.fit_arguments = {"callbacks": [scheduler]}
    repeats = probe(live, PLENTY, 0, lambda so_far: None, only=ASKED).repeats[0]
    stepper = set_up(live)
    restart(stepper, 0)
    untrained = np.asarray(model(X[:8] / 255, training=False)).argmax(axis=1) == Y[:8]
    assert sorted(repeats.right[0]) == sorted(untrained.tolist())
