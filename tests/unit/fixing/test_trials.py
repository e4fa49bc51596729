"""The trial of repairs: what the checks and the runs of the patched copy make of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from vggdoctor.fixing import Candidate, Grid, Run, by_reading, by_running, compare, plan
from vggdoctor.project import Project
from vggdoctor.schema import (
    Confidence,
    Effect,
    Finding,
    Location,
    Outcome,
    Repair,
    SetArgument,
    Severity,
    Status,
    Trial,
    Verdict,
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


def run(*values: float, **more: object) -> Run:
    """One training, and a value a picture."""
    metrics = {"balanced accuracy": Grid((values,))} if values else {}
    return Run(**{"reached_fit": True, "metrics": metrics, **more})  # type: ignore[arg-type]


def verify(
    project: Project,
    candidates: Sequence[Candidate],
    reread: Callable[[Project], Sequence[Outcome]],
    after: Run | None = None,
    before: Run | None = None,
) -> Verdict:
    patch = plan(project, [candidate.repair for candidate in candidates])
    read = by_reading(candidates, reread(project), reread(project.with_changes(patch.files)))
    return by_running(candidates, read, after, before) if after and before else read


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


def test_advice_that_weighs_more_on_the_copy_is_no_failure(project: Project) -> None:
    def graver(project: Project) -> list[Outcome]:
        severity = Severity.WARNING if "rate=0.01" in project.sources["train.py"].text else Severity.NOTE
        return [*reread(project)[:2], outcome("other", finding("other", severity=severity))]

    assert verify(project, [better_rate()], graver).trial is Trial.SILENCED


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
    assert verify(project, [candidate], reread, after, before).trial is Trial.PROVED
    still = run(0.8, 0.91, 0.85, outcomes=(outcome("measured-only", finding("measured-only")),))
    assert verify(project, [candidate], reread, still, before).trial is Trial.FAILED


RUNS = {
    "proved": (run(0.8, 0.9, 0.85), run(0.5, 0.6, 0.56), Trial.PROVED),
    "harmful": (run(0.5, 0.6, 0.56), run(0.8, 0.9, 0.85), Trial.HARMFUL),
    "no effect": (run(0.5, 0.9, 0.6), run(0.6, 0.5, 0.7), Trial.NO_EFFECT),
    "one picture only": (run(0.9), run(0.1), Trial.SILENCED),
    "nothing shared": (run(), Run(reached_fit=True, metrics={"time": Grid(((1.0, 2.0),))}), Trial.SILENCED),
    "random weights": (run(0.8, 0.9, 0.85, unclaimed="random weights"), run(0.5, 0.6, 0.56), Trial.SILENCED),
    "does not run": (Run(reached_fit=False, reason="NameError"), run(0.5, 0.6), Trial.FAILED),
    "never ran": (run(0.8, 0.9), Run(reached_fit=False, reason="no data"), Trial.SILENCED),
    "the same": (run(0.5, 0.6, 0.56), run(0.5, 0.6, 0.56), Trial.NO_EFFECT),
}


@pytest.mark.parametrize(("after", "before", "trial"), RUNS.values(), ids=RUNS.keys())
def test_runs(after: Run, before: Run, trial: Trial, project: Project) -> None:
    verdict = verify(project, [better_rate()], reread, after, before)
    name = next(name for name, case in RUNS.items() if case[0] is after)
    assert verdict.trial is trial
    assert verdict.checks_silent
    assert verdict.ran is (None if not before.reached_fit else after.reached_fit)
    assert (verdict.interval is not None) == (name in ("proved", "harmful", "no effect"))
    said = {
        "does not run": "NameError",
        "never ran": "no data",
        "random weights": "random weights",
        "the same": "came out the same",
    }
    assert said.get(name, "") in verdict.reason


@pytest.mark.parametrize("effect", [Effect.EPOCHS, Effect.REPORT])
def test_what_a_short_training_cannot_show_is_run_and_claims_no_gain(effect: Effect, project: Project) -> None:
    candidate = msgspec.structs.replace(better_rate(), effect=effect)
    verdict = verify(project, [candidate], reread, run(0.8, 0.9, 0.85), run(0.5, 0.6, 0.56))
    assert (verdict.trial, verdict.ran, verdict.gain) == (Trial.SILENCED, True, None)
    assert "gain" in verdict.reason


def test_the_numbers_of_a_gain(project: Project) -> None:
    verdict = verify(project, [better_rate()], reread, run(0.8, 0.9, 0.85), run(0.5, 0.6, 0.56))
    assert verdict.metric == "balanced accuracy"
    assert (verdict.before, verdict.after) == (pytest.approx(0.55333333), pytest.approx(0.85))
    assert verdict.gain == pytest.approx(0.29666667)
    # Differences .3, .3, .29: mean .29667, deviation .0057735, t(2, .975) = 4.30265, half width .014342.
    assert verdict.interval == (pytest.approx(0.282324, abs=1e-6), pytest.approx(0.311009, abs=1e-6))
    assert "covers pictures, not starts" in verdict.how


def test_where_accuracy_shows_nothing_a_lower_loss_decides_and_a_higher_one_does_not(project: Project) -> None:
    def both(accuracy: tuple[float, ...], loss: tuple[float, ...]) -> Run:
        return Run(reached_fit=True, metrics={"accuracy": Grid((accuracy,)), "loss": Grid((loss,), larger_is_better=False)})

    before = both((1.0, 0.0, 1.0, 1.0), (0.5, 0.6, 0.5, 0.6))
    lower = verify(project, [better_rate()], reread, both((1.0, 1.0, 0.0, 1.0), (0.2, 0.31, 0.2, 0.3)), before)
    assert (lower.trial, lower.metric) == (Trial.PROVED, "loss")
    assert [other.metric for other in lower.also] == ["accuracy"]
    higher = verify(project, [better_rate()], reread, both((1.0, 1.0, 0.0, 1.0), (0.9, 1.01, 0.9, 1.0)), before)
    assert (higher.trial, higher.metric) == (Trial.NO_EFFECT, "accuracy")
    assert higher.also[0].direction == -1


def test_a_lower_rate_is_not_judged_by_a_few_steps(project: Project) -> None:
    def verdict(after: float, rate: float, steps: int) -> Verdict:
        before = run(*[0.5] * 40, 0.6, rate=1e-3, steps=steps)
        return verify(project, [better_rate()], reread, run(*[after] * 40, after + 0.1, rate=rate, steps=steps), before)

    worse = verdict(0.3, 1e-5, 8)
    assert (worse.trial, worse.gain) == (Trial.SILENCED, None)
    assert "8 steps are too few to tell what a learning rate of 1e-05 gains over 0.001" in worse.reason
    assert verdict(0.3, 1e-5, 160).trial is Trial.HARMFUL
    assert verdict(0.3, 1e-3, 8).trial is Trial.HARMFUL
    assert verdict(0.9, 1e-5, 8).trial is Trial.PROVED


def test_runs_on_other_pictures_are_not_compared(project: Project) -> None:
    before = Run(reached_fit=True, metrics={"accuracy": Grid(((0.0, 1.0, 0.0),), order=(0, 1, 1))})
    after = Run(reached_fit=True, metrics={"accuracy": Grid(((1.0, 1.0, 1.0),), order=(0, 0, 1))})
    verdict = verify(project, [better_rate()], reread, after, before)
    assert (verdict.trial, verdict.gain) == (Trial.SILENCED, None)
    assert "other validation pictures" in verdict.reason


def test_an_interval_covers_pictures_and_starts() -> None:
    pictures_vary = compare("m", Grid(((0.0, 0.0, 0.0, 0.0),) * 3), Grid(((0.1, 0.2, 0.3, 0.4),) * 3))
    starts_vary = compare("m", Grid(((0.0,) * 4,) * 3), Grid(((0.1,) * 4, (0.2,) * 4, (0.3,) * 4)))
    both_vary = compare(
        "m", Grid(((0.0,) * 4,) * 3), Grid(tuple(tuple(a + b for a in (0.1, 0.2, 0.3, 0.4)) for b in (0.0, 0.1, 0.2)))
    )
    # Pictures: deviation .129099, n 4, t(3) 3.18245 -> .205424. Starts: .1, n 3, t(2) 4.30265 -> .248414.
    assert [compared and compared.gain for compared in (pictures_vary, starts_vary)] == [pytest.approx(0.25), pytest.approx(0.2)]
    assert pictures_vary and pictures_vary.interval[1] - pictures_vary.gain == pytest.approx(0.205424, abs=1e-5)
    assert starts_vary and starts_vary.interval[1] - starts_vary.gain == pytest.approx(0.248414, abs=1e-5)
    # Squared errors .0041667 + .0033333 = .0075; freedom .0075**2 / (.0041667**2 / 3 + .0033333**2 / 2) = 4.959; t 2.5765.
    assert both_vary and both_vary.interval[1] - both_vary.gain == pytest.approx(0.22313, abs=2e-4)
    assert "covers starts and pictures" in both_vary.how


def test_a_loss_gains_by_falling_and_values_that_are_not_finite_are_not_compared() -> None:
    fallen = compare("loss", Grid(((2.0, 2.2),)), Grid(((1.0, 1.1),), larger_is_better=False))
    assert fallen is not None
    assert fallen.gain == pytest.approx(1.05)
    assert compare("loss", Grid(((1.0, math.nan),)), Grid(((1.0, 1.0),))) is None


def test_one_of_two_equal_findings_may_stay_where_one_was_repaired(project: Project) -> None:
    def equal(project: Project) -> list[Outcome]:
        left = ["same"] if "rate=0.01" in project.sources["train.py"].text else ["same", "same-2"]
        return [outcome("high-rate", *(finding("high-rate", mark) for mark in left))]

    candidate = Candidate(finding("high-rate", "same"), better_rate().repair)
    assert verify(project, [candidate], equal).trial is Trial.SILENCED
    twice = [candidate, Candidate(finding("high-rate", "same-2"), better_rate().repair)]
    assert verify(project, twice, equal).trial is Trial.FAILED
