"""The backbone contract: what known steps bring to the first convolution, against what the weights expect.

The range of the pictures is taken through every step by interval arithmetic, one interval a channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from vggdoctor.backbones import CAFFE_MEANS_BGR, FAMILIES, PREPROCESS_MODES, TORCH_MEANS_RGB, TORCH_STDS_RGB, Mode
from vggdoctor.evidence import Backbone, Model, Role, Step
from vggdoctor.schema import NotApplicable, Undetermined

Range = tuple[float, float]
Channels = tuple[Range, Range, Range]

PIXELS: Channels = ((0.0, 255.0),) * 3
STANDARDISED: Channels = ((-2.7, 2.7),) * 3
"""Nominal range of pictures brought to mean 0 and deviation 1; only its order of magnitude is used."""

AGREEMENT = 0.1
"""Share of the expected span by which a channel's ends may miss (ours): 128 for a mean of 104 passes, and so does an omitted swap
of the channels, which is another check's matter; half of the range does not."""
RAW_MAXIMUM = 2.0
"""Non-negative values above this are unscaled pixels (catalogue: min >= 0 and max > 2), unless they span less than SMALL_SPAN."""
SMALL_SPAN = 10.0
"""Ranges narrower than this have been scaled down: the widest usual one, torch mode, spans 4.8; pixels span 255 (ours)."""
TYPICAL_MEAN, TYPICAL_STD = 117.0, 64.0
"""Of the pixels of photographs, for steps that take the data's own: ImageNet has 104 to 124 and 57 to 58, our cats and dogs 100
to 122 and 65 to 69."""
SHRINKING = 0.1
"""A factor below this turns pixels into small numbers (1/255 and 1/127.5 are 0.004 and 0.008; ours)."""


class Fault(Enum):
    """How the values that arrive break the contract; at most one for a stage and role."""

    MISSING = "missing"
    RESCALE_ONLY = "rescale-only"
    WRONG_FUNCTION = "wrong-function"
    DOUBLE = "double"


def expected_by(model: Model) -> tuple[Backbone, Mode] | Undetermined | NotApplicable:
    """The pretrained backbone of a model and the preprocessing that its weights expect."""
    if not model.backbone.known:
        return Undetermined(f"the network is not fully known: {model.backbone.reason}")
    backbone = model.backbone.value
    if backbone is None or backbone.family not in FAMILIES:
        return NotApplicable("no backbone of keras.applications is trained")
    if not backbone.weights.known:
        return Undetermined(f"the weights of {backbone.application} are not known: {backbone.weights.reason}")
    if backbone.weights.value is None:
        return NotApplicable(f"{backbone.application} starts from random weights, which expect no particular preprocessing")
    if not is_imagenet(backbone):
        return Undetermined(f"what the weights in {backbone.weights.value} expect is not known")
    family = FAMILIES[backbone.family]
    outside = family.mode_outside if backbone.include_preprocessing.is_(False) else family.mode
    if outside is None or (family.optional_preprocessing and not backbone.include_preprocessing.known):
        return Undetermined(f"where {backbone.application} gets its preprocessing from is not known")
    return backbone, outside


def is_imagenet(backbone: Backbone) -> bool:
    """Whether the weights are those of Keras: by name, or a copy of Keras' own file (``vgg16_weights_tf_dim_ordering...``)."""
    weights = backbone.weights.get(None)
    if weights is None:
        return False
    file = weights.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return weights == "imagenet" or "weights_tf_dim_ordering" in file or file.endswith(("_notop.h5", "_kernels.h5"))


def mode_of(step: Step) -> Mode | None:
    """What a ``preprocess_input`` step does; None for every other step."""
    return PREPROCESS_MODES.get(step.family or "") if step.operation == "preprocess_input" else None


def is_function(step: Step) -> bool:
    """Whether the step is a family's preprocess_input that changes its input."""
    return mode_of(step) not in (None, Mode.BUILTIN)


def after(step: Step, values: Channels) -> Channels | None:
    """The range of each channel after a step, None if the step is not understood."""
    if step.role is Role.UNKNOWN:
        return None
    if step.operation == "bgr_to_rgb":
        return values[2], values[1], values[0]
    if step.role is not Role.NORMALIZATION or step.operation == "clip":
        return values
    if step.operation == "affine" and step.scale is not None and step.offset is not None:
        return _scaled(values, (step.scale,) * 3, (step.offset,) * 3)
    if step.operation == "standardize":
        return _standardised(step, values)
    mode = mode_of(step)
    return None if mode is None else preprocessed(values, mode)


