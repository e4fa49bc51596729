"""The trial of repairs on a patched copy: is the finding gone, is nothing new there, does it run, and what is gained."""

from __future__ import annotations

import importlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from time import monotonic

from msgspec import Struct, structs

from vggdoctor.fixing.planning import plan
from vggdoctor.project import Project
from vggdoctor.schema import Finding, Outcome, Repair, Severity, Status, Trial, Verdict


class Candidate(Struct, frozen=True):
    """A repair, and the finding that it is to make go away."""

    finding: Finding
    repair: Repair


class Samples(Struct, frozen=True):
    """Repeated measurements of one quantity. Values of two runs are paired by index: same seed, same pictures.

    ``of`` says what was measured (so many pictures, after so many steps) and ``order`` labels the values: only samples that agree
    in both are compared.
    """

    values: tuple[float, ...]
    larger_is_better: bool = True
    how: str = ""
    of: str = ""
    order: tuple[int, ...] = ()


class Rerun(Struct, kw_only=True, frozen=True):
    """What capture and probe gave for one project.

    ``reached_fit`` is False with a ``reason`` where it stopped before. ``metrics``: those that can be compared between runs of
    the same seed and budget, the one that decides first. ``unclaimed`` says why no gain may be claimed from them (random weights
    ...), empty if it may. ``outcomes``: the checks on all evidence of this run, where they were made.
    """

    reached_fit: bool
    reason: str = ""
    metrics: dict[str, Samples] = {}
    unclaimed: str = ""
    outcomes: tuple[Outcome, ...] = ()


Reread = Callable[[Project], Sequence[Outcome]]
Runner = Callable[[Project], Rerun]


def verify(
    project: Project,
    candidates: Sequence[Candidate],
    reread: Reread,
    rerun: Runner | None = None,
    baseline: Rerun | None = None,
) -> Verdict:
    """Try the repairs of all ``candidates`` together on a patched copy that is not on disk.

    1. They are planned: the result parses (else the repair is left out, and the trial has failed).
    2. ``reread`` reads the original and the patched project with all checks: the findings are gone, and no check has more
       errors or warnings than before. With the findings gone there is nothing left to repair: applying again changes nothing.
    3. With ``rerun``, the patched project is run: it reaches fit, its own outcomes (if it has any) confirm 2, and the first
       metric that it shares with ``baseline`` is compared.

    The verdict of several candidates is that of the joint run: gains are never added up. Of several, one whose repair cannot
    stand beside an earlier one is left out, and the reason says so.
    """
    started = monotonic()
    patch = plan(project, [candidate.repair for candidate in candidates])
    left_out = "; ".join(f"{repair.title}: {reason}" for repair, reason in patch.left_out)
    if not patch.files or (left_out and len(candidates) == 1):
        return Verdict(trial=Trial.FAILED, reason=left_out or "the repair changes nothing", seconds=monotonic() - started)
    refused = [repair for repair, _ in patch.left_out]
    done = [candidate for candidate in candidates if candidate.repair not in refused]
    verdict = try_copy(done, project, project.with_changes(patch.files), reread, rerun, baseline)
    reason = f"{verdict.reason} (left out: {left_out})" if left_out else verdict.reason
    return _with(verdict, reason=reason, seconds=monotonic() - started)


def try_copy(
    candidates: Sequence[Candidate],
    project: Project,
    patched: Project,
    reread: Reread,
    rerun: Runner | None,
    baseline: Rerun | None,
) -> Verdict:
    """Steps 2 and 3 of :func:`verify` on a copy to which the repairs of ``candidates`` were applied already."""
    read = _compared(candidates, reread(project), reread(patched))
    if read.trial is Trial.FAILED or rerun is None or baseline is None:
        return read
    if not baseline.reached_fit:
        unrun = f"{read.reason}; not run, as the original does not reach fit: {baseline.reason}"
        return _with(read, reason=unrun)
    return _ran(candidates, read, rerun(patched), baseline)


