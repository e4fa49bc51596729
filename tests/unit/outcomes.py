"""Outcomes of one made-up check, for the tests of what is done with them."""

from vggdoctor.schema import Confidence, Finding, Location, Outcome, Severity, Status


def outcome(*places: Location) -> Outcome:
    """A failed check with a finding at each place."""
    findings = tuple(
        Finding(check="some-fault", severity=Severity.ERROR, confidence=Confidence.HIGH, message="m", locations=(place,))
        for place in places
    )
    return Outcome(check="some-fault", status=Status.FAILED, findings=findings)
