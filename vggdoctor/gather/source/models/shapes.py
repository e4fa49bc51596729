"""How large the tensors between the layers are, where each layer follows on the one before."""

from __future__ import annotations

import math
from typing import Any

from vggdoctor.backbones import features_shape
from vggdoctor.evidence import Fact, known, unknown
from vggdoctor.gather.source.facts import Arguments, pair, shape, whole
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.networks import MERGES, Node
from vggdoctor.gather.source.interpreter.values import Items, Operation, Result
from vggdoctor.gather.source.models.backbone import application_shape
from vggdoctor.gather.source.names import words

Shape = tuple[int | None, ...]
_KEEPING = words(
    """Dropout SpatialDropout2D GaussianDropout GaussianNoise AlphaDropout Activation ReLU LeakyReLU PReLU ELU Softmax
    BatchNormalization LayerNormalization GroupNormalization Identity ActivityRegularization Rescaling Normalization
    RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness RandomShear RandomHue"""
)
_POOLING = ("MaxPooling2D", "AveragePooling2D")


def is_in_line(nodes: list[Node]) -> bool:
    """Whether each node is given what the one before it returns, and nothing else."""
    for node in nodes:
        if node.kind in {"step", "unknown"}:
            return False
        if isinstance(node.value, Result) and node.value.name in MERGES:
            return False
        given = (*node.call.arguments, *node.call.keywords.values()) if node.call is not None else ()
        if any(isinstance(tensor, Items) for tensor in given) or sum(networks.is_tensor(tensor) for tensor in given) > 1:
            return False
    return sum(node.kind == "input" for node in nodes) <= 1


def inputs_of(nodes: list[Node]) -> list[Fact[int]]:
    """For each node, the weights that a unit of it has, bias left out; unknown for what is no Dense or Conv2D."""
    found: list[Fact[int]] = []
    current: Shape | None = None
    for node in nodes:
        value = node.value
        if current is None and isinstance(value, Result):
            current = _given_shape(value)
        found.append(_inputs(value, current))
        current = _after(node, current)
    return found


def _given_shape(value: Result) -> Shape | None:
    """``input_shape`` of a first layer, or the shape of the input itself."""
    if networks.is_application(value):
        return None
    for name in ("input_shape", "batch_input_shape", "shape"):
        plain = Arguments(value).fact(name, ..., shape).value if name in Arguments(value) else None
        if isinstance(plain, tuple):
            return plain[1:] if name == "batch_input_shape" else plain
    return None


def _inputs(value: Any, current: Shape | None) -> Fact[int]:
    if not isinstance(value, Result) or value.name not in ("Dense", "Conv2D"):
        return unknown("not a Dense or Conv2D")
    if not current or current[-1] is None:
        return unknown("the size of what this layer is given is not known")
    if value.name == "Dense":
        return known(current[-1])
    arguments = Arguments(value)
    kernel, groups = pair(arguments.constant("kernel_size")), arguments.constant("groups", 1)
    if kernel is None or not isinstance(groups, int) or arguments.constant("data_format", "channels_last") != "channels_last":
        return unknown("the size of the convolution's kernel is not known")
    return known(kernel[0] * kernel[1] * current[-1] // groups)


def _after(node: Node, current: Shape | None) -> Shape | None:
    value = node.value
    if isinstance(value, Operation) or (isinstance(value, Result) and value.name == "preprocess_input"):
        return current
    if not isinstance(value, Result):
        return None
    if networks.is_application(value):
        return _after_application(node, value, current)
    arguments = Arguments(value)
    if value.name in {"Input", "InputLayer"} or value.name in _KEEPING:
        return current
    if current is None:
        return None
    if value.name == "Flatten":
        return (math.prod(side for side in current if side),) if None not in current else None
    if value.name == "Dense":
        return (*current[:-1], whole(arguments.constant("units")))
    if len(current) != 3:
        return None
    if value.name in {"GlobalAveragePooling2D", "GlobalMaxPooling2D"}:
        return current[-1:]
    if value.name in {"Resizing", "CenterCrop", "RandomCrop"}:
        return (whole(arguments.constant("height")), whole(arguments.constant("width")), current[-1])
    if value.name in {"Conv2D", "SeparableConv2D"}:
        window, strides = pair(arguments.constant("kernel_size")), pair(arguments.constant("strides", 1))
        dilated = arguments.constant("dilation_rate", 1) not in (1, (1, 1))
        return None if dilated else _slid(current, arguments, window, strides, whole(arguments.constant("filters")))
    if value.name in _POOLING:
        window = pair(arguments.constant("pool_size", 2))
        strides = pair(arguments.constant("strides", None)) or (window if "strides" not in arguments else None)
        return _slid(current, arguments, window, strides, current[-1])
    return None


def _slid(
    current: Shape, arguments: Arguments, window: tuple[int, int] | None, strides: tuple[int, int] | None, channels: int | None
) -> Shape | None:
    """The shape after a window has been moved over a picture."""
    padding = arguments.constant("padding", "valid")
    if window is None or strides is None or padding not in ("valid", "same") or min(strides) < 1:
        return None
    sides: list[int | None] = []
    for side, width, step in zip(current[:2], window, strides, strict=True):
        if side is None:
            sides.append(None)
        else:
            sides.append(-(-side // step) if padding == "same" else (side - width) // step + 1)
    return (*sides, channels)


def _after_application(node: Node, value: Result, current: Shape | None) -> Shape | None:
    arguments = Arguments(value, "application")
    top = arguments.constant("include_top", True)
    is_cut = node.cut is not None and node.cut is not networks.application_layers(value)[-1]
    if node.cut is not None and networks.name_of(node.cut) in {"fc1", "fc2"}:
        return (4096,)
    if is_cut or value.unsure or not isinstance(top, bool | int) or "alpha" in arguments or "minimalistic" in arguments:
        return None
    if top:
        return (whole(arguments.constant("classes", 1000)),)
    given = current or application_shape(value).value
    if not given or len(given) != 3:
        return None
    pooled = arguments.constant("pooling", None) is not None
    after = features_shape(value.name, given[0], given[1])
    return None if after is None else after[-1:] if pooled else after
