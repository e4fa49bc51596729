"""Runs checks over evidence; turns what they say into outcomes."""

from __future__ import annotations

from collections.abc import Iterable

from vggdoctor.check import Check
from vggdoctor.evidence import OPTIONAL, Evidence
from vggdoctor.schema import Finding, NotApplicable, Outcome, Status, Undetermined


def judge(checks: Iterable[Check], evidence: Evidence) -> list[Outcome]:
    """One outcome a check. A crash, absent evidence or an undecided question is never a pass."""
    return [_outcome(check, evidence) for check in checks]


def _outcome(check: Check, evidence: Evidence) -> Outcome:
    status, reason, findings = _verdict(check, evidence)
    return Outcome(
        check=check.id,
        status=status,
        reason=reason,
        findings=findings,
        title=check.title,
        area=check.area,
        about=check.about(),
        severity=check.severity,
        expected=check.expected,
    )


def _verdict(check: Check, evidence: Evidence) -> tuple[Status, str, tuple[Finding, ...]]:
    for name in check.requires:
        if getattr(evidence, name) is None and name in OPTIONAL:
            return Status.NOT_APPLICABLE, "no whole training was watched (vggdoctor.Callback)", ()
        if getattr(evidence, name) is None:
            return Status.NOT_RUN, evidence.absent.get(name, f"no {name} evidence was gathered"), ()
    if not evidence.recipe.stages and "recipe" in check.requires:
        return Status.NOT_APPLICABLE, evidence.recipe.scope_note or "no training with Keras was found", ()
    try:
        said = list(check.detect(evidence))
    except Exception as error:  # noqa: BLE001 - a check of a third party may raise anything; the audit goes on and says so
        return Status.ERRORED, f"{type(error).__name__}: {error}", ()
    findings = tuple(item for item in said if isinstance(item, Finding))
    undecided = "; ".join(dict.fromkeys(item.reason for item in said if isinstance(item, Undetermined)))
    beside = "; ".join(dict.fromkeys(item.reason for item in said if isinstance(item, NotApplicable)))
    if findings:
        return Status.FAILED, undecided, findings
    if undecided:
        return Status.NOT_RUN, undecided, ()
    if beside and not any(not isinstance(item, NotApplicable) for item in said):
        return Status.NOT_APPLICABLE, beside, ()
    return Status.PASSED, "", ()
