"""The trial of repairs: what the checks and the runs of the patched copy make of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from vggdoctor.fixing import Candidate, Rerun, Samples, gain_of, verify, verify_all
from vggdoctor.project import Project
from vggdoctor.schema import (
    Confidence,
    Finding,
    Location,
    Outcome,
    RemoveArgument,
    Repair,
    SetArgument,
    Severity,
    Status,
    Trial,
)

SOURCE = "compile(rate=1)\nfit(epochs=1)\n"
RATE, EPOCHS = Location("train.py", 1, 1), Location("train.py", 2, 2)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "train.py").write_text(SOURCE)
    return Project(tmp_path)


def finding(check: str, fingerprint: str = "", severity: Severity = Severity.ERROR) -> Finding:
    return Finding(check=check, severity=severity, confidence=Confidence.HIGH, message=f"{check} hurts", fingerprint=fingerprint)


def outcome(check: str, *findings: Finding, status: Status | None = None, reason: str = "") -> Outcome:
    usual = Status.FAILED if findings else Status.PASSED
    return Outcome(check=check, status=status or usual, findings=findings, reason=reason)


def reread(project: Project) -> list[Outcome]:
    """Two checks that read text: a rate over 0.1, fewer than ten epochs."""
    text = project.sources["train.py"].text
    high = () if "rate=0.01" in text else (finding("high-rate", "high:" + text.splitlines()[0]),)
    few = () if "epochs=10" in text else (finding("few-epochs", severity=Severity.WARNING),)
    return [outcome("high-rate", *high), outcome("few-epochs", *few), outcome("other")]


def better_rate(value: str = "0.01") -> Candidate:
    return Candidate(finding("high-rate", "high:compile(rate=1)"), Repair("rate", (SetArgument(RATE, "rate", value),)))


def more_epochs() -> Candidate:
    return Candidate(finding("few-epochs"), Repair("epochs", (SetArgument(EPOCHS, "epochs", "10"),)))


def run(*values: float, **more: object) -> Rerun:
    metrics = {"balanced accuracy": Samples(values), "loss": Samples(values, larger_is_better=False)}
    return Rerun(**{"reached_fit": True, "metrics": metrics, **more})  # type: ignore[arg-type]


def test_silenced_by_reading(project: Project) -> None:
    verdict = verify(project, [better_rate()], reread)
    assert (verdict.trial, verdict.checks_silent, verdict.ran, verdict.gain) == (Trial.SILENCED, True, None, None)
    assert (project.root / "train.py").read_text() == SOURCE


def test_failed_where_the_finding_stays_under_another_fingerprint(project: Project) -> None:
    verdict = verify(project, [better_rate("0.5")], reread)
    assert verdict.trial is Trial.FAILED
    assert verdict.reason == "high-rate still finds it on the patched copy: high-rate hurts"
    assert not verdict.checks_silent


def test_failed_where_another_with_that_fingerprint_stays(project: Project) -> None:
    def two(project: Project) -> list[Outcome]:
        left = [] if "rate=0.01" in project.sources["train.py"].text else [finding("high-rate", "second")]
        return [outcome("high-rate", finding("high-rate", "high:compile(rate=1)"), *left)]

    assert verify(project, [better_rate()], two).trial is Trial.FAILED


def test_failed_where_something_new_appears(project: Project) -> None:
    def worse(project: Project) -> list[Outcome]:
        new = (finding("other", severity=Severity.WARNING),) if "rate=0.01" in project.sources["train.py"].text else ()
        return [*reread(project)[:2], outcome("other", *new)]

    assert verify(project, [better_rate()], worse).reason == "other appears on the patched copy: other hurts"


def test_a_new_note_is_no_failure(project: Project) -> None:
    def noted(project: Project) -> list[Outcome]:
        new = (finding("other", severity=Severity.NOTE),) if "rate=0.01" in project.sources["train.py"].text else ()
        return [*reread(project)[:2], outcome("other", *new)]

    assert verify(project, [better_rate()], noted).trial is Trial.SILENCED


def test_what_was_undecided_before_is_not_new(project: Project) -> None:
    def decided_late(project: Project) -> list[Outcome]:
        is_patched = "rate=0.01" in project.sources["train.py"].text
        late = outcome("other", finding("other")) if is_patched else outcome("other", status=Status.NOT_RUN, reason="no time")
        return [*reread(project)[:2], late]

    assert verify(project, [better_rate()], decided_late).trial is Trial.SILENCED


def test_failed_where_a_check_breaks_or_nothing_is_understood(project: Project) -> None:
    def after(status: Status) -> Sequence[Outcome]:
        return [outcome(check, status=status, reason="boom") for check in ("high-rate", "few-epochs", "other")]

    def judged(status: Status, project: Project) -> Sequence[Outcome]:
        return after(status) if "rate=0.01" in project.sources["train.py"].text else reread(project)

    lost = verify(project, [better_rate()], lambda project: judged(Status.NOT_APPLICABLE, project))
    assert (lost.trial, lost.reason) == (Trial.FAILED, "the patched copy is no longer understood as a training")

    def broken(project: Project) -> Sequence[Outcome]:
        return [*reread(project)[:2], judged(Status.ERRORED, project)[2]]

    assert verify(project, [better_rate()], broken).reason == "other fails on the patched copy: boom"


def test_not_verifiable_where_the_check_cannot_decide(project: Project) -> None:
    def undecided(project: Project) -> list[Outcome]:
        is_patched = "rate=0.01" in project.sources["train.py"].text
        first = outcome("high-rate", status=Status.NOT_RUN, reason="no probe") if is_patched else reread(project)[0]
        return [first, *reread(project)[1:]]

    verdict = verify(project, [better_rate()], undecided)
    assert (verdict.trial, verdict.reason) == (Trial.NOT_VERIFIABLE, "high-rate did not decide on the patched copy: no probe")


def test_not_verifiable_where_reading_does_not_find_it_at_all(project: Project) -> None:
    candidate = Candidate(finding("measured-only"), better_rate().repair)
    verdict = verify(project, [candidate], reread)
    assert verdict.trial is Trial.NOT_VERIFIABLE
    assert "does not find it by reading alone" in verdict.reason


def test_a_run_decides_what_reading_cannot(project: Project) -> None:
    candidate = Candidate(finding("measured-only"), better_rate().repair)
    before = run(0.5, 0.6, 0.55, outcomes=(outcome("measured-only", finding("measured-only")),))
    after = run(0.8, 0.91, 0.85, outcomes=(outcome("measured-only"),))
    assert verify(project, [candidate], reread, lambda _: after, before).trial is Trial.PROVED
    still = run(0.8, 0.91, 0.85, outcomes=(outcome("measured-only", finding("measured-only")),))
    assert verify(project, [candidate], reread, lambda _: still, before).trial is Trial.FAILED


RUNS = {
    "proved": (run(0.8, 0.9, 0.85), run(0.5, 0.6, 0.56), Trial.PROVED),
    "harmful": (run(0.5, 0.6, 0.56), run(0.8, 0.9, 0.85), Trial.HARMFUL),
    "no effect": (run(0.5, 0.9, 0.6), run(0.6, 0.5, 0.7), Trial.NO_EFFECT),
    "one run only": (run(0.9), run(0.1), Trial.SILENCED),
    "nothing shared": (run(), Rerun(reached_fit=True, metrics={"time": Samples((1.0, 2.0))}), Trial.SILENCED),
    "random weights": (run(0.8, 0.9, 0.85, unclaimed="random weights"), run(0.5, 0.6, 0.56), Trial.SILENCED),
    "does not run": (Rerun(reached_fit=False, reason="NameError"), run(0.5, 0.6), Trial.FAILED),
    "never ran": (run(0.8, 0.9), Rerun(reached_fit=False, reason="no data"), Trial.SILENCED),
}


@pytest.mark.parametrize(("after", "before", "trial"), RUNS.values(), ids=RUNS.keys())
def test_runs(after: Rerun, before: Rerun, trial: Trial, project: Project) -> None:
    seen: list[str] = []

    def rerun(patched: Project) -> Rerun:
        seen.append(patched.sources["train.py"].text)
        return after

    verdict = verify(project, [better_rate()], reread, rerun, before)
    assert verdict.trial is trial
    assert verdict.checks_silent
    assert verdict.ran is (None if not before.reached_fit else after.reached_fit)
    assert (verdict.interval is not None) == (trial in (Trial.PROVED, Trial.HARMFUL, Trial.NO_EFFECT))
    assert seen == ([] if not before.reached_fit else [SOURCE.replace("rate=1", "rate=0.01")])
    assert {"does not run": "NameError", "never ran": "no data", "random weights": "random weights"}.get(
        next(name for name, case in RUNS.items() if case[0] is after), ""
    ) in verdict.reason


def test_the_numbers_of_a_gain(project: Project) -> None:
    verdict = verify(project, [better_rate()], reread, lambda _: run(0.8, 0.9, 0.85), run(0.5, 0.6, 0.56))
    assert verdict.metric == "balanced accuracy"
    assert (verdict.before, verdict.after) == (pytest.approx(0.55333333), pytest.approx(0.85))
    assert verdict.gain == pytest.approx(0.29666667)
    # Differences .3, .3, .29: mean .29667, deviation .0057735, t(2, .975) = 4.30265, half width .014342.
    assert verdict.interval == (pytest.approx(0.282324, abs=1e-6), pytest.approx(0.311009, abs=1e-6))
    assert verdict.how == "3 paired runs with the same seeds"


def test_a_loss_gains_by_falling_and_values_that_are_not_finite_do_not_count() -> None:
    gain = gain_of(Samples((2.0, 2.2, math.nan, 1.0)), Samples((1.0, 1.1, 1.0, math.inf), larger_is_better=False))
    assert gain is not None
    assert gain[0] == pytest.approx(1.05)
    assert gain_of(Samples((1.0, math.nan)), Samples((1.0, 1.0))) is None


def test_a_repair_that_cannot_be_done_has_failed(project: Project) -> None:
    impossible = Candidate(finding("high-rate"), Repair("gone", (RemoveArgument(RATE, "nothing"),)))
    verdict = verify(project, [impossible], reread)
    assert verdict.trial is Trial.FAILED
    assert verdict.reason == "gone: the call has no argument nothing"
    nothing = Candidate(finding("high-rate"), Repair("same", (SetArgument(RATE, "rate", "1"),)))
    assert verify(project, [nothing], reread).reason == "the repair changes nothing"


def test_each_alone_and_the_good_ones_together(project: Project) -> None:
    seen: list[str] = []

    def rerun(patched: Project) -> Rerun:
        seen.append(patched.sources["train.py"].text)
        return run(0.8, 0.9, 0.85)

    bad = better_rate("0.5")
    verdicts, joint = verify_all(project, [better_rate(), bad, more_epochs()], reread, rerun, run(0.5, 0.6, 0.56))
    assert [verdict.trial for verdict in verdicts] == [Trial.PROVED, Trial.FAILED, Trial.PROVED]
    assert joint is not None
    assert joint.trial is Trial.PROVED
    assert joint.gain == verdicts[0].gain
    assert seen[-1] == "compile(rate=0.01)\nfit(epochs=10)\n"
    assert len(seen) == 3


def test_one_alone_has_no_joint_verdict(project: Project) -> None:
    assert verify_all(project, [better_rate()], reread)[1] is None


def test_the_joint_verdict_says_what_was_left_out(project: Project) -> None:
    verdict = verify(project, [better_rate(), better_rate("0.001"), more_epochs()], reread)
    assert verdict.trial is Trial.SILENCED
    assert verdict.reason.endswith("(left out: rate: another repair changes the same place)")
