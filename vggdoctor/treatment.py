"""Works out the repair of each finding, tries it on a patched copy, and all of them together in a second run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.check import Check
from vggdoctor.evidence import Evidence, FeatureGain, ProbeEvidence
from vggdoctor.exhibits import before_and_after
from vggdoctor.fixing import Patch, difference, paths_of, plan
from vggdoctor.fixing.stored import edits
from vggdoctor.fixing.verify import Candidate, Rerun, Samples, try_copy, verify
from vggdoctor.gather.gathering import Gathered
from vggdoctor.judge import judge
from vggdoctor.options import Fixes
from vggdoctor.project import Project
from vggdoctor.schema import Exhibit, Finding, Fix, Outcome, Safety, Trial, Verdict
from vggdoctor.scope import Surroundings
from vggdoctor.summary import class_names

Examine = Callable[[Project], Evidence]
"""Reads a patched project again, without running it."""
Rerunner = Callable[[Project], Gathered]
"""Captures and probes a patched project again, with the same seed."""

METRIC = "balanced accuracy in the probe"
PAIRED_BY_PICTURE = "the same validation pictures before and after one short training each, with the same seed"
RANDOM_WEIGHTS = "the backbone had random weights"


class Treatment(Struct, frozen=True):
    """The outcomes with their fixes, all fixes as one, and what could not be worked out."""

    outcomes: list[Outcome]
    combined: Fix | None = None
    notices: tuple[str, ...] = ()


def treat(
    project: Project,
    checks: Sequence[Check],
    outcomes: list[Outcome],
    gathered: Gathered,
    examine: Examine,
    rerun: Rerunner | None,
    depth: Fixes = Fixes.TRIED,
) -> Treatment:
    """Fix what was found, as far as ``depth`` says. ``rerun`` is None where nothing may run, or no time is left."""
    candidates, notices = _candidates(checks, outcomes, gathered.evidence)
    if depth is Fixes.NAMED:
        named = {id(candidate.finding): _fix(candidate, None, None) for candidate in candidates}
        return Treatment([_with_fixes(outcome, named) for outcome in outcomes], notices=notices)

    before = judge(checks, examine(project)) if candidates and depth is Fixes.TRIED else []

    def reread(copy: Project) -> list[Outcome]:
        return before if copy is project else judge(checks, examine(copy))

    fixes: dict[int, Fix] = {}
    good = []
    for candidate in sorted(candidates, key=_files):  # one file after another: each is parsed once
        patch = plan(project, [candidate.repair])
        if patch.left_out:
            notices += tuple(f"{candidate.finding.check}: no fix was worked out: {reason}" for _, reason in patch.left_out)
            continue
        if depth is Fixes.PLANNED:
            fixes[id(candidate.finding)] = _fix(candidate, patch, None)
            continue
        verdict = verify(project, [candidate], reread)
        if verdict.trial is Trial.FAILED:
            notices += (f"{candidate.finding.check}: a fix failed its trial and is not shown: {verdict.reason}",)
            continue
        verdict = _with_feature_gain(verdict, candidate.finding, gathered.evidence.probe)
        fixes[id(candidate.finding)] = _fix(candidate, patch, verdict)
        if verdict.trial is not Trial.HARMFUL:
            good.append(candidate)
    good.sort(key=candidates.index)
    patched, applied = _in_turn(project, good, checks, before, examine)
    combined = _together(project, patched, applied, checks, outcomes, gathered, reread, rerun) if applied else None
    if combined and combined.verdict and combined.verdict.ran and combined.verdict.checks_silent:
        fixes |= {id(done.finding): _confirmed(fixes[id(done.finding)]) for done in applied}
    return Treatment([_with_fixes(outcome, fixes) for outcome in outcomes], combined, notices)


def _files(candidate: Candidate) -> list[str]:
    return sorted(paths_of(candidate.repair))


def _confirmed(fix: Fix) -> Fix:
    """What reading alone could not verify was seen in the run of all fixes together."""
    if fix.verdict is None or fix.verdict.trial is not Trial.NOT_VERIFIABLE:
        return fix
    reason = "the finding is gone in the run of all fixes together, and nothing new appeared; its own gain was not measured"
    return replace(fix, verdict=replace(fix.verdict, trial=Trial.SILENCED, reason=reason, checks_silent=True, ran=True))


def _candidates(checks: Sequence[Check], outcomes: list[Outcome], evidence: Evidence) -> tuple[list[Candidate], tuple[str, ...]]:
    by_id = {check.id: check for check in checks}
    candidates, notices, surroundings = [], [], Surroundings(evidence)
    for finding in sorted((f for outcome in outcomes for f in outcome.findings), key=lambda f: f.severity.rank):
        try:
            repair = by_id[finding.check].fix(finding, surroundings.of(finding))
        except Exception as error:  # noqa: BLE001 - a third party's check may raise anything; the finding stands without a fix
            notices.append(f"{finding.check}: its fix failed: {type(error).__name__}: {error}")
            continue
        if repair is not None:
            candidates.append(Candidate(finding, repair))
    return candidates, tuple(notices)


def _together(
    project: Project,
    patched: Project,
    applied: list[Candidate],
    checks: Sequence[Check],
    outcomes: list[Outcome],
    gathered: Gathered,
    reread: Callable[[Project], list[Outcome]],
    rerun: Rerunner | None,
) -> Fix:
    """All good fixes in one copy, ``patched``, and the verdict of its own run: gains are not added up."""
    started = time.monotonic()
    seen: list[Evidence] = []

    def runner(copy: Project) -> Rerun:
        assert rerun is not None
        again = rerun(copy)
        seen.append(again.evidence)
        return _as_rerun(again, judge(checks, again.evidence))

    baseline = _as_rerun(gathered, outcomes)
    verdict = try_copy(
        applied,
        project,
        patched,
        reread,
        runner if rerun else None,
        baseline if rerun else None,
    )
    careful = any(candidate.repair.safety is Safety.REVIEW for candidate in applied)
    title = f"All {len(applied)} fixes together" if len(applied) > 1 else applied[0].repair.title
    patch = difference(project, patched)
    return Fix(
        title=title,
        safety=Safety.REVIEW if careful else Safety.SAFE,
        diff=patch.diff,
        readable=_readable(patch),
        verdict=replace(
            verdict,
            seconds=round(time.monotonic() - started, 3),
            exhibits=_side_by_side(gathered.evidence, seen[0]) if seen else (),
        ),
    )


def _side_by_side(before: Evidence, after: Evidence) -> tuple[Exhibit, ...]:
    if before.probe is None or after.probe is None:
        return ()
    names = class_names(before.recipe, before.probe.predictions[0].stage) if before.probe.predictions else ()
    return before_and_after(before.probe, after.probe, names)


def _in_turn(
    project: Project, candidates: list[Candidate], checks: Sequence[Check], before: list[Outcome], examine: Examine
) -> tuple[Project, list[Candidate]]:
    """The project with one repair after the other, each worked out anew on what the ones before have left.

    So a generator that one fix adds has the normalisation that another corrects. A finding that reading alone does not show
    keeps its repair as it is, and goes first, while its places still hold. ``before``: what reading shows of the project.
    """
    by_id = {check.id: check for check in checks}
    readable = {finding.check for outcome in before for finding in outcome.findings}
    applied = []
    for candidate in sorted(candidates, key=lambda candidate: candidate.finding.check in readable):
        repairs = [candidate.repair]
        if candidate.finding.check in readable:
            check, evidence = by_id[candidate.finding.check], examine(project)
            again, _ = _candidates([check], judge([check], evidence), evidence)
            repairs = [found.repair for found in again[:1]]
        patch = plan(project, repairs)
        if patch.files:
            project = project.with_changes(patch.files)
            applied.append(candidate)
    return project, applied


def _as_rerun(gathered: Gathered, outcomes: list[Outcome]) -> Rerun:
    capture, probe = gathered.reports["capture"], gathered.evidence.probe
    return Rerun(
        reached_fit=capture.status in ("ok", "partial") and probe is not None,
        reason=capture.reason or gathered.reports["probe"].reason,
        metrics=_metrics(probe) if probe else {},
        unclaimed="" if probe and probe.pretrained else RANDOM_WEIGHTS,
        outcomes=tuple(outcomes),
    )


def _metrics(probe: ProbeEvidence) -> dict[str, Samples]:
    """What two probes of one seed can be compared by: a value a picture, weighted so that the mean is the balanced accuracy."""
    metrics = {}
    for seen in probe.predictions:
        classes = sum(1 for count in seen.actual if count)
        weights = [len(seen.labels) / (classes * seen.actual[label]) for label in seen.labels]
        values = tuple(weight * right for weight, right in zip(weights, seen.right, strict=True))
        if values:
            of = f"{len(values)} validation pictures after {seen.steps} steps"
            metrics[METRIC] = Samples(values, how=PAIRED_BY_PICTURE, of=of, order=seen.labels)
    return metrics


def _with_feature_gain(verdict: Verdict, finding: Finding, probe: ProbeEvidence | None) -> Verdict:
    """A normalisation's worth was measured by the probe already, in the frozen features; elsewhere the verdict stays."""
    gain = next((g for g in probe.gains if _is_about(g, finding)), None) if probe and probe.pretrained else None
    if gain is None or verdict.trial is not Trial.SILENCED:
        return verdict
    difference = gain.corrected - gain.as_is
    low, high = gain.interval
    trial = Trial.PROVED if low > 0 else Trial.HARMFUL if high < 0 else Trial.NO_EFFECT
    return replace(
        verdict,
        trial=trial,
        reason=f"the finding is gone; the frozen features separate the classes by {difference:+.3f}, "
        f"95 % interval {low:.3f} to {high:.3f}",
        metric="balanced accuracy of the frozen features",
        before=gain.as_is,
        after=gain.corrected,
        gain=difference,
        interval=gain.interval,
        how=f"logistic regression on {gain.pictures} pictures, {gain.splits} paired splits",
        seconds=verdict.seconds + gain.seconds,
    )


def _is_about(gain: FeatureGain, finding: Finding) -> bool:
    return "feature_accuracy_corrected" in finding.measured and any(place.path == gain.stage.path for place in finding.locations)


def _fix(candidate: Candidate, patch: Patch | None, verdict: Verdict | None) -> Fix:
    return Fix(
        title=candidate.repair.title,
        safety=candidate.repair.safety,
        diff=patch.diff if patch else "",
        readable=_readable(patch) if patch else "",
        edits=edits(patch) if patch else (),
        verdict=verdict,
    )


def _readable(patch: Patch) -> str:
    return patch.readable if patch.readable != patch.diff else ""


def _with_fixes(outcome: Outcome, fixes: dict[int, Fix]) -> Outcome:
    findings = tuple(replace(f, fix=fixes[id(f)]) if id(f) in fixes else f for f in outcome.findings)
    return replace(outcome, findings=findings)
