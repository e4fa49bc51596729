from __future__ import annotations

import keras
import numpy as np
import pytest
import tiny_models as tiny

from vggdoctor.gather.probe.graph import cut_after_frozen


@pytest.mark.parametrize("make", [tiny.flattened, tiny.nested, tiny.sequential, tiny.on_tensor])
def test_head_on_features_is_the_whole_model(make: object) -> None:
    model, layers = make()  # type: ignore[operator]
    x, _ = tiny.pictures(6)
    model(x[:1])
    cut = cut_after_frozen(model, layers)
    assert cut is not None
    features = cut.front(keras.ops.convert_to_tensor(x), False)
    assert [tuple(f.shape) for f in features] == [(6, *features[0].shape[1:])]
    assert features[0].shape[-1] == 6
    assert np.array_equal(cut.head(features, False), model(x, training=False))


def test_pictures_of_whole_numbers_are_cast_as_the_model_casts_them() -> None:
    model, layers = tiny.nested()
    cut = cut_after_frozen(model, layers)
    assert cut is not None
    x = keras.ops.convert_to_tensor(tiny.pictures(3)[0].astype("uint8"))
    assert np.array_equal(cut.head(cut.front(x, False), False), model(x, training=False))


def test_a_backbone_that_trains_in_part_is_cut_before_that_part() -> None:
    model, layers = tiny.flattened()
    layers[2].trainable = True
    cut = cut_after_frozen(model, layers)
    assert cut is not None
    assert [tensor.shape[-1] for tensor in cut.features] == [4]


def test_two_tensors_may_leave_the_frozen_part() -> None:
    inputs = keras.Input((tiny.SIDE, tiny.SIDE, 3))
    first, second = keras.layers.Conv2D(4, 3, padding="same"), keras.layers.Conv2D(4, 3, padding="same")
    first.trainable = False
    a = first(inputs)
    model = keras.Model(inputs, tiny.head(keras.layers.add([a, second(keras.layers.ReLU()(a))])))
    relu = model.layers[2]
    cut = cut_after_frozen(model, [first, relu, second])
    assert cut is not None
    x, _ = tiny.pictures(3)
    features = cut.front(keras.ops.convert_to_tensor(x), False)
    assert len(features) == 2
    assert np.allclose(cut.head(features, False), model(x, training=False))


def test_dropout_of_the_head_is_not_frozen_into_the_features() -> None:
    model, layers = tiny.flattened()
    cut = cut_after_frozen(model, layers)
    assert cut is not None
    x, _ = tiny.pictures(6)
    features = cut.front(keras.ops.convert_to_tensor(x / 255), True)
    assert not np.array_equal(cut.head(features, True), cut.head(features, True))


def test_no_cut_for_a_trained_backbone_a_subclass_several_inputs_or_none() -> None:
    model, layers = tiny.flattened(trainable=True)
    assert cut_after_frozen(model, layers) is None
    assert cut_after_frozen(*tiny.subclassed()) is None
    model, layers = tiny.flattened()
    assert cut_after_frozen(model, []) is None
    beside = keras.Input((2,))
    several = keras.Model([model.input, beside], keras.layers.concatenate([model.output, beside]))
    assert cut_after_frozen(several, layers) is None


def test_no_cut_where_the_head_looks_at_the_input_too() -> None:
    network = tiny.base()
    pooled = keras.layers.GlobalAveragePooling2D()
    joined = keras.layers.concatenate([pooled(network.output), keras.layers.GlobalMaxPooling2D()(network.input)])
    model = keras.Model(network.input, keras.layers.Dense(2)(joined))
    assert cut_after_frozen(model, list(network.layers)) is None


def test_no_cut_for_a_subclass_that_changes_call() -> None:
    class Scaled(keras.Model):
        def call(self, inputs: object, training: bool | None = None, mask: object = None) -> object:
            return super().call(inputs, training=training, mask=mask) * 2

    network = tiny.base()
    model = Scaled(network.input, tiny.head(network.output))
    assert cut_after_frozen(model, list(network.layers)) is None
