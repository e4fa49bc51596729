"""Channels that are changed one by one, in place."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, operations, stage

LOAD = """
    import cv2
    import numpy as np
    def load(path):
        picture = cv2.cvtColor(cv2.resize(cv2.imread(path), (224, 224)), cv2.COLOR_BGR2RGB).astype("float32")
        {}
        return picture
    pictures = []
    for path in paths():
        pictures.append(load(path))
    model.fit(np.array(pictures), labels(), epochs=1)
"""
COLOURS = ["bgr_source", "bgr_to_rgb"]
MEANS = "picture[:, :, 0] -= {0}; picture[:, :, 1] -= {1}; picture[:, :, 2] -= {2}"


def steps(changes: str, swapped: bool = True) -> list[str]:
    text = LOAD.format(changes)
    if not swapped:
        text = text.replace("cv2.cvtColor(", "").replace(", cv2.COLOR_BGR2RGB)", "")
    return operations(stage(FROZEN_VGG, text).train)


def test_means_of_blue_green_red_are_those_of_vgg() -> None:
    means = MEANS.format(103.939, 116.779, 123.68)
    assert steps(means, swapped=False) == ["bgr_source", "resize", "bgr_to_rgb", "preprocess_input:vgg16"]


def test_means_in_an_array_are_looked_up() -> None:
    changes = "m = np.array([103.939, 116.779, 123.68]); " + MEANS.format("m[0]", "m[1]", "m[2]")
    assert steps(changes.replace("[:, :, ", "[..., "), swapped=False)[-1] == "preprocess_input:vgg16"


def test_means_of_other_channels_are_not_understood() -> None:
    assert steps(MEANS.format(103.939, 116.779, 123.68))[-1] == "unknown"
    assert steps(MEANS.format(1.0, 2.0, 3.0))[-1] == "unknown"


def test_the_same_for_all_channels_is_one_scaling() -> None:
    assert steps("for c in range(3): picture[..., c] = picture[..., c] / 127.5 - 1")[-1] == "affine*0.00784-1"
    assert steps("picture[:] = picture / 255")[-1] == "affine*0.00392+0"


def test_means_and_deviations_of_values_from_0_to_1_are_those_of_torch() -> None:
    one = "picture[:, :, {0}] = (picture[:, :, {0}] - {1}) / {2}"
    changes = "; ".join(one.format(*each) for each in ((0, 0.485, 0.229), (1, 0.456, 0.224), (2, 0.406, 0.225)))
    assert steps("picture /= 255.; " + changes)[-1] == "preprocess_input:densenet"


@pytest.mark.parametrize(
    "change", ["picture[picture > 200] = 200", "picture[10:20, 10:20] = 0", "rows = np.zeros((2, 3)); rows[:, 0] = 1"]
)
def test_what_changes_a_part_of_the_rows_alone_is_no_normalisation(change: str) -> None:
    assert steps(change)[-1] == "resize" or steps(change)[-1] == "bgr_to_rgb"