def verify_all(
    project: Project,
    candidates: Sequence[Candidate],
    reread: Reread,
    rerun: Runner | None = None,
    baseline: Rerun | None = None,
) -> tuple[list[Verdict], Verdict | None]:
    """Each candidate alone, and all together that are to be recommended: those that neither failed nor did harm.

    The joint verdict is None where fewer than two are left.
    """
    verdicts = [verify(project, [candidate], reread, rerun, baseline) for candidate in candidates]
    good = [
        candidate
        for candidate, verdict in zip(candidates, verdicts, strict=True)
        if verdict.trial not in (Trial.FAILED, Trial.HARMFUL)
    ]
    return verdicts, verify(project, good, reread, rerun, baseline) if len(good) > 1 else None


def gain_of(before: Samples, after: Samples) -> tuple[float, tuple[float, float]] | None:
    """The mean paired difference, positive where ``after`` is better, and its 95 % interval (Student's t, n - 1 degrees).

    None where there are fewer than two pairs of finite values.
    """
    sign = 1.0 if after.larger_is_better else -1.0
    pairs = zip(before.values, after.values, strict=False)
    differences = [sign * (new - old) for old, new in pairs if math.isfinite(old) and math.isfinite(new)]
    if len(differences) < 2:
        return None
    mean = math.fsum(differences) / len(differences)
    variance = math.fsum((difference - mean) ** 2 for difference in differences) / (len(differences) - 1)
    # SciPy loads only where there is something to compare.
    quantile = float(importlib.import_module("scipy.special").stdtrit(len(differences) - 1, 0.975))
    half = quantile * math.sqrt(variance / len(differences))
    return mean, (mean - half, mean + half)


def _compared(candidates: Sequence[Candidate], before: Sequence[Outcome], after: Sequence[Outcome]) -> Verdict:
    """What the checks say of the patched copy against what they say of the original, on the same kinds of evidence."""
    if any(map(_has_judged, before)) and not any(map(_has_judged, after)):
        return Verdict(trial=Trial.FAILED, reason="the patched copy is no longer understood as a training")
    trouble = _still_there(candidates, before, after) or _new_trouble(before, after)
    if trouble:
        return Verdict(trial=Trial.FAILED, reason=trouble)
    undecided = _undecided(candidates, before, after)
    if undecided:
        return Verdict(trial=Trial.NOT_VERIFIABLE, reason=undecided)
    return Verdict(
        trial=Trial.SILENCED, reason="the finding is gone and nothing new appeared; no gain was measured", checks_silent=True
    )


def _ran(candidates: Sequence[Candidate], read: Verdict, run: Rerun, baseline: Rerun) -> Verdict:
    if not run.reached_fit:
        return _with(read, trial=Trial.FAILED, reason=f"the patched copy does not reach fit: {run.reason}", ran=False)
    if run.outcomes and baseline.outcomes:
        read = _compared(candidates, baseline.outcomes, run.outcomes)
    read = _with(read, ran=True)
    if read.trial is not Trial.SILENCED:
        return read
    unclaimed = run.unclaimed or baseline.unclaimed
    if unclaimed:
        return _with(read, reason=f"the finding is gone and it runs; no gain is claimed: {unclaimed}")
    shared = next((name for name in baseline.metrics if name in run.metrics), None)
    if shared and baseline.metrics[shared].of != run.metrics[shared].of:
        return _with(read, reason=f"the finding is gone and it runs; not comparable: {_unlike(baseline, run, shared)}")
    if shared and baseline.metrics[shared].order != run.metrics[shared].order:
        return _with(read, reason="the finding is gone and it runs; the two runs read other validation pictures")
    measured = gain_of(baseline.metrics[shared], run.metrics[shared]) if shared else None
    if shared is None or measured is None:
        return _with(read, reason="the finding is gone and it runs; there was nothing to compare the gain by")
    return _judged(read, shared, baseline.metrics[shared], run.metrics[shared], *measured)


