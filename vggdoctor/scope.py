"""Which part of a project is of interest: for the whole audit, and for one finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from vggdoctor.evidence import Evaluation, Evidence, Recipe, Stage
from vggdoctor.schema import Finding, Outcome, Severity, Status


def focus(outcomes: Sequence[Outcome], recipe: Recipe) -> list[Outcome]:
    """The outcomes without findings that lie wholly in files that were read for their neighbours' sake only."""
    aside = {file.path for file in recipe.files if not file.asked}
    if not aside:
        return list(outcomes)
    focused = []
    for outcome in outcomes:
        kept = tuple(f for f in outcome.findings if not f.locations or any(place.path not in aside for place in f.locations))
        if outcome.findings and not kept:
            outcome = replace(outcome, status=Status.NOT_APPLICABLE, reason="found in files only that were not asked for")
        focused.append(replace(outcome, findings=kept))
    return focused


def with_severities(outcomes: Sequence[Outcome], severities: Mapping[str, Severity]) -> list[Outcome]:
    """The outcomes with the severities that the project's configuration gives to some checks."""
    return [
        replace(outcome, findings=tuple(replace(f, severity=severities[outcome.check]) for f in outcome.findings))
        if outcome.check in severities
        else outcome
        for outcome in outcomes
    ]


class Surroundings:
    """The evidence around a finding: in a project of many programs, that of its own program.

    A check looks through all evidence for each fix that it is asked for; this keeps that from growing with the square of the
    project's size.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._programs = {file.path: file.program for file in evidence.recipe.files}
        self._parts: dict[int, Evidence] = {}
        self._stages = _by_program(self._programs, evidence.recipe.stages)
        self._evaluations = _by_program(self._programs, evidence.recipe.evaluations)

    def of(self, finding: Finding) -> Evidence:
        """All evidence where the finding is not of one program."""
        programs = {self._programs.get(place.path) for place in finding.locations}
        program = programs.pop() if len(programs) == 1 else None
        if program is None or len(set(self._programs.values())) == 1:
            return self._evidence
        if program not in self._parts:
            self._parts[program] = replace(self._evidence, recipe=self._recipe(program))
        return self._parts[program]

    def _recipe(self, program: int) -> Recipe:
        whole = self._evidence.recipe
        kept = self._stages.get(program, [])
        new = {old: index for index, old in enumerate(kept)}
        stages = (whole.stages[old] for old in kept)
        evaluations = (whole.evaluations[index] for index in self._evaluations.get(program, []))
        return replace(
            whole,
            stages=tuple(replace(stage, follows=_renumbered(stage.follows, new)) for stage in stages),
            evaluations=tuple(replace(each, stage=_renumbered(each.stage, new)) for each in evaluations),
            files=tuple(file for file in whole.files if file.program == program),
        )


def _by_program(programs: Mapping[str, int], calls: Sequence[Stage | Evaluation]) -> dict[int | None, list[int]]:
    """Places of calls in their sequence, by the program that they stand in."""
    found: dict[int | None, list[int]] = {}
    for index, call in enumerate(calls):
        found.setdefault(programs.get(call.place.path), []).append(index)
    return found


def _renumbered(index: int | None, new: Mapping[int, int]) -> int | None:
    return None if index is None else new.get(index)
