"""The verdict on repairs tried on a patched copy: is the finding gone, is nothing new there, does it run, what is gained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.fixing.comparison import Grid, compare, is_same, unlike
from vggdoctor.schema import Comparison, Effect, Finding, Outcome, Repair, Severity, Status, Trial, Verdict

NOT_IN_TRAINING = {
    Effect.EPOCHS: "it acts over whole epochs, which no short training shows: no gain is claimed",
    Effect.REPORT: "it changes what is measured, told or kept in memory, not the trained weights: there is no gain to claim",
}


FEW_STEPS = 32
"""Of a short training, under which a lower rate cannot be judged: it is meant to learn more slowly (ours)."""
LOWER = 0.5
"""Of the rate before: down to it, rates count as the same (ours)."""


class Candidate(Struct, frozen=True):
    """A repair, the finding that it is to make go away, and where it acts."""

    finding: Finding
    repair: Repair
    effect: Effect = Effect.TRAINING


class Run(Struct, kw_only=True, frozen=True):
    """What capture and probe gave for one project.

    ``reached_fit`` is False with a ``reason`` where it stopped before. ``metrics``: what can be compared between runs of the same
    seed and budget, by name, the one that decides first. ``unclaimed`` says why no gain may be claimed from them (random weights
    ...), empty if it may. ``outcomes``: the checks on all evidence of this run, where they were made. ``rate``: the learning rate
    of the ``steps`` steps of its short training, 0 where there was none; ``unmeasured`` says why.
    """

    reached_fit: bool
    reason: str = ""
    metrics: dict[str, Grid] = {}
    unclaimed: str = ""
    outcomes: tuple[Outcome, ...] = ()
    rate: float = 0.0
    steps: int = 0
    unmeasured: str = ""


def by_reading(candidates: Sequence[Candidate], before: Sequence[Outcome], after: Sequence[Outcome]) -> Verdict:
    """What the checks say of the patched copy against what they say of the original, on the same kinds of evidence.

    The findings are gone, and no check has more errors or warnings than before. With the findings gone there is nothing left to
    repair: applying again changes nothing.
    """
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


def by_running(candidates: Sequence[Candidate], read: Verdict, run: Run, baseline: Run) -> Verdict:
    """The verdict ``read`` of reading, with what the run of the patched copy adds: it reaches fit, its own outcomes (if it has
    any) say the same, and what it measured is compared with the ``baseline``."""
    if not baseline.reached_fit:
        return replace(read, reason=f"{read.reason}; not run, as the original does not reach fit: {baseline.reason}")
    if not run.reached_fit:
        return replace(read, trial=Trial.FAILED, reason=f"the patched copy does not reach fit: {run.reason}", ran=False)
    if run.outcomes and baseline.outcomes:
        read = by_reading(candidates, baseline.outcomes, run.outcomes)
    read = replace(read, ran=True)
    if read.trial is not Trial.SILENCED:
        return read
    effects = {candidate.effect for candidate in candidates}
    if Effect.TRAINING not in effects:
        return _silent(read, "; ".join(NOT_IN_TRAINING[effect] for effect in Effect if effect in effects))
    unclaimed = run.unclaimed or baseline.unclaimed
    if unclaimed:
        return _silent(read, f"no gain is claimed: {unclaimed}")
    return _measured(read, run, baseline)


def decided(verdict: Verdict, deciding: Comparison, *others: Comparison) -> Verdict:
    """The verdict with what was compared: proved or harmful where the interval of ``deciding`` leaves 0 out."""
    trial = {1: Trial.PROVED, 0: Trial.NO_EFFECT, -1: Trial.HARMFUL}[deciding.direction]
    return replace(
        verdict,
        trial=trial,
        reason=_told(deciding),
        metric=deciding.metric,
        before=deciding.before,
        after=deciding.after,
        gain=deciding.gain,
        interval=deciding.interval,
        how=deciding.how,
        also=others,
    )


def _measured(read: Verdict, run: Run, baseline: Run) -> Verdict:
    """The first metric decides; the next ones where it shows no effect and they show a good one. A loss that rises alone does not
    make a fix harmful: a regularised network often loses in a short training what it gains in a long one."""
    shared = {name: (grid, run.metrics[name]) for name, grid in baseline.metrics.items() if name in run.metrics}
    if not shared:
        why = run.unmeasured or baseline.unmeasured
        return _silent(read, f"there was nothing to compare the gain by{': ' if why else ''}{why}")
    apart = {name: unlike(*grids) for name, grids in shared.items()}
    reasons = [reason for reason in apart.values() if reason]
    alike = {name: grids for name, grids in shared.items() if not apart[name]}
    if not alike:
        return _silent(read, reasons[0])
    if all(is_same(*grids) for grids in alike.values()):
        return replace(
            _silent(read, "the short training came out the same, so it does not change that part of the training"),
            trial=Trial.NO_EFFECT,
        )
    found = [compared for name, grids in alike.items() if (compared := compare(name, *grids))]
    if not found:
        return _silent(read, "there was too little to compare the gain by")
    first = found[0]
    deciding = first if first.direction else next((one for one in found if one.direction > 0), first)
    if deciding.direction <= 0 and run.steps < FEW_STEPS and 0 < run.rate < LOWER * baseline.rate:
        return _silent(
            read, f"{run.steps} steps are too few to tell what a learning rate of {run.rate:.2g} gains over {baseline.rate:.2g}"
        )
    return decided(read, deciding, *(one for one in found if one is not deciding))


def _silent(read: Verdict, reason: str) -> Verdict:
    return replace(read, reason=f"the finding is gone and it runs; {reason}")


def _told(compared: Comparison) -> str:
    low, high = compared.interval
    if compared.direction > 0:
        return f"{compared.metric} is better by {compared.gain:.3g}, 95 % interval {low:.3g} to {high:.3g}"
    if compared.direction < 0:
        return f"{compared.metric} is worse by {-compared.gain:.3g}, 95 % interval {-high:.3g} to {-low:.3g}"
    return f"{compared.metric} differs by {compared.gain:.3g}, 95 % interval {low:.3g} to {high:.3g}: no effect is shown"


def _still_there(candidates: Sequence[Candidate], before: Sequence[Outcome], after: Sequence[Outcome]) -> str:
    """A finding that stays. Findings are told apart by their fingerprint where they have one; a check must find fewer in any
    case, for an edit on the spot changes the fingerprint of a fault that is still there."""
    expected = Counter(candidate.finding.check for candidate in candidates)
    for check, gone in expected.items():
        old, new = _findings(before, check), _findings(after, check)
        old_marks, new_marks = _marks(old), _marks(new)
        wanted = _marks(candidate.finding for candidate in candidates if candidate.finding.check == check)
        same = any(
            new_marks[mark] > old_marks[mark] - min(count, old_marks[mark]) for mark, count in wanted.items() if old_marks[mark]
        )
        if old and (same or len(new) > len(old) - min(gone, len(old))):
            return f"{check} still finds it on the patched copy: {new[0].message}"
    return ""


def _marks(findings: Iterable[Finding]) -> Counter[str]:
    """How often each fingerprint occurs, without the number that tells equal ones apart: those are counted anew in a copy."""
    return Counter(finding.fingerprint.split("-")[0] for finding in findings if finding.fingerprint)


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
    """What was not there before. Of a check that did not decide on the original, nobody can say so; and advice that weighs more
    on the copy is no new fault (a network that learns better is also the one that shows overfitting)."""
    for outcome in after:
        was = next((other.status for other in before if other.check == outcome.check), Status.NOT_RUN)
        if was in (Status.NOT_RUN, Status.ERRORED):
            continue
        known = _findings(before, outcome.check)
        old, new = (sum(map(_is_serious, found)) for found in (known, outcome.findings))
        if new > old and len(outcome.findings) > len(known):
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
