"""Channels that are changed one by one, in place: ``x[..., 0] -= 103.939``."""

from __future__ import annotations

from collections.abc import Callable

from vggdoctor.backbones import CAFFE_MEANS_BGR, TORCH_MEANS_RGB, TORCH_STDS_RGB
from vggdoctor.evidence import Pipeline
from vggdoctor.gather.source.interpreter.arrays import is_whole
from vggdoctor.gather.source.interpreter.values import Altered, Item, Items, Operation, Value, constant
from vggdoctor.gather.source.pipelines.assembly import steps_by_hand, then
from vggdoctor.gather.source.pipelines.effect import affine, not_understood

Line = tuple[float, float]
"""Scale and offset."""


def changed(value: Altered, trace: Callable[[Value], Pipeline]) -> Pipeline:
    """What the changes of all channels are together: one scaling, a family's means by hand, or not understood."""
    changes = [value]
    while isinstance(changes[-1].of, Altered):
        changes.append(changes[-1].of)
    before = trace(changes[-1].of)
    lines: dict[int, Line] = {}
    for change in reversed(changes):
        channel = _channel(change.index)
        line = _line(change.value, change.of, channel)
        if channel is None or line is None:
            return then(before, not_understood(value, "values are changed in place in a way that is not followed"))
        scale, offset = lines.get(channel, (1.0, 0.0))
        lines[channel] = (scale * line[0], offset * line[0] + line[1])
    return _together(before, value, lines)


def _together(before: Pipeline, value: Value, lines: dict[int, Line]) -> Pipeline:
    three = [lines.get(channel, (1.0, 0.0)) for channel in range(3)]
    if three[0] == three[1] == three[2]:
        return then(before, affine(value, *three[0]))
    if _close(three, [(1.0, -mean) for mean in CAFFE_MEANS_BGR], 0.1):
        return steps_by_hand(before, value, "vgg16")
    torch = [(1 / std, -mean / std) for mean, std in zip(TORCH_MEANS_RGB, TORCH_STDS_RGB, strict=True)]
    if _close(three, torch, 0.02):
        return steps_by_hand(before, value, "densenet")
    return then(before, not_understood(value, "the channels are changed by numbers of their own"))


def _channel(index: Value) -> int | None:
    """The channel that ``[:, :, 0]`` or ``[..., 0]`` means; of a batch, too."""
    parts = index.items if isinstance(index, Items) else ()
    last = constant(parts[-1]) if len(parts) > 1 else None
    from_end = len(parts) == 2 and constant(parts[0]) is ...
    if not isinstance(last, int) or not (from_end or len(parts) in (3, 4)) or not all(map(is_whole, parts[:-1])):
        return None
    return last % 3 if -3 <= last < 3 else None


def _line(value: Value, array: Value, channel: int | None) -> Line | None:
    """How a value is made of a channel of an array by adding and multiplying numbers."""
    if isinstance(value, Item):
        return (1.0, 0.0) if value.of is array and _channel(value.index) == channel else None
    if not isinstance(value, Operation):
        return None
    number, inner = constant(value.right), _line(value.left, array, channel)
    if not isinstance(number, int | float) or inner is None:
        return None
    scale, offset = inner
    if value.operator in {"Add", "Sub"}:
        return scale, offset + (number if value.operator == "Add" else -number)
    if value.operator in {"Mult", "Div"} and number:
        factor = number if value.operator == "Mult" else 1 / number
        return scale * factor, offset * factor
    return None


def _close(found: list[Line], wanted: list[Line], tolerance: float) -> bool:
    pairs = zip(found, wanted, strict=True)
    return all(abs(one - other) <= tolerance for line, model in pairs for one, other in zip(line, model, strict=True))
