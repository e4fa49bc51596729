"""Random transforms of Keras layers and of albumentations."""

from __future__ import annotations

from vggdoctor.evidence import Role, Step
from vggdoctor.gather.source.interpreter.values import Items, Result
from vggdoctor.gather.source.pipelines import effect

AUGMENTERS = {
    "RandomFlip": "flip", "RandomRotation": "rotation", "RandomZoom": "zoom", "RandomTranslation": "translation",
    "RandomContrast": "contrast", "RandomBrightness": "brightness", "RandomCrop": "crop", "RandomHeight": "zoom",
    "RandomWidth": "zoom", "RandomShear": "shear", "RandomHue": "colour", "RandomSaturation": "colour",
    "RandomColorJitter": "colour", "RandomErasing": "cutout", "RandomGrayscale": "colour", "RandomInvert": "colour",
    "RandomPerspective": "other", "RandAugment": "other", "AugMix": "other", "MixUp": "mixing", "CutMix": "mixing",
    "RandomSharpness": "other", "RandomGaussianBlur": "other", "GaussianNoise": "noise", "RandomPosterization": "colour",
    "RandomColorDegeneration": "colour", "AutoContrast": "other", "RandomCutout": "cutout",
}  # fmt: skip


def albumentations(composed: Result) -> tuple[Step, ...]:
    """The steps of an albumentations transform or composition."""
    parts = composed.arguments[0] if composed.arguments else composed.keywords.get("transforms")
    if composed.name in {"Compose", "OneOf", "SomeOf", "Sequential"} and isinstance(parts, Items):
        return tuple(step for part in parts.items if isinstance(part, Result) for step in albumentations(part))
    if composed.name == "Normalize":
        return (
            (effect.step(Role.NORMALIZATION, "preprocess_input", composed, family="densenet"),)
            if not composed.keywords and not composed.arguments
            else (effect.not_understood(composed, "a normalisation of its own"),)
        )
    if composed.name in {"Resize", "CenterCrop", "PadIfNeeded", "LongestMaxSize", "SmallestMaxSize"}:
        return (effect.step(Role.GEOMETRY, "resize" if "Crop" not in composed.name else "crop", composed),)
    if composed.name in {"ToFloat"}:
        return (effect.affine(composed, 1.0 / 255.0),)
    for part, operation in _ALBUMENTATIONS:
        if part in composed.name:
            return (effect.step(Role.AUGMENTATION, operation, composed),)
    return (effect.step(Role.AUGMENTATION, "other", composed),)


_ALBUMENTATIONS = (
    ("Flip", "flip"), ("Rotate", "rotation"), ("Shift", "translation"), ("Affine", "rotation"), ("Crop", "crop"),
    ("Scale", "zoom"), ("Brightness", "brightness"), ("Contrast", "contrast"), ("Hue", "colour"), ("Color", "colour"),
    ("Gamma", "brightness"), ("Noise", "noise"), ("Dropout", "cutout"), ("Cutout", "cutout"),
)  # fmt: skip
