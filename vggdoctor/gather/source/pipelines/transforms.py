"""What is known of random transforms beyond their kind: direction, strength, and the values that they expect."""

from __future__ import annotations

from typing import Any

from vggdoctor.gather.source.facts import Arguments
from vggdoctor.gather.source.interpreter.values import Result, Value, constant

FLIP_ARGUMENTS = {"horizontal_flip": "horizontal", "vertical_flip": "vertical"}
SHIFT_ARGUMENTS = ("width_shift_range", "height_shift_range")
FLIP_FUNCTIONS = {"left_right": "horizontal", "up_down": "vertical"}
COLOUR_LAYERS = frozenset(
    [
        "RandomBrightness",
        "RandomContrast",
        "RandomColorJitter",
        "RandomColorDegeneration",
        "RandomHue",
        "RandomSaturation",
        "RandomSharpness",
        "RandomPosterization",
        "AutoContrast",
        "RandAugment",
        "AugMix",
    ]
)
"""Layers of Keras 3.15 with ``value_range=(0, 255)``."""


def of_argument(name: str, value: Value | None) -> dict[str, Any]:
    """An argument of ImageDataGenerator. Shifts of 1 and more are pixels, which say nothing of the share."""
    if name in FLIP_ARGUMENTS:
        return {"direction": FLIP_ARGUMENTS[name]}
    plain = constant(value)
    if name in SHIFT_ARGUMENTS and isinstance(plain, float) and 0 < plain < 1:
        return {"amount": plain}
    return {}


def of_layer(layer: Result) -> dict[str, Any]:
    """A layer of Keras."""
    arguments = Arguments(layer)
    if layer.unsure:
        return {}
    if layer.name == "RandomFlip":
        mode = arguments.get("mode") or arguments.get("#0")
        given = "horizontal_and_vertical" if mode is None else constant(mode)
        return {"direction": {"horizontal_and_vertical": "both"}.get(given, given) if isinstance(given, str) else ""}
    if layer.name == "RandomTranslation":
        parts = [constant(value) for value in (*layer.arguments[:2], *layer.keywords.values())]
        shares = [
            abs(side) for part in parts for side in (part if isinstance(part, tuple) else (part,)) if isinstance(side, float)
        ]
        return {"amount": max(shares)} if shares else {}
    if layer.name in COLOUR_LAYERS:
        given = arguments.constant("value_range", "?") if "value_range" in arguments else (0, 255)
        is_pair = isinstance(given, tuple) and len(given) == 2 and all(isinstance(end, int | float) for end in given)
        return {"value_range": (float(given[0]), float(given[1]))} if is_pair else {}
    return {}


def of_function(name: str) -> dict[str, Any]:
    """A function of tf.image."""
    direction = next((direction for part, direction in FLIP_FUNCTIONS.items() if name.endswith(part)), "")
    return {"direction": direction} if direction else {}
