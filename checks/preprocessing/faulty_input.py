"""What the four checks of the backbone contract share: one finding a fault and backbone, its numbers and its correction."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from vggdoctor import exhibits
from vggdoctor.backbones import RANGES, Mode
from vggdoctor.check import Check, Said
from vggdoctor.checks.measurements import at_stage
from vggdoctor.checks.preprocessing.contract import Fault, expected_by
from vggdoctor.checks.preprocessing.correction import correction
from vggdoctor.checks.preprocessing.diagnosis import Diagnosis, diagnoses, evaluated_like
from vggdoctor.evidence import Evidence, FeatureGain, Pipeline, Role
from vggdoctor.schema import (
    Confidence,
    Exhibit,
    Finding,
    Location,
    Measure,
    NotApplicable,
    Repair,
    Severity,
    Undetermined,
)

Group = tuple[Diagnosis, ...]
EXPECTATIONS = {
    Mode.CAFFE: "BGR pixels with the ImageNet means subtracted (-123.7..151.1)",
    Mode.TF: "pixels scaled to -1..1",
    Mode.TORCH: "pixels standardised with the mean and deviation of ImageNet (-2.12..2.64)",
    Mode.BUILTIN: "pixels of 0..255, which it rescales itself",
}

ALIKE = 0.05
"""Of the expected range: two histograms that differ by less are drawn once (ours)."""


class FaultyInput(Check):
    """A check that reports one Fault of the backbone contract."""

    fault: ClassVar[Fault]

    @abstractmethod
    def cause(self, group: Group) -> str:
        """The second half of the message: what in the code brings these values about, where its steps do."""

    def severity_for(self, mode: Mode) -> Severity:
        return self.severity

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        judged = list(diagnoses(evidence))
        yield from (item for item in judged if isinstance(item, Undetermined))
        if all(isinstance(item, NotApplicable) for item in judged):
            yield from (item for item in judged if isinstance(item, NotApplicable))
        for group in self._groups(evidence):
            yield self._report(group, evidence)

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        """Where training is right, the fault is that the other pictures are prepared differently; where the steps that were read
        do not account for what arrives, one that does not fit its place does: a colour layer cuts off what it takes
        for no pixel."""
        group = next((group for group in self._groups(evidence) if _places(group) == finding.locations), ())
        unexplained = () if all(item.explained for item in group) else ("misplaced-augmentation",)
        return unexplained if any(item.role == "train" for item in group) else ("split-preprocessing-mismatch",)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        groups = self._groups(evidence)
        group = next((group for group in groups if _places(group) == finding.locations), None)
        if group is None or _serves_another(group, evidence):
            return None
        return correction(group, evaluated_like(evidence, group[0]))

    def _groups(self, evidence: Evidence) -> list[Group]:
        """Training and validation, and the stages of one model, share a finding."""
        found: dict[tuple[Location, str], Group] = {}
        for item in diagnoses(evidence):
            if isinstance(item, Diagnosis) and item.fault is self.fault:
                key = (item.backbone.place, item.stage.place.path)
                found[key] = (*found.get(key, ()), item)
        return list(found.values())

    def _report(self, group: Group, evidence: Evidence) -> Finding:
        first = group[0]
        roles = " and ".join(dict.fromkeys({"train": "training"}.get(item.role, item.role) for item in group))
        is_explained = all(item.explained for item in group)
        cause = self.cause(group) if is_explained else "what was read of the source does not account for it"
        expectation = f"{first.backbone.application} expects {EXPECTATIONS[first.mode]}"
        return self.finding(
            f"{expectation}, but {_receives(group)} in {roles}: {cause}",
            *_places(group),
            confidence=max((item.confidence for item in group), key=lambda c: c.rank, default=Confidence.HIGH),
            severity=self.severity_for(first.mode),
            measured=_measures(group, evidence),
            exhibits=_exhibits(group),
        )


def spelled(group: Group) -> str:
    """The normalising steps as the user wrote them."""
    names = dict.fromkeys(step.spelling or step.operation for item in group for step in item.normalising)
    return ", then ".join(names)


def _receives(group: Group) -> str:
    seen = next((item.observed for item in group if item.observed), None)
    if seen:
        return f"{seen.tensor} receives {seen.minimum:.2f}..{seen.maximum:.2f} (observed on {seen.pictures} pictures)"
    arriving = next((item.arriving for item in group if item.arriving), None)
    return f"it receives {arriving[0]:.4g}..{arriving[1]:.4g} (read)" if arriving else "it receives something else"


def _places(group: Group) -> tuple[Location, ...]:
    """The normalising steps of every pipeline; where there is none, the call that would hold one."""
    places: list[Location] = []
    for item in group:
        steps = [place for step in item.normalising for place in step.places[:1]]
        holder = item.pipeline.generator or item.pipeline.loader
        places += steps or [holder.place if holder else (*item.pipeline.places, item.stage.place)[0]]
    return tuple(dict.fromkeys(places))


def _measures(group: Group, evidence: Evidence) -> dict[str, Measure]:
    first = next((item for item in group if item.observed), group[0])
    low, high = RANGES[first.mode]
    measured = {
        "backbone": Measure(first.backbone.application),
        "expected_min": Measure(low, exhibits.INPUT_UNIT),
        "expected_max": Measure(high, exhibits.INPUT_UNIT),
    }
    if first.observed:
        seen = first.observed
        measured["observed_min"] = Measure(round(seen.minimum, 4), exhibits.INPUT_UNIT)
        measured["observed_max"] = Measure(round(seen.maximum, 4), exhibits.INPUT_UNIT)
        if seen.mean:
            measured["observed_mean"] = Measure(round(sum(seen.mean) / len(seen.mean), 4), exhibits.INPUT_UNIT)
        measured["pictures"] = Measure(seen.pictures, "pictures")
    elif first.arriving:
        measured["read_min"] = Measure(round(first.arriving[0], 4), exhibits.INPUT_UNIT)
        measured["read_max"] = Measure(round(first.arriving[1], 4), exhibits.INPUT_UNIT)
    gain = _gain(group, evidence)
    if gain:
        measured["feature_accuracy_as_is"] = Measure(round(gain.as_is, 4), "balanced accuracy")
        measured["feature_accuracy_corrected"] = Measure(round(gain.corrected, 4), "balanced accuracy")
        measured["feature_gain_interval_low"] = Measure(round(gain.interval[0], 4), "balanced accuracy")
        measured["feature_gain_interval_high"] = Measure(round(gain.interval[1], 4), "balanced accuracy")
    return measured


def _gain(group: Group, evidence: Evidence) -> FeatureGain | None:
    """What the right preprocessing brought in the probe; nothing is claimed from random weights."""
    if evidence.probe is None or not evidence.probe.pretrained:
        return None
    gains = (gain for item in group if item.role == "train" for gain in at_stage(evidence.probe.gains, item.stage))
    return next(gains, None)


def _exhibits(group: Group) -> tuple[Exhibit, ...]:
    """Of training, and of validation where other values arrive there."""
    drawn: dict[tuple[float, float], tuple[Exhibit, ...]] = {}
    for item in group:
        seen = item.observed
        if seen and not any(_alike(met, (seen.minimum, seen.maximum), RANGES[item.mode]) for met in drawn):
            names = item.pipeline.class_names.get(None) or ()
            drawn[seen.minimum, seen.maximum] = exhibits.arriving(seen, item.mode, names)
    return tuple(exhibit for role in drawn.values() for exhibit in role)


def _alike(one: tuple[float, float], other: tuple[float, float], expected: tuple[float, float]) -> bool:
    """Whether both ranges would look the same beside the expected one."""
    span = expected[1] - expected[0]
    return all(abs(a - b) < ALIKE * span for a, b in zip(one, other, strict=True))


def _serves_another(group: Group, evidence: Evidence) -> bool:
    """Whether these generators or steps also prepare pictures for a network that expects something else."""
    touched = {place for item in group for place in _touched(item.pipeline)}
    stages = [item.stage for item in group]
    for stage in evidence.recipe.stages:
        pipelines = [pipeline for pipeline in (stage.train, stage.validation.get(None)) if pipeline]
        if stage in stages or not any(touched & _touched(pipeline) for pipeline in pipelines):
            continue
        expected = expected_by(stage.model)
        if not isinstance(expected, tuple) or expected[1] is not group[0].mode:
            return True
    return False


def _touched(pipeline: Pipeline) -> set[Location]:
    steps = {place for step in pipeline.steps if step.role is Role.NORMALIZATION for place in step.places[:1]}
    return steps | ({pipeline.generator.place} if pipeline.generator else set())
