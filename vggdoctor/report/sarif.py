"""SARIF 2.1.0, for code scanning services and editors.

Paths are relative to the folder that the audit was started in where that holds the project, so that a service finds them from
the top of the checkout. A notebook is a JSON file to those who read SARIF: regions and replacements count in that file, and the
cell is in the message and under ``properties``.
Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0 Plus Errata 01.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from vggdoctor.report.json import encodable
from vggdoctor.report.text_safety import visible
from vggdoctor.schema import AuditResult, Edit, Finding, Fix, Location, Outcome, Severity, Status, Trial

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE_ID = "%SRCROOT%"
FINGERPRINT = "vggdoctor/v1"
GITHUB_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
"""GitHub's words for the property problem.severity of a rule."""
NOT_OFFERED = (Trial.FAILED, Trial.HARMFUL)
"""A fix that was tried and found to be bad is no fix."""


def render(result: AuditResult) -> str:
    """The document, indented by two spaces, with a final newline."""
    document = msgspec.json.encode(encodable(sarif(result)))
    return msgspec.json.format(document, indent=2).decode() + "\n"


def sarif(result: AuditResult) -> dict[str, Any]:
    """The log file as plain values: one run, a rule for every check that was to run, a result for every finding."""
    rules = {outcome.check: index for index, outcome in enumerate(result.outcomes)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": result.tool.name,
                "version": result.tool.version,
                "rules": [_rule(outcome) for outcome in result.outcomes],
            }
        },
        "invocations": [_invocation(result)],
        "originalUriBaseIds": {BASE_ID: _base(result.base)},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules[finding.check], result.base) for finding in result.findings()],
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(outcome: Outcome) -> dict[str, Any]:
    sections = {heading: body for heading, body in outcome.about.items() if heading != "summary" and body}
    summary = outcome.about.get("summary") or outcome.title or outcome.check
    severity = outcome.severity or Severity.WARNING
    return {
        "id": outcome.check,
        "name": "".join(word.capitalize() for word in outcome.check.split("-")),
        "shortDescription": {"text": outcome.title or outcome.check},
        "fullDescription": {"text": summary},
        "help": {
            "text": "\n\n".join((summary, *(f"{heading}\n\n{body}" for heading, body in sections.items()))),
            "markdown": "\n\n".join((summary, *(f"## {heading}\n\n{body}" for heading, body in sections.items()))),
        },
        "defaultConfiguration": {"level": severity.value},
        "properties": {"tags": [outcome.area] if outcome.area else [], "problem.severity": GITHUB_SEVERITIES[severity]},
    }


def _result(finding: Finding, rule: int, base: str) -> dict[str, Any]:
    cell = finding.locations[0].cell if finding.locations else None
    where = f"Cell {cell}, line {finding.locations[0].line}: " if cell is not None else ""
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": visible(where + finding.message)},
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "confidence": finding.confidence.value,
            "measured": {name: msgspec.to_builtins(measure) for name, measure in finding.measured.items()},
        },
    }
    places = [_location(finding, index, base) for index in range(len(finding.locations))]
    if places:
        result["locations"] = places[:1]
    if places[1:]:
        result["relatedLocations"] = [
            {"id": number, **place, "message": {"text": "the same fault"}} for number, place in enumerate(places[1:], 1)
        ]
    if finding.fix and finding.fix.edits and not (finding.fix.verdict and finding.fix.verdict.trial in NOT_OFFERED):
        result["fixes"] = [_fix(finding.fix, base)]
    return result


def _location(finding: Finding, index: int, base: str) -> dict[str, Any]:
    place = finding.locations[index]
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.path, base)}
    if place.cell is None:
        return {"physicalLocation": {**physical, "region": _region(place)}}
    if finding.file_lines:
        first, last = finding.file_lines[index]
        physical["region"] = {"startLine": first, "endLine": last}
    return {"physicalLocation": physical, "properties": {"cell": place.cell, "cellRegion": _region(place)}}


def _region(place: Location | Edit) -> dict[str, int]:
    region = {"startLine": place.line, "startColumn": place.column, "endLine": place.end_line}
    is_span = (place.end_line, place.end_column) > (place.line, place.column)
    return {**region, "endColumn": place.end_column} if is_span or isinstance(place, Edit) else region


def _fix(fix: Fix, base: str) -> dict[str, Any]:
    paths = dict.fromkeys(edit.path for edit in fix.edits)
    return {
        "description": {"text": f"{fix.title} ({fix.safety.value})"},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path, base),
                "replacements": [_replacement(edit) for edit in fix.edits if edit.path == path],
            }
            for path in paths
        ],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    return {"deletedRegion": _region(edit), "insertedContent": {"text": edit.text}}


def _artifact(path: str, base: str) -> dict[str, str]:
    inside = f"{base}/{path}" if base and not Path(base).is_absolute() else path
    return {"uri": quote(inside.encode(errors="surrogateescape")), "uriBaseId": BASE_ID}


def _base(base: str) -> dict[str, Any]:
    if Path(base).is_absolute():
        return {"uri": Path(base).as_uri().rstrip("/") + "/"}
    return {"description": {"text": "the folder that the audit was started in"}}


def _invocation(result: AuditResult) -> dict[str, Any]:
    """What could not be examined is said: neither a crash nor missing evidence is a pass."""
    crashed = [outcome for outcome in result.outcomes if outcome.status is Status.ERRORED]
    unknown = [outcome for outcome in result.outcomes if outcome.status is Status.NOT_RUN]
    failed = result.gather["source"].status == "failed"
    notes = [_notification("error", f"crashed: {outcome.reason}", outcome.check) for outcome in crashed]
    notes += [_notification("note", f"could not be examined: {outcome.reason}", outcome.check) for outcome in unknown]
    notes += [
        _notification("error" if stage.status == "failed" else "note", f"{name} {stage.status}: {stage.reason}")
        for name, stage in result.gather.items()
        if stage.status in ("partial", "failed")
    ]
    notes += [_notification("note", notice) for notice in dict.fromkeys(result.notices)]
    invocation: dict[str, Any] = {"executionSuccessful": not (crashed or failed), "toolExecutionNotifications": notes}
    return {**invocation, "commandLine": result.command} if result.command else invocation


def _notification(level: str, text: str, check: str = "") -> dict[str, Any]:
    note: dict[str, Any] = {"level": level, "message": {"text": visible(text)}}
    return {**note, "associatedRule": {"id": check}} if check else note
