"""How network, loader and machine behave: the experiments beside the short training."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
import tiny_models as tiny
from test_probe import everything

from vggdoctor.evidence import FirstLook, LayerSignal, ProbeEvidence, TrainingRun
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe import experiments, first_look, hardware, loader, one_batch, probe, rivals, training
from vggdoctor.gather.probe.bench import Samples, set_up
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.training import Stepper

X, Y = tiny.pictures(48)
TABLE = np.random.default_rng(0).normal(size=(64, 6)).astype("float32")
SIGNS = (TABLE[:, 0] > 0).astype("int32")


def dense(optimizer: Any = "adam", **hidden: Any) -> LiveStage:
    """A network on a table of six columns, with one hidden layer."""
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(12, activation="relu", **hidden), keras.layers.Dense(2, activation="softmax")]
    model = keras.Sequential([keras.Input((6,)), *layers])
    return tiny.live(model, [], TABLE, SIGNS, optimizer)


def stepper(live: LiveStage, x: np.ndarray = TABLE, y: np.ndarray = SIGNS) -> Stepper:
    return Stepper(set_up(live), Samples([x], y, None), 8, 0, seconds=0.001)


def look(live: LiveStage, moment: str = "start", y: np.ndarray = SIGNS) -> FirstLook:
    return first_look.look(stepper(live, y=y), moment, 64, 0.693)


def test_a_sound_layer_has_signal_and_gradient_and_one_that_is_shut_off_is_dead() -> None:
    sound = look(dense()).layers
    assert [(layer.kind, layer.activation, layer.units) for layer in sound] == [("Dense", "relu", 12), ("Dense", "softmax", 2)]
    assert sound[0].dead < 0.5
    assert sound[0].gradient is not None
    assert sound[0].gradient > 0
    shut = look(dense(bias_initializer=keras.initializers.Constant(-100.0))).layers
    assert (shut[0].silent, shut[0].dead, shut[0].gradient) == (1.0, 1.0, 0.0)
    assert shut[1].dead == 0.0


def test_the_activation_of_a_following_layer_counts_and_frozen_layers_are_left_out() -> None:
    keras.utils.set_random_seed(1)
    frozen = keras.layers.Dense(5, trainable=False)
    layers = [frozen, keras.layers.Dense(4), keras.layers.BatchNormalization(), keras.layers.ReLU(), keras.layers.Dense(2)]
    model = keras.Sequential([keras.Input((6,)), *layers])
    found = look(tiny.live(model, [], TABLE, SIGNS, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))).layers
    assert [(layer.units, layer.activation) for layer in found] == [(4, "relu"), (2, "linear")]


def test_the_update_is_the_rate_over_the_kernels_spread_and_weights_stay() -> None:
    live = dense(keras.optimizers.Adam(1e-2))
    before = everything(live)
    hidden = look(live).layers[0]
    assert everything(live)[0] == before[0]
    assert hidden.update_ratio == pytest.approx(1e-2 / float(np.std(live.model.layers[0].kernel)), rel=0.2)


def test_penalty_and_labels_are_told_from_the_loss() -> None:
    live = dense(kernel_regularizer=keras.regularizers.l2(3.0))
    found = look(live)
    assert found.penalty == pytest.approx(3.0 * float(np.sum(np.square(live.model.layers[0].kernel))), rel=1e-4)
    assert found.loss is not None
    assert found.loss < 2
    assert (found.label_range, found.whole_labels) == ((0.0, 1.0), True)
    scaled = look(dense(), y=SIGNS / np.float32(255))
    assert scaled.whole_labels is False
    assert scaled.label_perplexity is None
    assert found.label_perplexity == pytest.approx(2.0, abs=0.1)


def test_a_sound_network_learns_a_few_by_heart_and_one_of_zeros_does_not() -> None:
    sound = one_batch.one_batch(stepper(dense()), time.monotonic() + 60)
    assert sound.pictures == 16
    assert sound.losses[-1] is not None
    assert sound.losses[0] is not None
    assert sound.losses[-1] < sound.losses[0]
    stuck = one_batch.one_batch(stepper(dense(kernel_initializer="zeros")), time.monotonic() + 60)
    assert stuck.accuracy == stuck.majority
    with pytest.raises(NotPossible, match="two classes"):
        one_batch.one_batch(stepper(dense(), y=np.zeros_like(SIGNS)), time.monotonic() + 60)


def test_optimizers_start_from_the_same_weights_on_the_same_splits() -> None:
    live = dense(keras.optimizers.SGD(1e-6))
    before = everything(live)
    found = {trial.label: trial for trial in rivals.compare(stepper(live), 60)}
    assert everything(live)[0] == before[0]
    assert found.keys() == {"user", "adam", "sgd", "rmsprop"}
    assert found["user"].optimizer == "sgd"
    assert {len(trial.accuracies) for trial in found.values()} == {rivals.SEEDS}
    assert np.mean(found["adam"].accuracies) > np.mean(found["user"].accuracies)
    again = {trial.label for trial in rivals.compare(stepper(dense(keras.optimizers.Adam())), 60)}
    assert again == {"user", "sgd", "rmsprop"}
    with pytest.raises(NotPossible, match="no time"):
        rivals.compare(stepper(live), 0.0)


class Slow(keras.utils.PyDataset):
    """Eight batches of eight pictures; each takes ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        time.sleep(self.seconds)
        return X[:8], Y[:8]


