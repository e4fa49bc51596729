"""Works out the repair of each finding, tries each on a patched copy of its own, and the good ones together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.check import Check
from vggdoctor.evidence import Evidence
from vggdoctor.fixing import Candidate, Patch, by_reading, difference, paths_of, plan
from vggdoctor.fixing.stored import edits
from vggdoctor.fixing.verify import NOT_IN_TRAINING
from vggdoctor.gather.gathering import Gathered
from vggdoctor.options import Fixes
from vggdoctor.project import Project
from vggdoctor.schema import Effect, Exhibit, Fix, Outcome, Safety, Severity, Trial, Verdict
from vggdoctor.scope import Surroundings
from vggdoctor.trials import Trials

Examine = Callable[[Project], Evidence]
"""Reads a patched project again, without running it."""
Judge = Callable[[Project, Evidence], list[Outcome]]
"""What the checks say of a copy, with what the project silences left out."""

BAD = (Trial.FAILED, Trial.HARMFUL)
UNTRIED = "not tried in a run of its own for want of time"
MOST_ROUNDS = 3
"""Of repairs that others bring to light (ours)."""
TOGETHER = "it was run together with the others"
SLOWED = "(among them are fixes that act over whole epochs, which a short training does not show, and which may slow it)"


class Treatment(Struct, frozen=True):
    """The outcomes with their fixes, all fixes as one, and what could not be worked out."""

    outcomes: list[Outcome]
    combined: Fix | None = None
    notices: tuple[str, ...] = ()


class Planned(Struct):
    """A repair as worked out on the project alone, and its verdict so far. ``copy``: the project with it. ``ran``: in a run of
    its own."""

    candidate: Candidate
    patch: Patch
    copy: Project
    verdict: Verdict | None = None
    ran: bool = False

    @property
    def is_symptom(self) -> bool:
        return bool(self.candidate.finding.symptom_of)

    @property
    def is_good(self) -> bool:
        return self.verdict is None or self.verdict.trial not in BAD


def treat(
    project: Project,
    checks: Sequence[Check],
    outcomes: list[Outcome],
    evidence: Evidence,
    examine: Examine,
    judge: Judge,
    trials: Trials | None = None,
    depth: Fixes = Fixes.TRIED,
    safe_only: bool = False,
) -> Treatment:
    """Fix what was found, as far as ``depth`` says. ``trials`` is None where nothing may run. With ``safe_only``, fixes that a
    person should read first are not part of the joint one."""
    candidates, notices = _candidates(checks, outcomes, evidence)
    if depth is Fixes.NAMED:
        named = {id(candidate.finding): _fix(candidate.repair.title, candidate.repair.safety) for candidate in candidates}
        return Treatment([_with_fixes(outcome, named) for outcome in outcomes], notices=notices)
    planned, left_out = _planned(project, candidates)
    combined = None
    if depth is Fixes.TRIED and planned:
        ward = _Ward(project, checks, outcomes, examine, judge, trials, safe_only)
        combined = ward.treat(planned)
        left_out += ward.notices
    fixes = {
        id(one.candidate.finding): _fix(one.candidate.repair.title, one.candidate.repair.safety, one.patch, one.verdict)
        for one in planned
        if one.verdict is None or one.verdict.trial is not Trial.FAILED
    }
    return Treatment([_with_fixes(outcome, fixes) for outcome in outcomes], combined, notices + left_out)


class _Ward:
    """The trials of one project's fixes. What reading alone finds and all evidence refutes stays as it is."""

    def __init__(
        self,
        project: Project,
        checks: Sequence[Check],
        outcomes: Sequence[Outcome],
        examine: Examine,
        judge: Judge,
        trials: Trials | None,
        safe_only: bool,
    ) -> None:
        self._project = project
        self._checks = {check.id: check for check in checks}
        self._examine = examine
        self._judge = judge
        self._trials = trials
        self._safe_only = safe_only
        self._known: dict[frozenset[tuple[str, str]], tuple[Evidence, list[Outcome]]] = {}
        self._before = self._reread(project)[1]
        found = {outcome.check for outcome in outcomes if outcome.findings}
        self._refuted = {outcome.check for outcome in self._before if outcome.findings} - found
        self._treated: set[str] = set()
        self.notices: tuple[str, ...] = ()

    def treat(self, planned: list[Planned]) -> Fix | None:
        """Give each fix its verdict; the good ones together, with theirs."""
        self._treated = {one.candidate.finding.check for one in planned}
        for one in planned:
            one.verdict = self._read([one.candidate], one.copy)
        alone = len(planned) == 1
        for one in sorted(planned, key=self._promise):
            if self._can_compare and not alone and one.candidate.effect is Effect.TRAINING and one.is_good:
                self._try_alone(one)
        combined = self._together(planned)
        if combined and combined.verdict and combined.verdict.trial in BAD and not alone:
            for one in planned:
                if one.is_good and not one.ran:
                    self._try_alone(one)
            if not all(one.is_good for one in planned):
                combined = self._together(planned)
        for one in planned:
            if one.verdict and one.verdict.trial is Trial.FAILED:
                found = one.candidate.finding.check
                self.notices += (f"{found}: a fix failed its trial and is not shown: {one.verdict.reason}",)
        return combined

    def _promise(self, one: Planned) -> tuple[bool, int, float]:
        """Sorts the fixes first whose run promises most, since there may not be time for all."""
        expected = self._checks[one.candidate.finding.check].expected
        return one.is_symptom, one.candidate.finding.severity.rank, -expected.gain if expected else 0.0

    @property
    def _can_compare(self) -> bool:
        return self._trials is not None and self._trials.can_compare

    def _reread(self, copy: Project) -> tuple[Evidence, list[Outcome]]:
        """What reading shows of a copy; of each text once, for a large project takes seconds."""
        key = frozenset(copy.changed.items())
        if key not in self._known:
            evidence = self._examine(copy)
            self._known[key] = evidence, self._judge(copy, evidence)
        return self._known[key]

    def _read(self, candidates: Sequence[Candidate], copy: Project) -> Verdict:
        return by_reading(candidates, self._before, self._reread(copy)[1])

    def _try_alone(self, one: Planned) -> None:
        """In a run of its own, if there is time left for the run of all together after it."""
        assert one.verdict is not None
        if self._trials is None or not self._trials.can_run:
            return
        if not self._trials.has_time(2):
            one.verdict = replace(one.verdict, reason=f"{one.verdict.reason}; {UNTRIED}")
            return
        started = time.monotonic()
        one.verdict, _ = self._trials.of([one.candidate], one.verdict, one.copy, kept=1)
        one.verdict = replace(one.verdict, seconds=round(time.monotonic() - started, 1))
        one.ran = True

    def _together(self, planned: Sequence[Planned]) -> Fix | None:
        """All good fixes in one copy, and the verdict of its own run: gains are not added up."""
        started = time.monotonic()
        good = [one for one in planned if one.is_good and self._is_recommended(one.candidate)]
        copy, applied, apart = self._in_turn(good)
        if not applied:
            return None
        candidates = [one.candidate for one in applied]
        verdict, again = self._read(candidates, copy), None
        if self._trials is not None and verdict.trial is not Trial.FAILED:
            if self._trials.has_time() or not self._trials.can_run:
                verdict, again = self._trials.of(candidates, verdict, copy)
            else:
                verdict = replace(verdict, reason=f"{verdict.reason}; {UNTRIED}")
        if verdict.trial is Trial.NO_EFFECT and any(candidate.effect is Effect.EPOCHS for candidate in candidates):
            verdict = replace(verdict, reason=f"{verdict.reason} {SLOWED}")
        if apart:
            names = ", ".join(one.candidate.repair.title for one in apart)
            verdict = replace(verdict, reason=f"{verdict.reason} (left out, as they change the same lines: {names})")
        verdict = replace(verdict, seconds=round(time.monotonic() - started, 1))
        self._tell_each(applied, verdict)
        return self._combined(applied, copy, replace(verdict, exhibits=self._side_by_side(again)))

    def _is_recommended(self, candidate: Candidate) -> bool:
        """Mere advice that rewrites code and does nothing for the trained weights is offered by itself."""
        if candidate.repair.safety is Safety.SAFE:
            return True
        is_advice = candidate.finding.severity is Severity.NOTE and candidate.effect is Effect.REPORT
        return not is_advice and not self._safe_only

    def _tell_each(self, applied: Sequence[Planned], joint: Verdict) -> None:
        """What the joint run says of a fix that had none of its own: of a single one all, of several that they are silent. Its
        worth in the frozen features was measured without a run."""
        if len(applied) == 1 and not applied[0].ran:
            applied[0].verdict = joint
            return
        for one in applied:
            if not one.ran and one.verdict is not None and joint.ran and joint.checks_silent:
                effect = one.candidate.effect
                unmeasured = f"its own gain was not measured: {UNTRIED}" if self._can_compare else "its gain was not measured"
                claim = NOT_IN_TRAINING.get(effect, unmeasured)
                reason = f"the finding is gone and nothing new appeared when {TOGETHER}; {claim}"
                keeps = one.verdict.trial in (Trial.PROVED, Trial.HARMFUL, Trial.NO_EFFECT)
                trial = one.verdict.trial if keeps else Trial.SILENCED
                text = one.verdict.reason if keeps else reason
                verdict = replace(one.verdict, trial=trial, reason=text, checks_silent=True, ran=True)
                one.verdict = self._trials.with_features(verdict, one.candidate.finding) if self._trials else verdict

    def _combined(self, applied: Sequence[Planned], copy: Project, verdict: Verdict) -> Fix:
        careful = any(one.candidate.repair.safety is Safety.REVIEW for one in applied)
        title = f"All {len(applied)} fixes together" if len(applied) > 1 else applied[0].candidate.repair.title
        return _fix(title, Safety.REVIEW if careful else Safety.SAFE, difference(self._project, copy), verdict)

    def _side_by_side(self, again: Gathered | None) -> tuple[Exhibit, ...]:
        return self._trials.side_by_side(again) if self._trials is not None and again is not None else ()

    def _in_turn(self, planned: Sequence[Planned]) -> tuple[Project, list[Planned], list[Planned]]:
        """The project with one repair after the other, each worked out anew on what the ones before have left; those that are in
        it, and those that found no place any more or would undo an earlier one.

        So a generator that one fix adds has the normalisation that another corrects. A finding that reading alone does not show
        keeps its repair as it is, and goes first, while its places still hold. Symptoms come after their causes, whose repair may
        be all that they need; whether it is, only reading can tell, and where that cannot the symptom is left as it is.
        """
        readable = {finding.check for outcome in self._before for finding in outcome.findings}
        project = self._project
        applied: list[Planned] = []
        apart: list[Planned] = []
        for one in sorted(planned, key=lambda one: (one.is_symptom, one.candidate.finding.check in readable)):
            found = one.candidate.finding.check
            repairs = [one.candidate.repair]
            if found not in readable and one.candidate.finding.symptom_of in {done.candidate.finding.check for done in applied}:
                continue
            if found in readable and project.changed:
                evidence, outcomes = self._reread(project)
                left = [outcome for outcome in outcomes if outcome.check == found]
                again, _ = _candidates([self._checks[found]], left, evidence)
                repairs = [candidate.repair for candidate in again[:1]]
            patch = plan(project, repairs)
            further = project.with_changes(patch.files)
            together = [*(done.candidate for done in applied), one.candidate]
            if patch.files and self._read(together, further).trial is not Trial.FAILED:
                project = further
                applied.append(one)
            elif repairs:
                apart.append(one)
        return self._followed_up(project) if applied else project, applied, apart

    def _followed_up(self, project: Project) -> Project:
        """The project with the repairs that only the others made possible (of an output that can be judged at last, say), so that
        applying all of it again changes nothing."""
        known = self._treated | self._refuted
        for _ in range(MOST_ROUNDS):
            evidence, outcomes = self._reread(project)
            left = [outcome for outcome in outcomes if outcome.check not in known]
            candidates, _ = _candidates(list(self._checks.values()), left, evidence)
            wanted = [candidate for candidate in candidates if self._is_recommended(candidate)]
            patch = plan(project, [candidate.repair for candidate in wanted])
            further = project.with_changes(patch.files)
            if not patch.files or self._read(wanted, further).trial is Trial.FAILED:
                break
            project = further
        return project


