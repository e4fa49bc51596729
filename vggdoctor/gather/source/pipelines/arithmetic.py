"""Arithmetic on pictures: scaling, standardisation, and the preprocessing of a family written out by hand."""

from __future__ import annotations

from typing import NamedTuple

from vggdoctor.backbones import CAFFE_MEANS_BGR, TORCH_MEANS_RGB, TORCH_STDS_RGB
from vggdoctor.evidence import Role
from vggdoctor.gather.source.interpreter.values import Known, Operation, Result, Value, constant
from vggdoctor.gather.source.pipelines.effect import Effect, affine, not_understood, step


def of_operation(value: Operation) -> Effect | None:
    """``x / 255.`` and the like; None where neither side is a number."""
    left, right = constant(value.left), constant(value.right)
    number = right if isinstance(right, int | float) else left
    source = value.left if isinstance(right, int | float) else value.right
    if not isinstance(number, int | float) or isinstance(number, bool):
        return _of_statistics(value)
    on_left = source is value.left
    if value.operator == "Div" and on_left and number:
        return Effect(source, (affine(value, 1.0 / number),), dtype="float32")
    if value.operator == "Mult":
        return Effect(source, (affine(value, float(number)),), dtype="float32" if isinstance(number, float) else None)
    if value.operator == "Add":
        return Effect(source, (affine(value, 1.0, float(number)),))
    if value.operator == "Sub":
        scale, offset = (1.0, -float(number)) if on_left else (-1.0, float(number))
        return Effect(source, (affine(value, scale, offset),))
    return Effect(source, (not_understood(value, f"the operation {value.operator}"),))


_STATISTICS = {"mean", "std", "var", "amin", "amax", "min", "max", "average", "reduce_mean", "reduce_std", "ptp"}


def _is_statistic(value: Value, depth: int = 4) -> bool:
    if isinstance(value, Result):
        return value.name in _STATISTICS
    if isinstance(value, Operation) and depth:
        parts = (value.left, value.right)
        return all(isinstance(part, Known) or _is_statistic(part, depth - 1) for part in parts)
    return False


def _of_statistics(value: Operation) -> Effect | None:
    """``(x - mean) / std`` with statistics of the data themselves."""
    if _is_statistic(value.right):
        kind = "standardize" if _mentions(value, {"mean", "std", "average", "reduce_mean"}) else "scaled"
        if kind == "scaled":
            return Effect(value.left, (not_understood(value, "scaled by its own extremes"),))
        return Effect(value.left, (step(Role.NORMALIZATION, "standardize", value),))
    return None


def _mentions(value: Value, names: set[str], depth: int = 4) -> bool:
    if isinstance(value, Result):
        return value.name in names
    if isinstance(value, Operation) and depth:
        return _mentions(value.right, names, depth - 1)
    return False


class ByHand(NamedTuple):
    """A family's preprocessing that the user wrote out, and what it is applied to."""

    source: Value
    family: str


def by_hand(value: Operation) -> ByHand | None:
    """``x - [103.939, 116.779, 123.68]`` (caffe), or ``(x - [.485, .456, .406]) / [.229, .224, .225]`` (torch)."""
    if value.operator == "Sub" and _close(_triple(value.right), CAFFE_MEANS_BGR, 0.1):
        return ByHand(value.left, "vgg16")
    if value.operator == "Div" and _close(_triple(value.right), TORCH_STDS_RGB, 0.002):
        inner = value.left
        if isinstance(inner, Operation) and inner.operator == "Sub" and _close(_triple(inner.right), TORCH_MEANS_RGB, 0.002):
            return ByHand(inner.left, "densenet")
    return None


def _triple(value: Value) -> tuple[float, ...] | None:
    """Three numbers, one a channel, also out of ``np.array`` or ``tf.constant``."""
    if isinstance(value, Result) and value.name in {"array", "constant", "asarray", "convert_to_tensor", "reshape"}:
        inner = value.receiver or (value.arguments[0] if value.arguments else None)
        return _triple(inner) if inner is not None else None
    plain = constant(value)
    while isinstance(plain, tuple) and len(plain) == 1:
        plain = plain[0]
    is_triple = isinstance(plain, tuple) and len(plain) == 3 and all(isinstance(part, int | float) for part in plain)
    return plain if is_triple else None


def _close(found: tuple[float, ...] | None, wanted: tuple[float, ...], tolerance: float) -> bool:
    return found is not None and all(abs(one - other) <= tolerance for one, other in zip(found, wanted, strict=True))
