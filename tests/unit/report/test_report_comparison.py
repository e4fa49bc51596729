import io

import msgspec
import pytest
from report_samples import empty, imbalance_finding, outcome, rate_finding, rescale_finding, sample
from rich.console import Console

from vggdoctor.report import text
from vggdoctor.report.comparison import Change, Direction, compare
from vggdoctor.schema import AuditResult, Finding, Location, Measure, Outcome, Row, Section, Severity, Status

RESCALE = rescale_finding()


def with_findings(*findings: Finding, **changes: object) -> AuditResult:
    return empty(outcomes=tuple(outcome(finding, "t", "data") for finding in findings), **changes)


def passed(check: str) -> Outcome:
    return Outcome(check=check, status=Status.PASSED)


def test_findings_are_the_same_by_fingerprint_wherever_they_moved() -> None:
    moved = msgspec.structs.replace(RESCALE, locations=(Location("train.py", 99, 99),))
    found = compare(with_findings(RESCALE), with_findings(moved, rate_finding()))
    assert [finding.check for finding in found.new] == ["learning-rate-divergence"]
    assert (found.gone, found.kept, found.worst_new()) == ((), 1, Severity.ERROR)


def test_equal_code_at_two_places_counts_twice() -> None:
    second = msgspec.structs.replace(RESCALE, locations=(Location("train.py", 99, 99),))
    both = empty(outcomes=(msgspec.structs.replace(outcome(RESCALE, "t", "data"), findings=(RESCALE, second)),))
    assert len(compare(with_findings(RESCALE), both).new) == 1


@pytest.mark.parametrize(
    ("after", "is_gone"),
    [
        (passed(RESCALE.check), True),
        (Outcome(check=RESCALE.check, status=Status.NOT_APPLICABLE, reason="no backbone"), True),
        (Outcome(check=RESCALE.check, status=Status.NOT_RUN, reason="no time"), False),
        (Outcome(check=RESCALE.check, status=Status.ERRORED, reason="KeyError"), False),
        (passed("another-check"), False),
    ],
)
def test_a_finding_is_gone_only_where_its_check_came_to_a_result(after: Outcome, is_gone: bool) -> None:
    found = compare(with_findings(RESCALE), empty(outcomes=(after,)))
    assert (found.gone == (RESCALE,), found.unexamined == (RESCALE,)) == (is_gone, not is_gone)


def test_a_check_that_left_a_part_undecided_did_not_come_to_a_result() -> None:
    partly = msgspec.structs.replace(outcome(rate_finding(), "t", "data"), check=RESCALE.check, reason="a part is unknown")
    assert compare(with_findings(RESCALE), empty(outcomes=(partly,))).unexamined == (RESCALE,)


def test_measurements_of_one_name_have_a_direction() -> None:
    def measured(accuracy: float, loss: float, **more: Measure) -> AuditResult:
        return empty(measured={"balanced accuracy": Measure(accuracy), "validation loss": Measure(loss), **more})

    found = compare(measured(0.5, 0.4), measured(0.75, 0.6, steps=Measure(3)))
    assert sorted(found.measured, key=lambda change: change.name) == [
        Change("balanced accuracy", "0.5", "0.75", Direction.BETTER),
        Change("validation loss", "0.4", "0.6", Direction.WORSE),
    ]


def test_severity_settings_and_checks_that_changed_are_told() -> None:
    milder = msgspec.structs.replace(RESCALE, severity=Severity.WARNING)
    section = Section(title="Training 1: fit at train.py:40", rows=(Row(name="epochs", value="5"),))
    moved = Section(title="Training 1: fit at train.py:41", rows=(Row(name="epochs", value="50"),))
    found = compare(with_findings(RESCALE, sections=(section,)), with_findings(milder, sections=(moved,)))
    assert found.severities == (Change("rescale-only-preprocessing at train.py:9", "error", "warning", Direction.BETTER),)
    assert found.settings == (Change("Training 1: epochs", "5", "50"),)
    crashed = empty(outcomes=(Outcome(check="a", status=Status.ERRORED, reason="KeyError"),))
    assert compare(empty(outcomes=(passed("a"),)), crashed).checks == (Change("a", "passed", "errored", Direction.WORSE),)
    assert compare(crashed, empty(outcomes=(passed("a"),))).checks == (Change("a", "errored", "passed", Direction.BETTER),)


def test_an_audit_compared_with_itself_has_no_difference() -> None:
    found = compare(sample(), sample())
    assert found.is_same()
    assert printed(found) == "Nothing changed.\n"


def test_the_terminal_is_told_worse_before_better() -> None:
    before = with_findings(RESCALE, measured={"balanced accuracy": Measure(0.5)})
    after = with_findings(imbalance_finding(), measured={"balanced accuracy": Measure(0.75)})
    after.outcomes = (*after.outcomes, passed(RESCALE.check))
    assert [line for line in printed(compare(before, after)).splitlines() if line] == [
        "Worse",
        "    new: prepare.ipynb cell 7:4 warning class-imbalance: " + imbalance_finding().message,
        "Better",
        "    gone: train.py:9 error rescale-only-preprocessing: " + RESCALE.message,
        "    balanced accuracy: 0.5 → 0.75",
        "1 finding gone, 1 new, 0 as before.",
    ]


def printed(found) -> str:
    stream = io.StringIO()
    text.show_comparison(found, Console(file=stream))
    return stream.getvalue()
