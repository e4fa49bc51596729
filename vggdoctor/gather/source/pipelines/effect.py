"""What one operation does to pictures, and how its steps are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from vggdoctor.evidence import Fact, Role, Step
from vggdoctor.gather.source.facts import spelling
from vggdoctor.gather.source.interpreter.values import Value


@dataclass
class Effect:
    """``source`` is what the operation was applied to. ``dtype`` and ``size`` are set where the operation sets them."""

    source: Value
    steps: tuple[Step, ...] = ()
    size: Fact[tuple[int, int]] | None = None
    interpolation: Fact[str] | None = None
    dtype: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)


def step(role: Role, operation: str, value: Value | None, **details: Any) -> Step:
    place = details.pop("place", None) or (value.place if value is not None else None)
    written = details.pop("written", None) or (spelling(value.spot) if value is not None else "")
    return Step(role=role, operation=operation, spelling=written, places=(place,) if place else (), **details)


def affine(value: Value | None, scale: float, offset: float = 0.0, **details: Any) -> Step:
    return step(Role.NORMALIZATION, "affine", value, scale=scale, offset=offset, **details)


def not_understood(value: Value | None, reason: str) -> Step:
    return step(Role.UNKNOWN, "unknown", value, reason=reason)
