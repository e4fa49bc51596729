"""Finds what the probe measured at a stage of training."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean
from typing import Protocol, TypeVar

from vggdoctor.evidence import Evidence, FirstLook, Stage, TrainingRun
from vggdoctor.schema import Location

CLEARLY = 0.97
"""Share of the first loss, and of that of guessing, below which the end of a run must lie to have learnt something (ours)."""
FEWEST_STEPS = 24
"""Before a loss that has not fallen means something: sound networks often begin to learn after 8 to 16 (ours)."""
FEWEST_ANSWERS, LARGEST_SHARE = 40, 0.8
"""Validation pictures, and the part of them that may be of one class, for one answer to all to tell anything (ours)."""
USER_RUNS = ("user", "user, again")
"""Labels of the probe's runs with the user's own settings: the first, and its repetitions in other orders of the pictures."""


class Measured(Protocol):
    """Anything of the probe that was taken at one call of fit."""

    @property
    def stage(self) -> Location: ...


M = TypeVar("M", bound=Measured)


def at_stage(measurements: Iterable[M], stage: Stage) -> list[M]:
    """Those of ``measurements`` that belong to ``stage``, in order, by file and line: a live object knows no columns."""
    place = _line(stage.place)
    return [measurement for measurement in measurements if _line(measurement.stage) == place]


def look_at(evidence: Evidence, stage: Stage, moment: str = "start") -> FirstLook | None:
    """The instrumented step at a stage, before the short training (``start``) or after it (``trained``)."""
    looks = at_stage(evidence.probe.looks, stage) if evidence.probe else []
    return next((look for look in looks if look.moment == moment), None)


def runs_as_set(evidence: Evidence, stage: Stage) -> list[TrainingRun]:
    """The short trainings with the user's own settings."""
    runs = at_stage(evidence.probe.runs, stage) if evidence.probe else []
    return [run for run in runs if run.label in USER_RUNS]


def learns(evidence: Evidence, stage: Stage) -> bool | None:
    """Whether any short training with the user's settings learnt something; None where that cannot be told yet."""
    runs = runs_as_set(evidence, stage)
    if not runs:
        return None
    if any(None in run.losses for run in runs):
        return False
    return any(map(learnt, runs)) or (False if len(runs[0].losses) >= FEWEST_STEPS else None)


def answers_one_class(evidence: Evidence, stage: Stage) -> bool:
    """Whether after the short training every one of enough validation pictures, of several classes, is given one and the same."""
    found = at_stage(evidence.probe.predictions, stage) if evidence.probe else []
    return any(
        sum(each.predicted) >= FEWEST_ANSWERS
        and max(each.predicted) == sum(each.predicted)
        and max(each.actual) < LARGEST_SHARE * sum(each.actual)
        for each in found
    )


def learnt(run: TrainingRun) -> bool:
    """Whether the loss stays finite and ends (mean of the last quarter) clearly below its first value and that of guessing."""
    losses = [loss for loss in run.losses if loss is not None]
    if not losses or len(losses) < len(run.losses):
        return False
    start = losses[0] if run.chance_loss is None else min(losses[0], run.chance_loss)
    return fmean(losses[-max(1, len(losses) // 4) :]) < start - (1 - CLEARLY) * abs(start)


def _line(place: Location) -> tuple[str, int | None, int]:
    return place.path, place.cell, place.line