def _candidates(checks: Sequence[Check], outcomes: list[Outcome], evidence: Evidence) -> tuple[list[Candidate], tuple[str, ...]]:
    """The repairs of all findings, those of the most severe ones first."""
    by_id = {check.id: check for check in checks}
    candidates, notices, surroundings = [], [], Surroundings(evidence)
    for finding in sorted((f for outcome in outcomes for f in outcome.findings), key=lambda f: f.severity.rank):
        check = by_id[finding.check]
        try:
            repair = check.fix(finding, surroundings.of(finding))
        except Exception as error:  # noqa: BLE001 - a third party's check may raise anything; the finding stands without a fix
            notices.append(f"{finding.check}: its fix failed: {type(error).__name__}: {error}")
            continue
        if repair is not None:
            candidates.append(Candidate(finding, repair, repair.effect or check.effect))
    return candidates, tuple(notices)


def _planned(project: Project, candidates: Sequence[Candidate]) -> tuple[list[Planned], tuple[str, ...]]:
    """Each repair worked out on the project as it is, in the order of ``candidates``; and what could not be."""
    patches: dict[int, Patch] = {}
    for candidate in sorted(candidates, key=lambda candidate: sorted(paths_of(candidate.repair))):
        patches[id(candidate)] = plan(project, [candidate.repair])  # one file after another: each is parsed once
    planned, notices = [], []
    for candidate in candidates:
        patch = patches[id(candidate)]
        if patch.files:
            planned.append(Planned(candidate, patch, project.with_changes(patch.files)))
        else:
            reason = "; ".join(reason for _, reason in patch.left_out) or "it changes nothing"
            notices.append(f"{candidate.finding.check}: no fix was worked out: {reason}")
    return planned, tuple(notices)


def _fix(title: str, safety: Safety, patch: Patch | None = None, verdict: Verdict | None = None) -> Fix:
    if patch is None:
        return Fix(title=title, safety=safety, diff="")
    readable = patch.readable if patch.readable != patch.diff else ""
    return Fix(title=title, safety=safety, diff=patch.diff, readable=readable, edits=edits(patch), verdict=verdict)


def _with_fixes(outcome: Outcome, fixes: dict[int, Fix]) -> Outcome:
    findings = tuple(replace(f, fix=fixes[id(f)]) if id(f) in fixes else f for f in outcome.findings)
    return replace(outcome, findings=findings)
