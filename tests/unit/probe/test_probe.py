"""The probe as a whole, on tiny networks."""

from __future__ import annotations

import random
from typing import Any

import keras
import msgspec
import numpy as np
import pytest
import tensorflow as tf
import tiny_models as tiny
from keras.src.backend.common import global_state
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from msgspec.structs import replace

from vggdoctor.evidence import ProbeEvidence
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe import experiments, plan, probe, training
from vggdoctor.gather.probe.budget import Budget

X, Y = tiny.pictures(48)


def live(trainable: bool = False, rate: float = 0.1, scale: float = 255.0, **more: Any) -> LiveStage:
    keras.utils.set_random_seed(3)
    model, layers = tiny.flattened(trainable)
    validation = (X[:24] / np.float32(scale), Y[:24])
    return tiny.live(model, layers, X / np.float32(scale), Y, keras.optimizers.Adam(rate), validation=validation, **more)


def run(stage: LiveStage, seconds: float = 60, seed: int = 0, only: tuple[str, ...] | None = None) -> ProbeEvidence:
    return probe(stage, seconds, seed, lambda so_far: None, only)


@pytest.fixture(scope="module")
def healthy() -> tuple[ProbeEvidence, list[ProbeEvidence]]:
    reported: list[ProbeEvidence] = []
    return probe(live(), 60, 0, reported.append), reported


def test_every_experiment_reports_and_what_was_left_out_has_its_reason(
    healthy: tuple[ProbeEvidence, list[ProbeEvidence]],
) -> None:
    found, reported = healthy
    assert len(reported) == len(plan.PLAN)
    assert [len(so_far.contracts) for so_far in reported[:2]] == [1, 2]
    assert [len(so_far.runs) for so_far in reported[2:4]] == [0, 1]
    assert [contract.role for contract in found.contracts] == ["train", "validation"]
    assert found.skipped.keys() == {"other rates", "feature gain", "loader"}
    assert "random weights" in found.skipped["feature gain"]
    assert found.seconds > 0


def test_the_evidence_can_be_sent_as_json(healthy: tuple[ProbeEvidence, list[ProbeEvidence]]) -> None:
    assert msgspec.json.decode(msgspec.json.encode(healthy[0]), type=ProbeEvidence) == healthy[0]


def test_the_training_is_the_users(healthy: tuple[ProbeEvidence, list[ProbeEvidence]]) -> None:
    user = healthy[0].runs[0]
    assert user.label == "user"
    assert user.learning_rate == pytest.approx(0.1)
    assert (user.batch_size, user.pictures) == (8, 48)
    assert user.chance_loss == pytest.approx(np.log(2))
    assert len(user.losses) == 192
    assert user.update_ratio is None
    assert np.mean(user.losses[-8:]) < np.mean(user.losses[:8])  # type: ignore[arg-type]


def test_predictions_count_the_validation_pictures(healthy: tuple[ProbeEvidence, list[ProbeEvidence]]) -> None:
    found = healthy[0].predictions[0]
    assert found.actual == (12, 12)
    assert sum(found.predicted) == 24
    assert found.balanced_accuracy is not None
    assert 0 <= found.balanced_accuracy <= 1


def test_the_range_ends_where_it_diverges_or_all_is_learnt(healthy: tuple[ProbeEvidence, list[ProbeEvidence]]) -> None:
    found = healthy[0].ranges[0]
    assert len(found.rates) == len(found.losses) > 10
    assert found.rates[0] == pytest.approx(1e-7)
    assert found.user_rate == pytest.approx(0.1)
    assert found.steepest is not None
    assert found.largest_stable is not None
    assert 1e-4 < found.steepest <= found.largest_stable


def test_the_same_seed_gives_the_same_evidence_and_another_seed_other_batches(
    healthy: tuple[ProbeEvidence, list[ProbeEvidence]],
) -> None:
    again, other = run(live()), run(live(), seed=1, only=("training",))
    assert again.contracts == healthy[0].contracts
    assert again.runs[0].losses == healthy[0].runs[0].losses
    assert again.predictions == healthy[0].predictions
    assert again.ranges == healthy[0].ranges
    assert (again.one_batch, again.optimizers) == (healthy[0].one_batch, healthy[0].optimizers)
    assert _nameless(again) == _nameless(healthy[0])
    assert other.runs[0].losses != healthy[0].runs[0].losses


