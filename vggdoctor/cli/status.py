"""What a command ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vggdoctor.cli.arguments import FailOn

if TYPE_CHECKING:
    from vggdoctor.schema import AuditResult

OK, FOUND, BAD_INPUT, AUDIT_FAILED, INTERRUPTED = 0, 1, 2, 3, 130


def status_of(result: AuditResult, fail_on: FailOn) -> int:
    """1 for findings at or above the threshold; else 3 if a check crashed or the source could not be read: that is no pass."""
    from vggdoctor.schema import Severity, Status

    worst = result.worst()
    if fail_on is not FailOn.NEVER and worst is not None and worst.rank <= Severity(fail_on.value).rank:
        return FOUND
    crashed = any(outcome.status is Status.ERRORED for outcome in result.outcomes)
    return AUDIT_FAILED if crashed or result.gather["source"].status == "failed" else OK
