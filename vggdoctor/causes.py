"""Which findings are symptoms of others: one root, and what follows from it under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from vggdoctor.check import Check
from vggdoctor.evidence import Evidence
from vggdoctor.judge import judge
from vggdoctor.schema import Finding, Outcome, Severity
from vggdoctor.scope import Surroundings


def diagnosed(checks: Sequence[Check], evidence: Evidence) -> list[Outcome]:
    """One outcome a check, each symptom under its cause."""
    return explained(checks, judge(checks, evidence), Surroundings(evidence).of)


def explained(checks: Iterable[Check], outcomes: Sequence[Outcome], evidence_of: Callable[[Finding], Evidence]) -> list[Outcome]:
    """The outcomes with ``symptom_of`` filled in, as far as the checks say what causes their findings.

    ``evidence_of`` gives the evidence around a finding. A cause stands in the same file as its symptom. It is at least as grave:
    its severity is raised to the symptom's. A check of a third party that fails at this leaves its findings as they are.
    """
    by_id = {check.id: check for check in checks}
    found = [finding for outcome in outcomes for finding in outcome.findings]
    by_check: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_check[finding.check].append(finding)
    causes = {
        id(finding): cause
        for finding in found
        if (cause := _cause(by_id.get(finding.check), finding, by_check, evidence_of(finding)))
    }
    roots = {identity: _root(cause, causes) for identity, cause in causes.items()}
    harm: dict[int, Severity] = {}
    for finding in found:
        root = roots.get(id(finding))
        if root is not None:
            harm[id(root)] = min(harm.get(id(root), root.severity), finding.severity, key=lambda severity: severity.rank)
    return [
        replace(outcome, findings=tuple(_marked(f, roots.get(id(f)), harm) for f in outcome.findings)) for outcome in outcomes
    ]


def _cause(check: Check | None, finding: Finding, found: Mapping[str, Sequence[Finding]], evidence: Evidence) -> Finding | None:
    """The likeliest of the causes that the check names and that were found, too."""
    if check is None:
        return None
    try:
        named = check.causes(finding, evidence)
    except Exception:  # noqa: BLE001 a third party's check may raise anything; its finding stands as it is
        return None
    files = {place.path for place in finding.locations}
    for name in named:
        for other in found.get(name, ()):
            if name != finding.check and files & {place.path for place in other.locations}:
                return other
    return None


def _root(cause: Finding, causes: dict[int, Finding]) -> Finding:
    """The end of a chain of causes; of a ring, where it closes."""
    seen: set[int] = set()
    while id(cause) in causes and id(cause) not in seen:
        seen.add(id(cause))
        cause = causes[id(cause)]
    return cause


def _marked(finding: Finding, root: Finding | None, harm: dict[int, Severity]) -> Finding:
    if root is not None and root is not finding:
        return replace(finding, symptom_of=root.check)
    return replace(finding, severity=harm.get(id(finding), finding.severity))