def _unlike(baseline: Rerun, run: Rerun, metric: str) -> str:
    return f"{baseline.metrics[metric].of} before, {run.metrics[metric].of} now"


def _judged(read: Verdict, metric: str, before: Samples, after: Samples, gain: float, interval: tuple[float, float]) -> Verdict:
    low, high = interval
    pairs = min(len(before.values), len(after.values))
    if low > 0:
        trial, reason = Trial.PROVED, f"{metric} is better by {gain:.3g}, 95 % interval {low:.3g} to {high:.3g}"
    elif high < 0:
        trial, reason = Trial.HARMFUL, f"{metric} is worse by {-gain:.3g}, 95 % interval {-high:.3g} to {-low:.3g}"
    else:
        trial, reason = (
            Trial.NO_EFFECT,
            f"{metric} differs by {gain:.3g}, 95 % interval {low:.3g} to {high:.3g}: no effect is shown",
        )
    return _with(
        read,
        trial=trial,
        reason=reason,
        metric=metric,
        before=_mean(before.values),
        after=_mean(after.values),
        gain=gain,
        interval=interval,
        how=after.how or f"{pairs} paired runs with the same seeds",
    )


def _still_there(candidates: Sequence[Candidate], before: Sequence[Outcome], after: Sequence[Outcome]) -> str:
    """A finding that stays. Findings are told apart by their fingerprint where they have one; a check must find fewer in any
    case, for an edit on the spot changes the fingerprint of a fault that is still there."""
    expected = Counter(candidate.finding.check for candidate in candidates)
    for check, gone in expected.items():
        old, new = _findings(before, check), _findings(after, check)
        marks = {candidate.finding.fingerprint for candidate in candidates if candidate.finding.check == check} - {""}
        same = marks & {finding.fingerprint for finding in old} & {finding.fingerprint for finding in new}
        if old and (same or len(new) > len(old) - min(gone, len(old))):
            return f"{check} still finds it on the patched copy: {new[0].message}"
    return ""


def _undecided(candidates: Sequence[Candidate], before: Sequence[Outcome], after: Sequence[Outcome]) -> str:
    """Why a finding cannot be said to be gone: its check does not find it on this kind of evidence, or did not decide."""
    for check in dict.fromkeys(candidate.finding.check for candidate in candidates):
        if not _findings(before, check):
            return f"{check} does not find it by reading alone, so reading cannot show that it is gone"
        outcome = next((outcome for outcome in after if outcome.check == check), None)
        if outcome is None or outcome.status in (Status.NOT_RUN, Status.ERRORED):
            return f"{check} did not decide on the patched copy: {outcome.reason if outcome else 'it was not run'}"
    return ""


def _new_trouble(before: Sequence[Outcome], after: Sequence[Outcome]) -> str:
    """What was not there before. Of a check that did not decide on the original, nobody can say so."""
    for outcome in after:
        was = next((other.status for other in before if other.check == outcome.check), Status.NOT_RUN)
        if was in (Status.NOT_RUN, Status.ERRORED):
            continue
        old, new = (sum(map(_is_serious, found)) for found in (_findings(before, outcome.check), outcome.findings))
        if new > old:
            worst = next(finding for finding in outcome.findings if _is_serious(finding))
            return f"{outcome.check} appears on the patched copy: {worst.message}"
        if outcome.status is Status.ERRORED:
            return f"{outcome.check} fails on the patched copy: {outcome.reason}"
    return ""


def _findings(outcomes: Iterable[Outcome], check: str) -> tuple[Finding, ...]:
    return next((outcome.findings for outcome in outcomes if outcome.check == check), ())


def _has_judged(outcome: Outcome) -> bool:
    return outcome.status in (Status.PASSED, Status.FAILED)


def _is_serious(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE


def _mean(values: tuple[float, ...]) -> float:
    return math.fsum(values) / len(values)


def _with(verdict: Verdict, **changes: object) -> Verdict:
    return structs.replace(verdict, **changes)
