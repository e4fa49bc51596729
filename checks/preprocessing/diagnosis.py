"""The fault of each stage and role, from what was read and what was observed.

Observed numbers beat the reading: known steps that cannot have led to the observed range are not believed.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.backbones import Mode
from vggdoctor.checks.measurements import at_stage
from vggdoctor.checks.preprocessing.contract import (
    PIXELS,
    Channels,
    Fault,
    Range,
    arrival,
    expected_by,
    fault_of,
    mode_of,
    overall,
    preprocessed,
)
from vggdoctor.checks.preprocessing.signature import best, coverage_of, guesses
from vggdoctor.evidence import Backbone, Evidence, InputContract, Pipeline, Role, Stage, Step
from vggdoctor.schema import Confidence, NotApplicable, Undetermined

Silence = Undetermined | NotApplicable


class Verdict(Struct, frozen=True):
    """``explained``: the known steps account for what arrives, so that a correction can be sure."""

    fault: Fault | None
    confidence: Confidence
    explained: bool


class Diagnosis(Struct, kw_only=True, frozen=True):
    """One stage and role (``train``, ``validation``), with its fault or None.

    ``steps`` are those of the pipeline and of the model's front, in order of effect. ``arriving`` is the range by the known
    steps, ``observed`` the measured one.
    """

    stage: Stage
    role: str
    backbone: Backbone
    mode: Mode
    pipeline: Pipeline
    steps: tuple[Step, ...]
    fault: Fault | None
    confidence: Confidence
    explained: bool
    arriving: Range | None
    observed: InputContract | None

    @property
    def normalising(self) -> tuple[Step, ...]:
        """The known steps that change the range, and functions that claim to."""
        return tuple(step for step in self.steps if step.role is Role.NORMALIZATION and step.operation != "clip")


def diagnoses(evidence: Evidence) -> Iterator[Diagnosis | Silence]:
    """Every stage and role of the recipe, those included that cannot be judged."""
    for stage in evidence.recipe.stages:
        contract = expected_by(stage.model)
        if not isinstance(contract, tuple):
            yield contract
            continue
        backbone, mode = contract
        for role, pipeline in (("train", stage.train), ("validation", stage.validation.get(None))):
            if pipeline is not None:
                yield _diagnose(stage, role, pipeline, backbone, mode, observed_at(evidence, stage, role))


def evaluated_like(evidence: Evidence, trained: Diagnosis) -> list[Diagnosis]:
    """The pipelines of later evaluations in the same file that are read in full and have the same fault."""
    found = []
    for evaluation in evidence.recipe.evaluations:
        pipeline = evaluation.pipeline.get(None)
        if pipeline is None or evaluation.place.path != trained.stage.place.path:
            continue
        judged = _diagnose(trained.stage, "test", pipeline, trained.backbone, trained.mode, None)
        if isinstance(judged, Diagnosis) and judged.fault is trained.fault:
            found.append(judged)
    return found


def observed_at(evidence: Evidence, stage: Stage, role: str) -> InputContract | None:
    """The probe's measurement of this stage and role."""
    contracts = at_stage(evidence.probe.contracts if evidence.probe else (), stage)
    return next((contract for contract in contracts if contract.role == role), None)


def _diagnose(
    stage: Stage, role: str, pipeline: Pipeline, backbone: Backbone, mode: Mode, observed: InputContract | None
) -> Diagnosis | Silence:
    steps = (*pipeline.steps, *stage.model.input_steps)
    understood = tuple(step for step in steps if step.role is not Role.UNKNOWN)
    start = pipeline.start_range.get(None)
    values = arrival(start, understood) if start else None
    unread = _unread(stage, pipeline, steps)
    verdict = _judged(start, understood, values, mode, unread, observed)
    if isinstance(verdict, Undetermined):
        return verdict
    return Diagnosis(
        stage=stage,
        role=role,
        backbone=backbone,
        mode=mode,
        pipeline=pipeline,
        steps=understood,
        fault=verdict.fault,
        confidence=verdict.confidence,
        explained=verdict.explained,
        arriving=overall(values) if values and verdict.explained else None,
        observed=observed,
    )


def _unread(stage: Stage, pipeline: Pipeline, steps: tuple[Step, ...]) -> str:
    """Why the way of the pictures is not known in full; empty if it is."""
    for step in steps:
        if step.role is Role.UNKNOWN:
            return f"a step on the way of the pictures is not understood: {step.reason or step.spelling}"
    for fact, what in (
        (pipeline.complete, "the way of the pictures"),
        (stage.model.complete, "the network"),
        (pipeline.start_range, "the range of the pictures"),
    ):
        if not fact.known or fact.value is False:
            return f"{what} is not known in full: {fact.reason or 'a part was not understood'}"
    return ""


def _judged(
    start: Range | None,
    steps: tuple[Step, ...],
    values: Channels | None,
    mode: Mode,
    unread: str,
    observed: InputContract | None,
) -> Verdict | Undetermined:
    read = fault_of(start, steps, mode) if start else Undetermined("the range of the pictures is not known")
    if observed is None:
        if unread:
            return Undetermined(unread)
        surest = max((step.confidence for step in steps), key=lambda c: c.rank, default=Confidence.HIGH)
        return read if isinstance(read, Undetermined) else Verdict(read, surest, True)
    fits = values is not None and coverage_of(observed, values) is not None
    if fits and not unread and not isinstance(read, Undetermined):
        return Verdict(read, Confidence.HIGH, True)
    found = guesses(observed, mode)
    chosen = best(found, observed.pictures)
    if chosen is None:
        return Undetermined(
            f"the values at the backbone, {observed.minimum:.3g}..{observed.maximum:.3g}, allow more than one explanation"
        )
    fault = _with_functions(chosen.fault, steps, observed)
    sure = len({guess.fault for guess in found}) == 1
    return Verdict(fault, Confidence.HIGH if sure else Confidence.MEDIUM, fits and read is fault)


def _with_functions(fault: Fault | None, steps: tuple[Step, ...], observed: InputContract) -> Fault | None:
    """A hand-made range and another family's function look alike: a function in the code that leads to it decides which it is."""
    if fault not in (Fault.RESCALE_ONLY, Fault.MISSING):
        return fault
    modes = [mode for step in steps if (mode := mode_of(step))]
    led_by_function = any(coverage_of(observed, preprocessed(PIXELS, mode)) is not None for mode in modes)
    return Fault.WRONG_FUNCTION if led_by_function else fault
