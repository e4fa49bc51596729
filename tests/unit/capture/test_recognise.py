from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vggdoctor.backbones import CAFFE_MEANS_BGR, TORCH_MEANS_RGB, TORCH_STDS_RGB
from vggdoctor.gather.capture.recognise import of_picture_function

CASES: dict[str, tuple[Callable[[Any], Any], list[tuple[str, float | None, float | None, str | None]]]] = {
    "identity": (lambda x: x, []),
    "1/255": (lambda x: x / 255.0, [("affine", 1 / 255, 0.0, None)]),
    "tf": (lambda x: x / 127.5 - 1, [("affine", 1 / 127.5, -1.0, None)]),
    "caffe": (lambda x: x[..., ::-1] - np.array(CAFFE_MEANS_BGR), [("preprocess_input", None, None, "vgg16")]),
    "torch": (
        lambda x: (x / 255 - np.array(TORCH_MEANS_RGB)) / np.array(TORCH_STDS_RGB),
        [("preprocess_input", None, None, "densenet")],
    ),
    "swap": (lambda x: x[..., ::-1], [("bgr_to_rgb", None, None, None)]),
    "swap and scale": (lambda x: x[..., ::-1] / 255, [("bgr_to_rgb", None, None, None), ("affine", 1 / 255, 0.0, None)]),
}


@pytest.mark.parametrize("name", CASES)
def test_known_functions_are_told_by_their_values(name: str) -> None:
    function, expected = CASES[name]
    steps = of_picture_function(function, (8, 8))
    assert steps is not None
    assert [(step.operation, step.family) for step in steps] == [(operation, family) for operation, _, _, family in expected]
    for step, (_, scale, offset, _) in zip(steps, expected, strict=True):
        assert scale is None or (step.scale == pytest.approx(scale, rel=1e-3) and step.offset == pytest.approx(offset, abs=1e-3))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x**2,
        lambda x: (x - x.mean()) / (x.std() + 1e-6),
        lambda x: x + np.random.default_rng().normal(0, 20, x.shape),
        lambda x: x.mean(axis=-1, keepdims=True),
        lambda x: (x + np.roll(x, 1, axis=0)) / 2,
        lambda x: 1 / 0,
    ],
    ids=["square", "standardised a picture", "random", "grey", "blur", "raises"],
)
def test_what_is_not_known_stays_unknown(function: Callable[[Any], Any]) -> None:
    assert of_picture_function(function, (8, 8)) is None
