"""Finds the networks of keras.applications inside a live model that nobody saw being built."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

import keras

from vggdoctor.backbones import FAMILIES, Mode
from vggdoctor.gather.capture.applications import Built
from vggdoctor.gather.inprocess.origin import UNKNOWN_WEIGHTS, weights_of
from vggdoctor.schema import Location

SIGNATURES: dict[str, tuple[int, int]] = {
    "VGG16": (13, 3518955260), "VGG19": (16, 1753918646), "ResNet50": (106, 112000479), "ResNet101": (208, 1216513641),
    "ResNet152": (310, 3825893010), "ResNet50V2": (102, 1605237287), "ResNet101V2": (204, 2583682727),
    "ResNet152V2": (306, 1275153342), "InceptionV3": (188, 486343805), "InceptionResNetV2": (448, 875964933),
    "Xception": (80, 1607894751), "MobileNet": (54, 2538422461), "MobileNetV2": (104, 390493777),
    "NASNetMobile": (388, 4094045746), "NASNetLarge": (532, 230613596), "DenseNet121": (241, 66989182),
    "DenseNet169": (337, 1312493832), "DenseNet201": (401, 3290333031), "EfficientNetB0": (130, 1359469688),
    "EfficientNetB1": (184, 1116200456), "EfficientNetB2": (184, 2048432321), "EfficientNetB3": (208, 3544658657),
    "EfficientNetB4": (256, 1003148333), "EfficientNetB5": (310, 1106084299), "EfficientNetB6": (358, 3830141933),
    "EfficientNetB7": (436, 1710340890), "EfficientNetV2B0": (150, 1827599593), "EfficientNetV2B1": (184, 413531808),
    "EfficientNetV2B2": (192, 1040051110), "EfficientNetV2B3": (224, 3369342976), "EfficientNetV2S": (280, 1769964034),
    "EfficientNetV2M": (402, 3767120821), "EfficientNetV2L": (556, 552186938), "MobileNetV3Small": (86, 361671672),
    "MobileNetV3Large": (108, 101613329), "ConvNeXtTiny": (95, 2370091263), "ConvNeXtSmall": (185, 2767197348),
    "ConvNeXtBase": (185, 3905206027), "ConvNeXtLarge": (185, 816090385), "ConvNeXtXLarge": (185, 3429080293),
}  # fmt: skip
"""Application -> how many of its layers have weights, top and Normalization aside, and the CRC-32 of their classes and shapes in
the order of the graph (Keras 3.15.1, three channels, default width)."""
STEMS = ("block1_conv1", "conv1_conv", "Conv1", "stem_conv", "stem_conv1")
"""Names of first layers that hardly anybody but keras.applications gives: such a model is one of its networks, changed."""
TRAILING = ("Activation", "ReLU", "MaxPooling2D", "Add", "Concatenate")
"""Layers without weights that end a network of keras.applications after its last kernel."""


def networks(model: Any, place: Location) -> list[Built]:
    """One record for each network of keras.applications in ``model``, nested or as a part of its own graph."""
    found = []
    for container in _containers(model):
        weighted = [layer for layer in container.layers if _has_kernel(layer)]
        for start in range(len(weighted)):
            application = _application(weighted[start:])
            if application:
                own = weighted[start : start + SIGNATURES[application][0]]
                found.append(_built(container, application, own, place, nested=container is not model))
                break
    return found


def looks_altered(model: Any) -> bool:
    """Whether it starts like a network of keras.applications, without being one as a whole."""
    return any(layer.name in STEMS for container in _containers(model) for layer in container.layers)


def signature(layers: list[Any]) -> int:
    """The number that equal sequences of layers with weights share."""
    kinds = (type(layer).__name__ + "".join(str(tuple(weight.shape)) for weight in layer.weights) for layer in layers)
    return zlib.crc32(";".join(kinds).encode())


def _containers(model: Any) -> Iterator[Any]:
    """Nested models first: a network that is one layer of another is found there, and not again."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _containers(layer)
    yield model


def _has_kernel(layer: Any) -> bool:
    return bool(layer.weights) and type(layer).__name__ != "Normalization" and not isinstance(layer, keras.Model)


def _application(layers: list[Any]) -> str | None:
    """The network whose layers these start with."""
    for length in sorted({count for count, _ in SIGNATURES.values() if count <= len(layers)}):
        wanted = (length, signature(layers[:length]))
        found = next((application for application, known in SIGNATURES.items() if known == wanted), None)
        if found:
            return found
    return None


def _built(container: Any, application: str, weighted: list[Any], place: Location, nested: bool) -> Built:
    family = next(family for family in FAMILIES.values() if application in family.applications)
    layers = [layer for layer in container.layers if type(layer).__name__ != "InputLayer"]
    first, last = _index(layers, weighted[0]), _index(layers, weighted[-1]) + 1
    while family.mode is Mode.BUILTIN and first and type(layers[first - 1]).__name__ in ("Rescaling", "Normalization"):
        first -= 1
    if first and type(layers[first - 1]).__name__ == "ZeroPadding2D":
        first -= 1
    while last < len(layers) and type(layers[last]).__name__ in TRAILING:
        last += 1
    own, behind = layers[first:last], layers[last:]
    weights = weights_of(application, weighted)
    given: dict[str, Any] = {
        "include_top": any(layer.name == "predictions" for layer in behind),
        "pooling": _pooling(behind) if nested else None,
        "include_preprocessing": not family.optional_preprocessing or any(type(layer).__name__ == "Rescaling" for layer in own),
    }
    if weights != UNKNOWN_WEIGHTS:
        given["weights"] = weights
    own += behind if nested and (given["include_top"] or given["pooling"]) else []
    return Built(application, family.name, place, given, container, own, pretrained=weights == "imagenet")


def _index(layers: list[Any], wanted: Any) -> int:
    return next(index for index, layer in enumerate(layers) if layer is wanted)


def _pooling(behind: list[Any]) -> str | None:
    match = re.fullmatch(r"Global(Average|Max)Pooling2D", type(behind[0]).__name__) if behind else None
    return None if match is None else {"Average": "avg", "Max": "max"}[match[1]]