def preprocessed(values: Channels, mode: Mode) -> Channels:
    """The range of each channel after a family's preprocess_input (``keras.applications.imagenet_utils``, Keras 3.15)."""
    if mode is Mode.CAFFE:
        return _scaled((values[2], values[1], values[0]), (1.0,) * 3, tuple(-mean for mean in CAFFE_MEANS_BGR))
    if mode is Mode.TF:
        return _scaled(values, (1 / 127.5,) * 3, (-1.0,) * 3)
    if mode is Mode.TORCH:
        scales = tuple(1 / (255 * std) for std in TORCH_STDS_RGB)
        return _scaled(values, scales, tuple(-m / s for m, s in zip(TORCH_MEANS_RGB, TORCH_STDS_RGB, strict=True)))
    return values


def arrival(start: Range, steps: Sequence[Step]) -> Channels | None:
    """The range of each channel after all steps, None if one is not understood."""
    values: Channels | None = (start, start, start)
    for step in steps:
        values = None if values is None else after(step, values)
    return values


def fault_of(start: Range, steps: Sequence[Step], mode: Mode) -> Fault | Undetermined | None:
    """What is wrong with known steps in front of weights of a mode; Undetermined where that has no name here."""
    values = arrival(start, steps)
    if values is None:
        return Undetermined("a step of the pictures' way is not understood")
    if agree(values, preprocessed(PIXELS, mode)):
        return None
    if _is_normalised_twice(start, steps):
        return Fault.DOUBLE
    if any(is_function(step) for step in steps):
        return Fault.WRONG_FUNCTION
    low, high = overall(values)
    if mode is Mode.BUILTIN:
        return Fault.DOUBLE if high - low < SMALL_SPAN else _unnamed(low, high)
    if low >= 0 and high > RAW_MAXIMUM and high - low >= SMALL_SPAN:
        return Fault.WRONG_FUNCTION if any(mode_of(step) for step in steps) else Fault.MISSING
    if mode is Mode.CAFFE and high - low < SMALL_SPAN:
        return Fault.RESCALE_ONLY
    if low >= -1 - AGREEMENT and high <= 1 + AGREEMENT and high - low > 0.5:
        return Fault.RESCALE_ONLY
    return None if high - low < SMALL_SPAN and low < -1 else _unnamed(low, high)


def agree(values: Channels, expected: Channels) -> bool:
    """Whether each channel's ends lie where they should, within AGREEMENT of the expected span."""
    for (low, high), (wanted_low, wanted_high) in zip(values, expected, strict=True):
        margin = AGREEMENT * (wanted_high - wanted_low)
        if abs(low - wanted_low) > margin or abs(high - wanted_high) > margin:
            return False
    return True


def overall(values: Channels) -> Range:
    return min(low for low, _ in values), max(high for _, high in values)


def _unnamed(low: float, high: float) -> Undetermined:
    return Undetermined(f"the pictures arrive in {low:.3g}..{high:.3g}, a normalisation that this check does not know")


def _is_normalised_twice(start: Range, steps: Sequence[Step]) -> bool:
    values, function_before = (start, start, start), False
    for step in steps:
        shrinks = step.operation == "affine" and abs(step.scale or 1.0) < SHRINKING
        low, high = overall(values)
        if is_function(step) and not agree(values, PIXELS):
            return True
        if shrinks and (function_before or high - low < SMALL_SPAN):
            return True
        function_before = function_before or is_function(step)
        values = after(step, values) or values
    return False


def _standardised(step: Step, values: Channels) -> Channels:
    """A generator does one half of it an argument (``featurewise_center``, ``featurewise_std_normalization``)."""
    if step.argument.endswith("_center"):
        return _scaled(values, (1.0,) * 3, (-TYPICAL_MEAN,) * 3)
    if step.argument.endswith("_std_normalization"):
        return _scaled(values, (1 / TYPICAL_STD,) * 3, (0.0,) * 3)
    return STANDARDISED


def _scaled(values: Channels, scales: Sequence[float], offsets: Sequence[float]) -> Channels:
    ends = [(low * s + o, high * s + o) for (low, high), s, o in zip(values, scales, offsets, strict=True)]
    first, second, third = ((min(pair), max(pair)) for pair in ends)
    return first, second, third
