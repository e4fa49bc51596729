"""Runs of patched copies, as many as the time allows, and what of two runs can be compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from vggdoctor.evidence import Evidence, FeatureGain, ProbeEvidence, Repeats
from vggdoctor.exhibits import before_and_after
from vggdoctor.fixing import Candidate, Grid, Run, by_running
from vggdoctor.fixing.verify import decided
from vggdoctor.gather.gathering import Gathered
from vggdoctor.project import Project
from vggdoctor.schema import Comparison, Effect, Exhibit, Finding, Outcome, Trial, Verdict
from vggdoctor.summary import class_names

ACCURACY = "balanced accuracy in the probe"
LOSS = "loss in the probe"
FEATURES = "balanced accuracy of the frozen features"
RANDOM_WEIGHTS = "the backbone had random weights in the place of those that the program asks for"

COMPARED = ("training", "predictions", "repeated trainings")
"""Experiments that each need the one before; the last gives what is compared."""
REPEATED_PART = 0.6
"""Of the first probe's time, what a repeated one is expected to take until there was one (ours)."""
SLACK = 1.3
"""By which the way to fit may take longer than the first time (ours)."""
NEARLY = 0.95
"""Of the time that a run was given: one that has not reached fit by then is taken for too slow, not for broken (ours)."""

Rerunner = Callable[[Project, float, bool], Gathered]
"""Captures a patched project again within some seconds and, if asked to, probes it as the first time, with the same seed."""


class Trials:
    """Tries patched copies in runs of their own.

    ``gathered`` and ``outcomes`` are those of the original. ``judge`` says what the checks make of a copy's evidence. ``seconds``
    are left for all runs.
    """

    def __init__(
        self,
        gathered: Gathered,
        outcomes: Sequence[Outcome],
        judge: Callable[[Project, Evidence], list[Outcome]],
        rerun: Rerunner,
        seconds: float,
    ) -> None:
        self._before = gathered.evidence
        self._rerun = rerun
        self._judge = judge
        self._deadline = time.monotonic() + seconds
        capture, probing = gathered.reports["capture"].seconds, gathered.reports["probe"].seconds
        self._to_fit = max(0.0, capture - probing)
        self._longest, self._has_measured = self._to_fit + REPEATED_PART * probing, False
        probe = gathered.evidence.probe
        self._gains = probe.gains if probe and probe.pretrained else ()
        self._baseline = _run(gathered, outcomes)

    @property
    def can_run(self) -> bool:
        """Whether the original reached fit: a copy is compared with nothing else."""
        return self._baseline.reached_fit

    @property
    def can_compare(self) -> bool:
        """Whether the original's run measured something that a copy's could be compared with."""
        return self.can_run and bool(self._baseline.metrics) and not self._baseline.unclaimed

    def has_time(self, runs: int = 1) -> bool:
        """Whether so many more runs fit, each as long as the longest so far. One is worth its while if it reaches fit: then it is
        seen to run, whether or not the time suffices to measure it."""
        needed = SLACK * self._to_fit if runs == 1 else runs * self._longest
        return self.can_run and self._deadline - time.monotonic() >= needed

    def of(self, candidates: Sequence[Candidate], read: Verdict, copy: Project, kept: int = 0) -> tuple[Verdict, Gathered | None]:
        """The verdict ``read`` of reading, with what a run of the patched ``copy`` adds; and what that run gathered.

        It is ended in time for ``kept`` more runs.
        """
        if not self.can_run:
            return by_running(candidates, read, self._baseline, self._baseline), None
        started = time.monotonic()
        acts = any(candidate.effect is Effect.TRAINING for candidate in candidates)
        measured = acts and (self.can_compare or read.trial is Trial.NOT_VERIFIABLE)  # what reading cannot see the probe may
        given = self._deadline - started - kept * self._longest
        again = self._rerun(copy, given, measured)
        run = _run(again, self._judge(copy, again.evidence))
        seconds = time.monotonic() - started
        if measured:
            self._longest = max(seconds, self._longest) if self._has_measured else seconds
            self._has_measured = True
        if not run.reached_fit and seconds >= NEARLY * given:
            return replace(read, reason=f"{read.reason}; its run was ended for want of time: {run.reason}"), None
        verdict = by_running(candidates, read, run, self._baseline)
        if len(candidates) == 1:
            verdict = self.with_features(verdict, candidates[0].finding)
        return verdict, again

    def side_by_side(self, again: Gathered) -> tuple[Exhibit, ...]:
        """What the original's run and a copy's look like beside each other."""
        before, after = self._before.probe, again.evidence.probe
        if before is None or after is None:
            return ()
        names = class_names(self._before.recipe, before.predictions[0].stage) if before.predictions else ()
        return before_and_after(before, after, names)

    def with_features(self, verdict: Verdict, finding: Finding) -> Verdict:
        """The verdict with the worth of a corrected normalisation in the frozen features, which the probe measured already.

        The user's own short training decides where it shows an effect; the features where it does not, or was not compared.
        """
        found = next((gain for gain in self._gains if _is_about(gain, finding)), None)
        undecided = verdict.trial is Trial.NO_EFFECT or (verdict.trial is Trial.SILENCED and verdict.gain is None)
        if found is None or verdict.trial in (Trial.FAILED, Trial.NOT_VERIFIABLE):
            return verdict
        features = _of_features(found)
        own = _own(verdict)
        if undecided and (features.direction or own is None):
            return decided(verdict, features, *own or ())
        return decided(verdict, own[0], *own[1:], features) if own else verdict


