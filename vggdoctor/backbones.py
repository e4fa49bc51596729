"""The facts about every keras.applications family, in one table (read in the sources of Keras 3.15.1)."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Mode(str, Enum):
    """The preprocessing that a family's weights were trained with (``keras.applications.imagenet_utils``).

    caffe: RGB 0..255 to BGR minus the ImageNet means; tf: x / 127.5 - 1; torch: x / 255, then mean and deviation of
    ImageNet; builtin: the network starts with its own rescaling and wants 0..255.
    """

    CAFFE = "caffe"
    TF = "tf"
    TORCH = "torch"
    BUILTIN = "builtin"


RANGES: dict[Mode, tuple[float, float]] = {
    Mode.CAFFE: (-123.68, 151.061),
    Mode.TF: (-1.0, 1.0),
    Mode.TORCH: (-2.1179, 2.64),
    Mode.BUILTIN: (0.0, 255.0),
}
"""Smallest and largest value that pictures of 0..255 have after each mode."""

CAFFE_MEANS_BGR = (103.939, 116.779, 123.68)
TORCH_MEANS_RGB = (0.485, 0.456, 0.406)
TORCH_STDS_RGB = (0.229, 0.224, 0.225)


class Family(Struct, kw_only=True, frozen=True):
    """One module of keras.applications: ``name`` is the module, ``applications`` its constructors.

    ``size`` and ``minimum`` are sides in pixels: the default, and the smallest that include_top=False takes.
    ``optional_preprocessing``: the constructor has ``include_preprocessing``, whose False moves the built-in step out
    (then ``mode_outside`` is what must be fed).
    """

    name: str
    applications: tuple[str, ...]
    mode: Mode
    size: int = 224
    minimum: int = 32
    batch_normalization: bool = True
    optional_preprocessing: bool = False
    mode_outside: Mode | None = None


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family(name="vgg16", applications=("VGG16",), mode=Mode.CAFFE, batch_normalization=False),
        Family(name="vgg19", applications=("VGG19",), mode=Mode.CAFFE, batch_normalization=False),
        Family(name="resnet", applications=("ResNet50", "ResNet101", "ResNet152"), mode=Mode.CAFFE),
        Family(name="resnet_v2", applications=("ResNet50V2", "ResNet101V2", "ResNet152V2"), mode=Mode.TF),
        Family(name="inception_v3", applications=("InceptionV3",), mode=Mode.TF, size=299, minimum=75),
        Family(name="inception_resnet_v2", applications=("InceptionResNetV2",), mode=Mode.TF, size=299, minimum=75),
        Family(name="xception", applications=("Xception",), mode=Mode.TF, size=299, minimum=71),
        Family(name="mobilenet", applications=("MobileNet",), mode=Mode.TF),
        Family(name="mobilenet_v2", applications=("MobileNetV2",), mode=Mode.TF),
        Family(name="nasnet", applications=("NASNetMobile", "NASNetLarge"), mode=Mode.TF),
        Family(name="densenet", applications=("DenseNet121", "DenseNet169", "DenseNet201"), mode=Mode.TORCH),
        Family(
            name="efficientnet",
            applications=tuple(f"EfficientNetB{n}" for n in range(8)),
            mode=Mode.BUILTIN,
        ),
        Family(
            name="efficientnet_v2",
            applications=tuple(f"EfficientNetV2{n}" for n in ("B0", "B1", "B2", "B3", "S", "M", "L")),
            mode=Mode.BUILTIN,
            optional_preprocessing=True,
        ),
        Family(
            name="mobilenet_v3",
            applications=("MobileNetV3Small", "MobileNetV3Large"),
            mode=Mode.BUILTIN,
            optional_preprocessing=True,
            mode_outside=Mode.TF,
        ),
        Family(
            name="convnext",
            applications=tuple(f"ConvNeXt{n}" for n in ("Tiny", "Small", "Base", "Large", "XLarge")),
            mode=Mode.BUILTIN,
            batch_normalization=False,
            optional_preprocessing=True,
            mode_outside=Mode.TORCH,
        ),
    )
}

PREPROCESS_MODES: dict[str, Mode] = {name: family.mode for name, family in FAMILIES.items()} | {
    "resnet50": Mode.CAFFE,
    "imagenet_utils": Mode.CAFFE,
}
"""Module of keras.applications -> what its ``preprocess_input`` does. Equal modes are bit-identical functions."""


def family_of(application: str) -> Family | None:
    """The family of a constructor's name (``ResNet50``), or None if keras.applications has no such constructor."""
    return next((family for family in FAMILIES.values() if application in family.applications), None)


CHANNELS: dict[str, int] = {
    "VGG16": 512, "VGG19": 512, "ResNet50": 2048, "ResNet101": 2048, "ResNet152": 2048, "ResNet50V2": 2048, "ResNet101V2": 2048,
    "ResNet152V2": 2048, "InceptionV3": 2048, "InceptionResNetV2": 1536, "Xception": 2048, "MobileNet": 1024, "MobileNetV2": 1280,
    "NASNetMobile": 1056, "NASNetLarge": 4032, "DenseNet121": 1024, "DenseNet169": 1664, "DenseNet201": 1920,
    "EfficientNetB0": 1280, "EfficientNetB1": 1280, "EfficientNetB2": 1408, "EfficientNetB3": 1536, "EfficientNetB4": 1792,
    "EfficientNetB5": 2048, "EfficientNetB6": 2304, "EfficientNetB7": 2560, "EfficientNetV2B0": 1280, "EfficientNetV2B1": 1280,
    "EfficientNetV2B2": 1408, "EfficientNetV2B3": 1536, "EfficientNetV2S": 1280, "EfficientNetV2M": 1280, "EfficientNetV2L": 1280,
    "MobileNetV3Small": 576, "MobileNetV3Large": 960, "ConvNeXtTiny": 768, "ConvNeXtSmall": 768, "ConvNeXtBase": 1024,
    "ConvNeXtLarge": 1536, "ConvNeXtXLarge": 2048,
}  # fmt: skip
"""Channels of the last feature map without top, at the default width."""
_DROPPING_REST = ("vgg16", "vgg19", "mobilenet", "densenet", "convnext")
"""Families that halve a side five times and drop an odd pixel; the others keep it, but for those with unpadded stems."""


def features_shape(application: str, height: int | None, width: int | None) -> tuple[int | None, int | None, int] | None:
    """(height, width, channels) of what a network without top returns for pictures of this size in pixels; None for a
    constructor that keras.applications does not have. Compared with Keras 3.15.1 at eight sizes from 75 to 299."""
    family = family_of(application)
    if family is None:
        return None
    sides = [None if side is None else _side(family.name, side) for side in (height, width)]
    return sides[0], sides[1], CHANNELS[application]


def _side(family: str, side: int) -> int:
    if family in _DROPPING_REST:
        return side // 32
    if family in ("inception_v3", "inception_resnet_v2"):
        side = (side - 3) // 2 - 1
        side = (side - 3) // 2 - 1
        for _ in range(3):
            side = (side - 3) // 2 + 1
        return side
    if family == "xception":
        return -(-((side - 3) // 2 - 1) // 16)
    return -(-side // 32)