def test_the_share_of_waiting_is_that_of_the_pipeline() -> None:
    model, layers = tiny.flattened()
    live = tiny.live(model, layers, Slow(0.15))
    before = everything(live)
    slow = loader.speed(live, 0, 40)
    assert everything(live)[0] == before[0]
    assert slow.measured
    assert (slow.source, slow.batch_size) == ("PyDataset", 8)
    assert min(slow.waiting) > 0.3
    assert slow.pipeline < slow.step
    live.train = Slow(0.0)
    assert np.median(loader.speed(live, 0, 40).waiting) < np.median(slow.waiting)


def test_what_cannot_be_timed_says_why() -> None:
    model, layers = tiny.flattened()
    for source, why in (
        (X, "arrays"),
        (iter([(X, Y)]), "plain generator"),
        (tf.data.Dataset.from_tensor_slices((X, Y)).batch(24), "only 2 batches"),
        (tf.data.Dataset.from_tensor_slices((X, Y)).batch(8).repeat(), "without end"),
    ):
        with pytest.raises(NotPossible, match=why):
            loader.speed(tiny.live(model, layers, source), 0, 10)


def test_memory_is_worked_out_of_the_layers_shapes() -> None:
    live = dense()
    used = hardware.memory(live, 10, "")
    trained = 6 * 12 + 12 + 12 * 2 + 2
    assert used.weights == 16 * trained
    assert used.activations == 2 * 4 * (12 + 2)
    assert used.needed == used.weights + 10 * used.activations
    assert used.peak is not None
    frozen, layers = tiny.flattened()
    assert hardware.memory(tiny.live(frozen, layers, X, Y), 10, "").weights == 16 * 14 + 4 * (3 * 9 * 4 + 4 + 4 * 9 * 6 + 6)


def test_vgg16_takes_57_5_mebibytes_a_picture() -> None:
    network = keras.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
    each = hardware.memory(tiny.live(network, [], X, Y), 1, "").activations / 2
    assert each * (224 / 64) ** 2 / 2**20 == pytest.approx(57.5, rel=0.05)


def test_without_a_card_nothing_is_said_to_be_used() -> None:
    found = hardware.hardware()
    assert found.used == len(tf.config.list_physical_devices("GPU"))
    assert found.precision == "float32"


def _seen(losses: tuple[float | None, ...], ratio: float) -> tuple[TrainingRun, ProbeEvidence]:
    user = TrainingRun(stage=tiny.PLACE, label="user", learning_rate=1e-3, losses=losses, chance_loss=0.693)
    layer = LayerSignal(name="dense", kind="Dense", units=2, update_ratio=ratio)
    start = FirstLook(stage=tiny.PLACE, moment="start", pictures=8, loss=0.7, penalty=0.0, layers=(layer,))
    return user, ProbeEvidence(runs=(user,), looks=(start,))


def test_other_rates_are_tried_where_they_may_help() -> None:
    still, rising = (0.7,) * 16, tuple(0.7 + step / 4 for step in range(16))
    assert experiments._rates_to_try(*_seen(rising, 1e-3), False) == experiments.LOWER_RATES
    assert experiments._rates_to_try(*_seen((0.7, None), 1e-3), True) == experiments.FAR_LOWER_RATES
    assert experiments._rates_to_try(*_seen(still, 0.5), False) == experiments.LOWER_RATES
    assert experiments._rates_to_try(*_seen(still, 1e-6), False) == experiments.HIGHER_RATES
    assert experiments._rates_to_try(*_seen(still, 1e-6), True) == experiments.FAR_HIGHER_RATES
    both = experiments._rates_to_try(*_seen(still, 1e-3), False)
    assert both == experiments.LOWER_RATES | experiments.HIGHER_RATES


def on_table(rate: float) -> LiveStage:
    live = dense(keras.optimizers.Adam(rate))
    live.train, live.y = TABLE, SIGNS
    return live


def test_what_is_close_is_measured_again_and_what_is_clear_is_not() -> None:
    slow = probe(on_table(1e-5), 60, 0, lambda so_far: None, ("first look", "training", "other rates", "rate range"))
    assert not training.learns(slow.runs[0])
    assert [run.label for run in slow.runs[:4]] == ["user", "user, again", "user, again", "rate*10"]
    assert len({run.losses for run in slow.runs[:3]}) == 3
    assert len(slow.ranges) == 1
    stable = slow.ranges[0].largest_stable
    assert stable is not None
    close = probe(on_table(stable), 60, 0, lambda so_far: None, ("training", "rate range"))
    assert len(close.ranges) == 1 + experiments.AGAIN
