"""The probe on VGG16 with its real weights, small pictures drawn by code."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tiny_models as tiny
from PIL import Image, ImageDraw

from vggdoctor.evidence import FeatureGain
from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe import gain, probe
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.pictures import Pictures
from vggdoctor.gather.weights import vgg16_weights

pytestmark = pytest.mark.slow
SIDE = 48


def drawn(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Rings and squares (classes 0 and 1) of any colour on noise: (count, 48, 48, 3) of 0..255."""
    generator = np.random.default_rng(0)
    labels = np.arange(count) % 2
    pictures = []
    for label in labels:
        picture = Image.fromarray(generator.integers(0, 256, (SIDE, SIDE, 3), dtype="uint8"))
        draw = ImageDraw.Draw(picture)
        x, y, size = (int(value) for value in generator.integers((4, 4, 16), (16, 16, 26)))
        colour = tuple(int(value) for value in generator.integers(0, 256, 3))
        shape = draw.rectangle if label else draw.ellipse
        shape((x, y, x + size, y + size), outline=colour, width=2)
        pictures.append(np.asarray(picture, "float32"))
    return np.stack(pictures), labels


X, Y = drawn(96)


@pytest.fixture(scope="module")
def weights() -> Path:
    found = vgg16_weights()
    if found is None:
        pytest.skip("the extra offline-weights is not installed")
    return found


def live(weights: Path, x: np.ndarray) -> LiveStage:
    keras.utils.set_random_seed(0)
    network = keras.applications.VGG16(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3))
    network.load_weights(weights)
    network.trainable = False
    model = keras.Model(network.input, tiny.head(network.output))
    return tiny.live(model, list(network.layers), x, Y, validation=(x[:32], Y[:32]), pretrained=True)


def measured(weights: Path, x: np.ndarray) -> FeatureGain:
    stage, read = live(weights, x), Pictures(x, Y, None)
    return gain.feature_gain(stage, gain.question(stage, read, 60, 0), read, 200, 0)


def test_the_gain_of_the_right_preprocessing_is_measured_on_the_same_pictures(weights: Path) -> None:
    found = measured(weights, X / np.float32(255))
    assert (found.family, found.side, found.pictures, found.splits) == ("vgg16", SIDE, 96, gain.SPLITS)
    assert found.interval[0] < found.corrected - found.as_is < found.interval[1]
    raw = measured(weights, X)
    assert raw.corrected == pytest.approx(found.corrected, abs=0.01)


def test_right_input_and_random_weights_have_no_gain_to_measure(weights: Path) -> None:
    right = keras.applications.vgg16.preprocess_input(X.copy())
    with pytest.raises(NotPossible, match="already arrive"):
        measured(weights, right)
    stage = live(weights, X)
    stage.pretrained = False
    with pytest.raises(NotPossible, match="random weights"):
        gain.question(stage, Pictures(X, Y, None), 60, 0)


def test_pooled_features_are_those_of_the_live_backbone(weights: Path) -> None:
    stage = live(weights, X)
    extract = gain.extractor(stage, "VGG16", SIDE)
    backbone = keras.Model(stage.model.input, stage.backbone_layers[-1].output)
    expected = backbone(X[:4], training=False).numpy().mean(axis=(1, 2))
    assert gain.pooled(extract, X[:4], SIDE) == pytest.approx(expected, rel=1e-4, abs=1e-3)


def test_the_whole_probe(weights: Path) -> None:
    stage = live(weights, X / np.float32(255))
    before = [np.array(variable.numpy()) for variable in stage.model.variables]
    found = probe(stage, 90, 0, lambda so_far: None)
    assert [contract.tensor for contract in found.contracts] == ["block1_conv1", "block1_conv1"]
    assert [contract.maximum for contract in found.contracts] == pytest.approx([1.0, 1.0])
    assert len(found.gains) == len(found.ranges) == len(found.predictions) == 1
    assert found.pretrained
    assert all(np.array_equal(old, variable.numpy()) for old, variable in zip(before, stage.model.variables, strict=True))