def _nameless(found: ProbeEvidence) -> list[Any]:
    """What the looks saw, without the names of layers, which Keras numbers from one model to the next."""
    return [[replace(signal, name="") for signal in look.layers] for look in found.looks]


def everything(stage: LiveStage) -> list[Any]:
    model = stage.model
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    uids = dict(global_state.get_global_attribute("object_name_uids"))
    numpy_state = np.random.get_state()
    flags = [layer.trainable for layer in model._flatten_layers()]
    nodes = [(len(layer._inbound_nodes), len(layer._outbound_nodes)) for layer in model._flatten_layers()]
    return [
        [np.array(variable.numpy()).tobytes() for variable in variables],
        [variable.path for variable in variables],
        random.getstate(),
        numpy_state[1].tobytes(),
        numpy_state[2:],
        uids,
        flags,
        nodes,
        id(model.optimizer),
    ]


@pytest.mark.parametrize("trainable", [False, True])
def test_weights_optimizer_and_random_states_are_equal_bit_for_bit_before_and_after(trainable: bool) -> None:
    stage = live(trainable, rate=10.0, pretrained=True)
    stage.model.fit(X[:8] / 255, Y[:8], verbose=0)
    before = everything(stage)
    tf_draw = _draws_after(lambda: None)
    tf.random.set_seed(11)
    random_before = _draws_after(lambda: run(stage))
    assert everything(stage) == before
    assert random_before == tf_draw


def test_weights_are_put_back_even_if_the_last_experiment_left_them_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = live(trainable=True)
    before = everything(stage)
    seen: list[bool] = []

    def look(session: experiments.Session, so_far: ProbeEvidence) -> ProbeEvidence:
        seen.append(everything(stage)[0] == before[0])
        return so_far

    monkeypatch.setattr(plan, "PLAN", {"training": experiments.training_as_set, "look": look})
    run(stage)
    assert seen == [False]
    assert everything(stage) == before


def _draws_after(action: Any) -> list[float]:
    """What the generators give next: Python, NumPy, TensorFlow and Keras, from one start."""
    states = random.getstate(), np.random.get_state()
    tf.random.set_seed(11)
    action()
    drawn = [
        random.random(),
        float(np.random.random()),
        float(tf.random.uniform(())),
        tf.random.get_global_generator() is not None,
    ]
    random.setstate(states[0])
    np.random.set_state(states[1])
    return drawn


def test_the_generator_of_keras_goes_on_where_it_was() -> None:
    keras.utils.set_random_seed(5)
    expected = float(keras.random.uniform(())), float(keras.random.uniform(()))
    stage = live()
    keras.utils.set_random_seed(5)
    first = float(keras.random.uniform(()))
    run(stage, seconds=3)
    assert (first, float(keras.random.uniform(()))) == expected


def test_an_iterator_of_keras_stands_where_it_stood() -> None:
    stage = live()
    iterator = ImageDataGenerator(rescale=1 / 255).flow(X, Y, batch_size=8, seed=4)
    next(iterator)
    stage.train = iterator
    before = iterator.index_array.copy(), iterator.batch_index, iterator.total_batches_seen
    run(stage, seconds=3)
    assert np.array_equal(iterator.index_array, before[0])
    assert (iterator.batch_index, iterator.total_batches_seen) == before[1:]


def test_a_rate_that_explodes_is_repeated_at_a_tenth_and_a_hundredth_from_the_same_start() -> None:
    found = run(live(rate=300.0), only=("first look", "training", "other rates"))
    assert [one.label for one in found.runs[:3]] == ["user", "rate/10", "rate/100"]
    assert [one.learning_rate for one in found.runs[:3]] == pytest.approx([300.0, 30.0, 3.0])
    assert training.learns(found.runs[-1])
    assert not any(training.learns(run) for run in found.runs[:-1])
    assert len({one.losses[0] for one in found.runs}) == 1


