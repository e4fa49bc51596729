"""JUnit XML, for the test reports of CI services: a test case for every check, and one for every finding.

An error or a warning is a failure; a note, and what does not apply or could not be examined, is skipped: none of them passes.
Source: the format as Jenkins and GitLab read it (https://github.com/testmoapp/junitxml).
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

from vggdoctor.report import wording
from vggdoctor.report.text_safety import visible
from vggdoctor.schema import AuditResult, Finding, Outcome, Severity, Status


def render(result: AuditResult) -> str:
    """The document with its XML declaration, indented by two spaces, with a final newline."""
    cases = [case for outcome in result.outcomes for case in _cases(outcome)]
    counts = {
        "tests": len(cases),
        "failures": _having(cases, "failure"),
        "errors": _having(cases, "error"),
        "skipped": _having(cases, "skipped"),
    }
    attributes = {name: str(count) for name, count in counts.items()} | {"time": f"{result.duration_s:.3f}"}
    root = ElementTree.Element("testsuites", {"name": "vggdoctor", **attributes})
    suite = ElementTree.SubElement(root, "testsuite", {"name": visible(result.project), **attributes})
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in {result.tool.name: result.tool.version, **result.environment}.items():
        ElementTree.SubElement(properties, "property", {"name": visible(name), "value": visible(value)})
    suite.extend(cases)
    log = ElementTree.SubElement(suite, "system-out")
    log.text = visible("\n".join((*wording.verdict(result), wording.tally(result), *dict.fromkeys(result.notices))))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _having(cases: list[ElementTree.Element], tag: str) -> int:
    return sum(case.find(tag) is not None for case in cases)


def _cases(outcome: Outcome) -> Iterator[ElementTree.Element]:
    for finding in outcome.findings:
        yield _found(finding, outcome)
    if outcome.status is Status.FAILED and not outcome.reason:
        return
    case = _case(outcome)
    if outcome.status is Status.ERRORED:
        _told(case, "error", f"the check crashed: {outcome.reason}", "crash")
    elif outcome.status is Status.NOT_APPLICABLE:
        _told(case, "skipped", f"does not apply: {outcome.reason}")
    elif outcome.status is not Status.PASSED:
        _told(case, "skipped", f"could not be examined: {outcome.reason}")
    yield case


def _found(finding: Finding, outcome: Outcome) -> ElementTree.Element:
    case = _case(outcome)
    lines = [finding.message, *(str(place) for place in finding.locations)]
    if finding.locations:
        place = finding.locations[0]
        case.set("name", visible(f"{finding.check} at {place}"))
        case.set("file", visible(place.path))
        case.set("line", str(finding.file_lines[0][0] if finding.file_lines else place.line))
    if finding.fix:
        lines.append(f"fix: {finding.fix.title}")
        lines += [finding.fix.readable or finding.fix.diff] if finding.fix.diff else []
    if finding.severity is Severity.NOTE:
        _told(case, "skipped", f"note: {finding.message}")
    else:
        _told(case, "failure", finding.message, finding.severity.value, "\n".join(lines))
    return case


def _case(outcome: Outcome) -> ElementTree.Element:
    area = f".{outcome.area}" if outcome.area else ""
    return ElementTree.Element("testcase", {"classname": visible(f"vggdoctor{area}"), "name": visible(outcome.check)})


def _told(case: ElementTree.Element, tag: str, message: str, kind: str = "", text: str = "") -> None:
    told = ElementTree.SubElement(case, tag, {"message": visible(" ".join(message.split()))})
    if kind:
        told.set("type", kind)
    told.text = visible(text) or None
