"""When an audit counts as passed in a test suite, and what is said when it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vggdoctor.schema import AuditResult, Finding, Outcome, Severity, Status


def assert_sound(result: AuditResult, fail_on: Severity, asked: Sequence[str] = ()) -> None:
    """Raises AssertionError with all that is wrong. ``asked``: checks that must have come to an answer."""
    problems = [problem for outcome in result.outcomes for problem in problems_of(outcome, fail_on)]
    problems += [
        f"{outcome.check} could not be determined: {outcome.reason}"
        for outcome in result.outcomes
        if outcome.check in asked and outcome.status is Status.NOT_RUN
    ]
    if problems:
        raise AssertionError("\n\n".join(problems))


def problems_of(outcome: Outcome, fail_on: Severity) -> Iterator[str]:
    """Each finding that is severe enough, and a crash of the check."""
    if outcome.status is Status.ERRORED:
        yield f"{outcome.check} crashed: {outcome.reason}"
    yield from (told(finding) for finding in outcome.findings if finding.severity.rank <= fail_on.rank)


def told(finding: Finding) -> str:
    """A finding in a few lines of plain text."""
    lines = [f"{finding.check} ({finding.severity.value}): {finding.message}"]
    lines += [f"  at {place}" for place in finding.locations]
    lines += [f"  fix: {finding.fix.title}"] if finding.fix else []
    return "\n".join([*lines, f"  more: vggdoctor explain {finding.check}"])
