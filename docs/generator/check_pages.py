"""One page a check: its docstring, and its cases with what it really says of them."""

from __future__ import annotations

import difflib
import tempfile
from pathlib import Path

from vggdoctor import registry
from vggdoctor.check import AREAS, HEADINGS, Case, Check
from vggdoctor.schema import Outcome, Severity
from vggdoctor.testing.programs import as_script

EVIDENCE = {"recipe": "the program", "dataset": "the picture files", "probe": "a short training", "runs": "a watched training"}


def pages() -> dict[str, str]:
    """``checks/index.md``, and ``checks/<id>.md`` for each installed check."""
    checks = sorted(registry.load().checks.values(), key=lambda check: (AREAS.index(check.area), check.severity.rank, check.id))
    return {"checks/index.md": _index(checks), **{f"checks/{check.id}.md": _page(check) for check in checks}}


def _index(checks: list[Check]) -> str:
    lines = [
        "# Checks",
        "",
        f"{len(checks)} checks. *Error*: results are wrong or badly degraded; *warning*: quality or trust is at risk; "
        "*note*: advice.",
    ]
    for area in AREAS:
        own = [check for check in checks if check.area == area]
        lines += ["", f"## {area.capitalize()}", "", "| check | | judges | what |", "| --- | --- | --- | --- |"] if own else []
        lines += [f"| [{check.id}]({check.id}.md) | {check.severity.value} | {_judges(check)} | {check.title} |" for check in own]
    return "\n".join(lines) + "\n"


def _judges(check: Check) -> str:
    return ", ".join(EVIDENCE.get(name, name) for name in check.requires)


def _page(check: Check) -> str:
    about = check.about()
    lines = [f"# {check.id}", "", f"**{check.title}.** {about['summary']}", ""]
    lines += [f"*{check.severity.value.capitalize()}, {check.area}; judges {_judges(check)}.*", ""]
    for heading in HEADINGS:
        lines += [f"## {heading}", "", about[heading].replace("``", "`"), ""]
    lines += ["## Silence it", "", "```python", f"...  # vggdoctor: ignore[{check.id}] why", "```", "", "## Examples", ""]
    for case in check.BAD:
        lines += _bad(check, case)
    for case in check.GOOD:
        lines += [f"### Not a fault: {case.name}", "", *_seen(case), "```python", case.source.rstrip(), "```", ""]
    return "\n".join(lines)


def _seen(case: Case) -> list[str]:
    kinds = {"dataset": case.dataset, "probe": case.probe, "runs": case.runs}
    beside = [EVIDENCE[name] for name, evidence in kinds.items() if evidence is not None]
    return [f"With what {' and '.join(beside)} showed.", ""] if beside else []


def _bad(check: Check, case: Case) -> list[str]:
    lines = [f"### {case.name}", "", *_seen(case), "```python", case.source.rstrip(), "```", ""]
    for finding in _outcome(check, case).findings:
        places = ", ".join(str(place.line) for place in finding.locations)
        lines += [
            f'!!! {_admonition(finding.severity)} "{finding.severity.value}, line {places}"',
            "",
            f"    {finding.message}",
            "",
        ]
    if case.fixed:
        fixed = difflib.unified_diff(case.source.splitlines(), case.fixed.splitlines(), "train.py", "train.py", n=1, lineterm="")
        lines += ["The fix:", "", "```diff", *fixed, "```", ""]
    return lines


def _admonition(severity: Severity) -> str:
    return {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.NOTE: "note"}[severity]


def _outcome(check: Check, case: Case) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return as_script(case, Path(folder)).outcome(check)