def _own(verdict: Verdict) -> tuple[Comparison, ...] | None:
    """The comparisons of a verdict, the deciding one first; None where there was none."""
    if verdict.before is None or verdict.after is None or verdict.gain is None or verdict.interval is None:
        return None
    first = Comparison(
        metric=verdict.metric,
        before=verdict.before,
        after=verdict.after,
        gain=verdict.gain,
        interval=verdict.interval,
        how=verdict.how,
    )
    return (first, *verdict.also)


def _of_features(gain: FeatureGain) -> Comparison:
    return Comparison(
        metric=FEATURES,
        before=gain.as_is,
        after=gain.corrected,
        gain=gain.corrected - gain.as_is,
        interval=gain.interval,
        how=f"logistic regression on {gain.pictures} pictures, {gain.splits} paired splits",
    )


def _is_about(gain: FeatureGain, finding: Finding) -> bool:
    return "feature_accuracy_corrected" in finding.measured and any(place.path == gain.stage.path for place in finding.locations)


def _run(gathered: Gathered, outcomes: Sequence[Outcome]) -> Run:
    capture, probe = gathered.reports["capture"], gathered.evidence.probe
    return Run(
        reached_fit=capture.status in ("ok", "partial"),
        reason=capture.reason or gathered.reports["probe"].reason,
        metrics=metrics(probe) if probe else {},
        unclaimed=RANDOM_WEIGHTS if probe and probe.substituted else "",
        outcomes=tuple(outcomes),
        rate=probe.runs[0].learning_rate if probe and probe.runs else 0.0,
        steps=probe.repeats[0].steps if probe and probe.repeats else 0,
        unmeasured=next((probe.skipped[name] for name in COMPARED if name in probe.skipped), "") if probe else "",
    )


def metrics(probe: ProbeEvidence) -> dict[str, Grid]:
    """What two probes of one seed can be compared by. Pictures weigh so that each class counts the same: the mean of what was
    right is then the balanced accuracy. Losses by another name are another metric."""
    metrics: dict[str, Grid] = {}
    for seen in probe.repeats[:1]:
        if not seen.labels:
            continue
        of = f"{len(seen.labels)} validation pictures, {seen.steps} steps on {seen.pictures}"
        metrics[ACCURACY] = Grid(_weighted(seen, seen.right), of=of, order=seen.labels)
        if all(seen.losses):
            metrics[f"{LOSS} ({seen.loss_name})"] = Grid(_weighted(seen, seen.losses), False, of, seen.labels)
    return metrics


def _weighted(seen: Repeats, rows: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    counts = {label: seen.labels.count(label) for label in set(seen.labels)}
    weights = [len(seen.labels) / (len(counts) * counts[label]) for label in seen.labels]
    return tuple(tuple(weight * value for weight, value in zip(weights, row, strict=True)) for row in rows)