def test_update_ratio_of_pretrained_kernels_that_train() -> None:
    stage = live(trainable=True, rate=1e-2, pretrained=True)
    kernels = [np.std(layer.kernel) for layer in stage.backbone_layers if hasattr(layer, "kernel")]
    user = run(stage, 20, only=("training",)).runs[0]
    assert user.update_ratio is not None
    assert 0.1 * 1e-2 / max(kernels) < user.update_ratio < 2 * 1e-2 / min(kernels)
    assert run(live(trainable=True, pretrained=False), 20, only=("training",)).runs[0].update_ratio is None


def test_a_loss_that_is_not_finite_ends_the_run() -> None:
    stage = live()
    stage.train = np.full_like(X, 3e38)
    found = run(stage, 20, only=("training", "predictions", "other rates"))
    assert found.runs[0].losses == (None,)
    assert [one.label for one in found.runs] == ["user", *experiments.FAR_LOWER_RATES]
    assert found.predictions[0].loss is None


def test_a_schedule_and_a_scheduler_callback_set_the_rate() -> None:
    stage = live()
    schedule = keras.optimizers.schedules.ExponentialDecay(0.05, 10, 0.5)
    stage.model.compile(keras.optimizers.SGD(schedule), "sparse_categorical_crossentropy")
    found = run(stage, 20, only=("training", "rate range"))
    assert found.runs[0].learning_rate == pytest.approx(0.05)
    assert len(found.ranges) == 1
    stage = live(fit_arguments={"callbacks": [keras.callbacks.LearningRateScheduler(lambda epoch: 0.007)]})
    assert run(stage, 20, only=("training",)).runs[0].learning_rate == pytest.approx(0.007)


def test_models_that_cannot_be_trained_here_say_why() -> None:
    class Own(keras.Model):
        def train_step(self, data: Any) -> dict[str, Any]:
            return {}

    network = tiny.base()
    own = Own(network.input, tiny.head(network.output))
    assert "train_step of its own" in run(tiny.live(own, list(network.layers), X, Y), 20, only=("training",)).skipped["training"]
    stage = live()
    stage.model.trainable = False
    assert "nothing in the model trains" in run(stage, 20, only=("training",)).skipped["training"]
    bare, layers = tiny.flattened()
    uncompiled = LiveStage(stage=tiny.stage(), model=bare, train=X, y=Y, backbone_layers=layers)
    found = run(uncompiled, 20, only=("contract", "training"))
    assert "not compiled" in found.skipped["training"]
    assert len(found.contracts) == 1


def test_an_error_of_the_users_own_code_is_stated_and_the_rest_goes_on() -> None:
    def broken(y_true: Any, y_pred: Any) -> Any:
        raise RuntimeError("my loss is broken")

    stage = live()
    stage.model.compile("adam", broken)
    found = run(stage, 20)
    assert "my loss is broken" in found.skipped["training"]
    assert found.skipped["predictions"] == "there was no training"
    assert len(found.contracts) == 2


def test_a_subclassed_model_that_is_not_built_is_probed_too() -> None:
    model = tiny.Subclassed()
    found = run(tiny.live(model, list(model.base.layers), X, Y), 30, only=("contract", "training", "predictions"))
    assert found.contracts[0].maximum == pytest.approx(1.0)
    assert found.runs[0].losses[-1] is not None
    assert found.skipped["predictions"] == "fit has no validation data"


def test_random_weights_in_place_of_those_asked_for_say_nothing_of_the_training() -> None:
    stage = live()
    stage.substituted = True
    found = run(stage, only=("contract", "first look", "training", "predictions", "one batch"))
    assert found.contracts
    assert not (found.looks or found.runs or found.predictions or found.one_batch)
    assert all("could not be had" in found.skipped[name] for name in ("first look", "training", "predictions", "one batch"))


def test_without_time_everything_is_skipped_and_said() -> None:
    found = run(live(), seconds=0)
    assert len(found.skipped) == len(plan.PLAN)
    assert all("no time" in reason for reason in found.skipped.values())


def test_a_gain_is_asked_for_only_once_and_takes_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    session = experiments.Session(live(), Budget(100, clock=lambda: 0.0), 0)
    assert session.share("training") == 42
    session = experiments.Session(live(pretrained=True), Budget(100, clock=lambda: 0.0), 0)
    assert session.share("training") == 30
    session = experiments.Session(live(trainable=True), Budget(100, clock=lambda: 0.0), 0)
    assert session.share("training") == 30
