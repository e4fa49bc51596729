"""Networks of keras.applications in models that nobody saw being built, and where their weights are from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_objects import SIDE, vgg16

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from vggdoctor.gather.inprocess.networks import SIGNATURES, looks_altered, networks, signature  # noqa: E402
from vggdoctor.gather.inprocess.origin import UNKNOWN_WEIGHTS, weights_of  # noqa: E402
from vggdoctor.schema import Location  # noqa: E402

PLACE = Location("train.py", 1, 1)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def head(x: Any) -> Any:
    return keras.layers.Dense(2)(keras.layers.Flatten()(x))


def nested(base: Any) -> Any:
    inputs = keras.Input((SIDE, SIDE, 3))
    return keras.Model(inputs, head(base(keras.layers.Rescaling(1 / 255)(inputs))))


def flat(base: Any) -> Any:
    return keras.Model(base.input, head(base.output))


@pytest.mark.parametrize("shape", [nested, flat])
def test_a_network_is_found_with_its_layers_and_weights(home: Path, shape: Any) -> None:
    base = vgg16(home)
    (found,) = networks(shape(base), PLACE)
    assert (found.application, found.family, found.pretrained) == ("VGG16", "vgg16", True)
    assert found.given == {"include_top": False, "pooling": None, "include_preprocessing": True, "weights": "imagenet"}
    assert [layer.name for layer in found.layers] == [layer.name for layer in base.layers[1:]]


def test_a_network_with_its_own_preprocessing_is_found_with_it() -> None:
    base = keras.applications.MobileNetV3Small(weights=None, include_top=False, input_shape=(SIDE, SIDE, 3), pooling="avg")
    (found,) = networks(keras.Sequential([base, keras.layers.Dense(2)]), PLACE)
    assert found.application == "MobileNetV3Small"
    assert found.given["pooling"] == "avg"
    assert found.given["include_preprocessing"] is True


def test_a_part_of_a_network_is_not_taken_for_it() -> None:
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(SIDE, SIDE, 3))
    part = keras.Model(base.input, head(base.get_layer("block3_pool").output))
    own = keras.Sequential([keras.Input((SIDE, SIDE, 3)), keras.layers.Conv2D(64, 3), keras.layers.Flatten()])
    assert networks(part, PLACE) == networks(own, PLACE) == []
    assert looks_altered(part)
    assert not looks_altered(own)


def test_the_table_is_of_this_keras() -> None:
    base = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(SIDE, SIDE, 3))
    weighted = [layer for layer in base.layers if layer.weights]
    assert SIGNATURES["MobileNetV2"] == (len(weighted), signature(weighted))


def test_where_weights_are_from(home: Path) -> None:
    base = vgg16(home)
    layers = [layer for layer in base.layers if layer.weights]
    draw = np.random.default_rng(0)
    kernel = layers[0].kernel.numpy()
    layers[0].kernel.assign(kernel + 0.1 * kernel.std() * draw.standard_normal(kernel.shape))
    assert weights_of("VGG16", layers) == "imagenet", "fine-tuned"
    layers[0].kernel.assign(draw.standard_normal(kernel.shape))
    assert weights_of("VGG16", layers) is None, "as freshly drawn"
    for layer in layers:
        layer.kernel.assign(layer.kernel * 1.5)
    assert weights_of("VGG16", layers) == UNKNOWN_WEIGHTS
