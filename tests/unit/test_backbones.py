"""Facts of the table of backbones that are worked out."""

from __future__ import annotations

import pytest

from vggdoctor.backbones import CHANNELS, FAMILIES, features_shape

SIDES = (75, 100, 128, 150, 180, 200, 224, 299)
MEASURED = {
    "VGG16": (2, 3, 4, 4, 5, 6, 7, 9),
    "ResNet50": (3, 4, 4, 5, 6, 7, 7, 10),
    "InceptionV3": (1, 1, 2, 3, 4, 4, 5, 8),
    "Xception": (3, 3, 4, 5, 6, 7, 7, 10),
    "DenseNet121": (2, 3, 4, 4, 5, 6, 7, 9),
    "EfficientNetB0": (3, 4, 4, 5, 6, 7, 7, 10),
}
"""Sides of the last feature map as Keras 3.15.1 builds it, for pictures of SIDES."""


@pytest.mark.parametrize("application", MEASURED)
def test_sides_of_the_features_are_those_of_keras(application: str) -> None:
    assert tuple((features_shape(application, side, side) or (0,))[0] for side in SIDES) == MEASURED[application]


def test_every_network_has_its_channels_and_a_free_side_stays_free() -> None:
    assert CHANNELS.keys() == {name for family in FAMILIES.values() for name in family.applications}
    assert features_shape("VGG19", None, 224) == (None, 7, 512)
    assert features_shape("AlexNet", 224, 224) is None
