from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tiny_models as tiny

from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.contract import measure
from vggdoctor.gather.probe.entrance import arriving

SHAPES = {
    "flattened": (tiny.flattened, (0.0, 255.0), "first_conv"),
    "nested, rescaled in the model": (tiny.nested, (0.0, 1.0), "first_conv"),
    "sequential": (tiny.sequential, (0.0, 255.0), "first_conv"),
    "input_tensor, preprocessed in the model": (tiny.on_tensor, (-123.68, 151.061), "first_conv"),
    "subclassed": (tiny.subclassed, (0.0, 1.0), "first_conv"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_tensor_that_enters_the_backbone_is_seen_in_every_shape_of_model(shape: str) -> None:
    make, expected, name = SHAPES[shape]
    model, layers = make()
    x, y = tiny.pictures(20)
    found = measure(tiny.live(model, layers, x, y), x, "train")
    assert (found.minimum, found.maximum) == pytest.approx(expected, abs=1e-3)
    assert found.tensor == name
    assert found.family == "vgg16"
    assert found.pictures == 20
    assert len(found.counts) == len(found.mean) == 3
    assert sum(map(sum, found.counts)) == x.size


def test_statistics_are_those_of_each_channel() -> None:
    model, layers = tiny.flattened()
    x, y = tiny.pictures(16)
    found = measure(tiny.live(model, layers, x, y), x, "validation")
    assert found.mean == pytest.approx(x.mean(axis=(0, 1, 2)), rel=1e-5)
    assert found.std == pytest.approx(x.std(axis=(0, 1, 2)), rel=1e-5)
    assert found.role == "validation"
    for channel in range(3):
        assert found.counts[channel] == tuple(np.histogram(x[..., channel], found.edges)[0])


def test_built_in_preprocessing_of_the_family_is_behind_the_entrance() -> None:
    rescaling, conv = keras.layers.Rescaling(1 / 255, name="built_in"), keras.layers.Conv2D(3, 3)
    inputs = keras.Input((tiny.SIDE, tiny.SIDE, 3))
    model = keras.Model(inputs, tiny.head(conv(rescaling(inputs))))
    x, y = tiny.pictures(8)
    found = measure(tiny.live(model, [rescaling, conv], x, y), x, "train")
    assert found.tensor == "built_in"
    assert found.maximum == 255


def test_random_layers_in_front_rest() -> None:
    model, layers = tiny.nested()
    x, y = tiny.pictures(8)
    there, _ = arriving(tiny.live(model, layers, x, y), x)
    assert there == pytest.approx(x / 255, abs=1e-6)


def test_without_a_backbone_the_first_layer_with_a_kernel_is_taken() -> None:
    inputs = keras.Input((6,))
    x = keras.layers.Dense(5, name="hidden")(keras.layers.Rescaling(2.0)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    rows = np.arange(24, dtype="float32").reshape(4, 6)
    found = measure(tiny.live(model, [], rows), rows, "train")
    assert (found.tensor, found.family, found.maximum) == ("hidden", "", 46.0)
    assert len(found.mean) == 1


def test_the_layer_works_as_before() -> None:
    model, layers = tiny.flattened()
    x, y = tiny.pictures(4)
    live = tiny.live(model, layers, x, y)
    before = model(x, training=False).numpy()
    arriving(live, x)
    assert np.array_equal(model(x, training=False).numpy(), before)
    assert "call" not in vars(layers[1])


def test_values_that_are_not_finite_are_left_out_or_said() -> None:
    model, layers = tiny.flattened()
    x, y = tiny.pictures(4)
    x[0, 3, 3] = np.nan
    live = tiny.live(model, layers, x, y)
    assert measure(live, x, "train").maximum == 255
    with pytest.raises(NotPossible, match="no finite value arrives at first_conv"):
        measure(live, np.full_like(x, np.inf), "train")


def test_a_model_that_never_calls_the_layer_is_said() -> None:
    model, _ = tiny.flattened()
    x, y = tiny.pictures(4)
    stranger: Any = keras.layers.Conv2D(2, 3)
    with pytest.raises(NotPossible, match="does not send its input"):
        arriving(tiny.live(model, [stranger], x, y), x)


def test_a_model_without_kernels_is_said() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Rescaling(1.0)])
    rows = np.zeros((2, 4), "float32")
    make: Callable[[], Any] = lambda: arriving(tiny.live(model, [], rows), rows)  # noqa: E731
    with pytest.raises(NotPossible, match="no layer with a kernel"):
        make()
