"""One order of findings, in every report: the most harmful first, a symptom under its cause."""

from vggdoctor.schema import (
    AuditResult,
    Confidence,
    Expectation,
    Finding,
    Fix,
    Outcome,
    Safety,
    Severity,
    Status,
    Tool,
    Trial,
    Verdict,
)


def proved(gain: float, metric: str = "balanced accuracy in the probe") -> Fix:
    verdict = Verdict(trial=Trial.PROVED, reason="", metric=metric, gain=gain)
    return Fix(title="t", safety=Safety.SAFE, diff="", verdict=verdict)


def outcome(
    check: str,
    fix: Fix | None = None,
    severity: Severity = Severity.ERROR,
    expected: float = 0.0,
    area: str = "model",
    symptom_of: str = "",
) -> Outcome:
    finding = Finding(check=check, severity=severity, confidence=Confidence.HIGH, message="", fix=fix, symptom_of=symptom_of)
    expectation = Expectation(expected, "somewhere") if expected else None
    return Outcome(check=check, status=Status.FAILED, findings=(finding,), expected=expectation, area=area)


def order(*outcomes: Outcome) -> list[str]:
    result = AuditResult(tool=Tool("t", "0"), project="", duration_s=0, environment={}, gather={}, outcomes=outcomes)
    return [finding.check for finding in result.findings()]


def test_severity_then_proved_gain_then_expected_gain() -> None:
    assert order(
        outcome("note", proved(0.9), Severity.NOTE),
        outcome("plain"),
        outcome("expected-little", expected=0.03),
        outcome("proved-less", proved(0.1)),
        outcome("expected", expected=0.09),
        outcome("proved", proved(0.2)),
    ) == ["proved", "proved-less", "expected", "expected-little", "plain", "note"]


def test_a_gain_in_loss_is_no_gain_in_accuracy() -> None:
    assert order(outcome("loss", proved(2.0, "loss in the probe")), outcome("proved", proved(0.1))) == ["proved", "loss"]


def test_what_the_installed_versions_refuse_comes_after_what_is_wrong() -> None:
    assert order(outcome("a-removed-name", area="environment"), outcome("wrong")) == ["wrong", "a-removed-name"]


def test_a_symptom_stands_under_its_cause_whatever_its_severity() -> None:
    assert order(
        outcome("b-symptom", symptom_of="root"),
        outcome("other"),
        outcome("root", severity=Severity.WARNING),
        outcome("orphan", symptom_of="not-found", severity=Severity.WARNING),
    ) == ["other", "orphan", "root", "b-symptom"]
