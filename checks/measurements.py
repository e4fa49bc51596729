"""Finds what the probe measured at a stage of training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from vggdoctor.evidence import Stage
from vggdoctor.schema import Location


class Measured(Protocol):
    """Anything of the probe that was taken at one call of fit."""

    @property
    def stage(self) -> Location: ...


M = TypeVar("M", bound=Measured)


def at_stage(measurements: Iterable[M], stage: Stage) -> list[M]:
    """Those of ``measurements`` that belong to ``stage``, in order, by file and line: a live object knows no columns."""
    place = _line(stage.place)
    return [measurement for measurement in measurements if _line(measurement.stage) == place]


def _line(place: Location) -> tuple[str, int | None, int]:
    return place.path, place.cell, place.line
