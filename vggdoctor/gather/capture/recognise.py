"""Tells what a function does to the values of a picture by trying it on known colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from vggdoctor.backbones import CAFFE_MEANS_BGR, FAMILIES, TORCH_MEANS_RGB, TORCH_STDS_RGB, Mode
from vggdoctor.evidence import Role, Step

COLOURS = 24
TOLERANCE = 1e-3
"""Largest relative deviation at which two results count as equal (ours: float32 keeps seven digits, float16 three)."""


def colours() -> Any:
    """Shape (COLOURS, 3), float32, whole numbers in 0..255, with black, white and the primaries among them."""
    fixed = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]])
    drawn = np.random.default_rng(0).integers(0, 256, (COLOURS - len(fixed), 3))
    return np.concatenate([fixed, drawn]).astype("float32")


def family_of_function(function: Any) -> str | None:
    """The module of keras.applications whose own ``preprocess_input`` this is, else None."""
    module = getattr(function, "__module__", "") or ""
    name = module.rsplit(".", 1)[-1]
    is_keras = module.startswith(("keras.src.applications", "tf_keras.src.applications"))
    return name if is_keras and getattr(function, "__name__", "") == "preprocess_input" and name in FAMILIES else None


def of_values(before: Any, after: Any) -> tuple[Step, ...] | None:
    """The normalisation and colour steps that turn the colours ``before`` into ``after`` (both (n, 3)); None if it is none of
    the known ones, empty if nothing changes.
    """
    if after.shape != before.shape or not np.isfinite(after).all():
        return None
    swapped = before[:, ::-1]
    if _equal(after, swapped - np.array(CAFFE_MEANS_BGR)):
        return (Step(role=Role.NORMALIZATION, operation="preprocess_input", family="vgg16"),)
    if _equal(after, (before / 255.0 - np.array(TORCH_MEANS_RGB)) / np.array(TORCH_STDS_RGB)):
        return (Step(role=Role.NORMALIZATION, operation="preprocess_input", family="densenet"),)
    for source, colour_steps in (
        (before, ()),
        (swapped, (Step(role=Role.COLOUR_ORDER, operation="bgr_to_rgb"),)),
    ):
        scale, offset = np.polyfit(source.ravel(), after.ravel(), 1)
        if abs(scale) > 1e-9 and _equal(after, source * scale + offset):
            if abs(scale - 1) < TOLERANCE and abs(offset) < TOLERANCE:
                return colour_steps
            return (*colour_steps, Step(role=Role.NORMALIZATION, operation="affine", scale=float(scale), offset=float(offset)))
    return None


def of_picture_function(function: Callable[[Any], Any], size: tuple[int, int]) -> tuple[Step, ...] | None:
    """As :func:`of_values`, for a function of one picture (height, width, 3). None as well if it is random, or fails on plain
    colours.
    """
    family = family_of_function(function)
    if family is not None:
        if FAMILIES[family].mode is Mode.BUILTIN:
            return ()
        return (Step(role=Role.NORMALIZATION, operation="preprocess_input", family=family),)
    before = colours()
    try:
        results = [np.asarray(function(np.full((*size, 3), colour, dtype="float32")), dtype="float32") for colour in before]
        texture = np.random.default_rng(1).integers(0, 256, (*size, 3)).astype("float32")
        textured = np.asarray(function(texture.copy()), dtype="float32")
    except Exception:  # noqa: BLE001  (a function of the user's may raise anything; then it stays unknown)
        return None
    if any(result.ndim != 3 or result.shape[-1] != 3 for result in (*results, textured)):
        return None
    steps = of_values(before, np.stack([result[result.shape[0] // 2, result.shape[1] // 2] for result in results]))
    if steps is None or textured.shape != texture.shape:
        return steps
    return steps if _applied(steps, texture, textured) else None


def _applied(steps: tuple[Step, ...], texture: Any, result: Any) -> bool:
    """Whether the steps found on plain colours also explain a textured picture (a standardisation a picture does not)."""
    found = of_values(texture.reshape(-1, 3), result.reshape(-1, 3))
    return found is not None and [step.operation for step in found] == [step.operation for step in steps]


def _equal(left: Any, right: Any) -> bool:
    spread = float(np.abs(right).max()) or 1.0
    return bool(np.abs(left - right).max() <= TOLERANCE * spread)
