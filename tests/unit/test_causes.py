"""Symptoms go under their cause, in one place."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.causes import explained
from vggdoctor.check import Check, Said
from vggdoctor.evidence import Evidence, Recipe
from vggdoctor.schema import Confidence, Finding, Location, Outcome, Severity, Status

EVIDENCE = Evidence(recipe=Recipe())


class Named(Check):
    title, area, severity = "t", "model", Severity.NOTE

    def __init__(self, id: str, *named: str) -> None:
        self.id = id  # type: ignore[misc]
        self._named = named

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from ()

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        return self._named


class Broken(Named):
    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        raise ValueError("no")


def outcome(check: str, severity: Severity, path: str = "train.py") -> Outcome:
    finding = Finding(check=check, severity=severity, confidence=Confidence.HIGH, message="m", locations=(Location(path, 1, 1),))
    return Outcome(check=check, status=Status.FAILED, findings=(finding,))


def told(checks: list[Check], *outcomes: Outcome) -> dict[str, tuple[str, Severity]]:
    return {
        o.check: (f.symptom_of, f.severity) for o in explained(checks, outcomes, lambda finding: EVIDENCE) for f in o.findings
    }


def test_a_symptom_names_its_cause_which_is_at_least_as_grave() -> None:
    found = told(
        [Named("rate"), Named("constant", "zeros", "rate")], outcome("rate", Severity.NOTE), outcome("constant", Severity.ERROR)
    )
    assert found == {"rate": ("", Severity.ERROR), "constant": ("rate", Severity.ERROR)}


def test_the_likeliest_cause_that_was_found_counts_and_without_one_nothing_changes() -> None:
    checks: list[Check] = [Named("rate"), Named("zeros"), Named("constant", "zeros", "rate")]
    both = told(checks, outcome("rate", Severity.WARNING), outcome("zeros", Severity.WARNING), outcome("constant", Severity.NOTE))
    assert both["constant"] == ("zeros", Severity.NOTE)
    assert both["zeros"] == ("", Severity.WARNING)
    assert told(checks, outcome("constant", Severity.ERROR)) == {"constant": ("", Severity.ERROR)}


def test_a_chain_ends_at_its_root_and_a_ring_comes_to_an_end() -> None:
    chain: list[Check] = [Named("a"), Named("b", "a"), Named("c", "b")]
    found = told(chain, *(outcome(name, Severity.WARNING) for name in "abc"))
    assert [found[name][0] for name in "abc"] == ["", "a", "a"]
    ring: list[Check] = [Named("a", "b"), Named("b", "a")]
    assert len(told(ring, outcome("a", Severity.NOTE), outcome("b", Severity.NOTE))) == 2


def test_a_fault_in_another_file_explains_nothing() -> None:
    checks: list[Check] = [Named("rate"), Named("constant", "rate")]
    found = told(checks, outcome("rate", Severity.NOTE, "other.py"), outcome("constant", Severity.ERROR))
    assert found["constant"] == ("", Severity.ERROR)


def test_a_check_that_fails_to_name_causes_keeps_its_finding() -> None:
    checks: list[Check] = [Named("rate"), Broken("constant")]
    assert told(checks, outcome("rate", Severity.NOTE), outcome("constant", Severity.ERROR))["constant"] == ("", Severity.ERROR)
