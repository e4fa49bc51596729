"""What every check promises, third-party ones included: its own cases say so."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from case_programs import SCRIPT, Program, lines_of

from vggdoctor import registry
from vggdoctor.check import HEADINGS, Case, Check
from vggdoctor.fixing import plan
from vggdoctor.judge import judge
from vggdoctor.schema import Finding, Severity, Status

INSTALLED = registry.load()
CHECKS = list(INSTALLED.checks.values())
GOOD = [pytest.param(check, case, id=f"{check.id}: {case.name}") for check in CHECKS for case in check.GOOD]
BAD = [pytest.param(check, case, id=f"{check.id}: {case.name}") for check in CHECKS for case in check.BAD]

Form = Callable[[Case, Path], Program]


def test_no_entry_point_is_refused() -> None:
    assert INSTALLED.broken == {}
    assert INSTALLED.checks


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_is_documented_and_has_cases(check: Check) -> None:
    about = check.about()
    names = [case.name for case in (*check.GOOD, *check.BAD)]
    assert registry.problem_of(type(check)) == ""
    assert all(about[heading] for heading in ("summary", *HEADINGS))
    assert len(check.title) <= 80
    assert not check.title.endswith(".")
    assert len(check.GOOD) >= 1
    assert len(check.BAD) >= 2
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("check", "case"), GOOD)
def test_is_silent_where_nothing_is_wrong(check: Check, case: Case, form: Form, tmp_path: Path) -> None:
    outcome = form(case, tmp_path).outcome(check)
    assert outcome.status in {Status.PASSED, Status.NOT_APPLICABLE}, outcome.reason
    assert outcome.findings == ()


@pytest.mark.parametrize(("check", "case"), BAD)
def test_finds_what_is_wrong(check: Check, case: Case, form: Form, tmp_path: Path) -> None:
    program = form(case, tmp_path)
    outcome = program.outcome(check)
    assert outcome.status is Status.FAILED, outcome.reason
    if case.lines:
        places = tuple(place for finding in outcome.findings for place in finding.locations)
        assert lines_of(places) == {program.expected(line) for line in case.lines}
    if case.severity:
        assert {finding.severity for finding in outcome.findings} == {case.severity}
    assert any(case.says in finding.message for finding in outcome.findings), [f.message for f in outcome.findings]


@pytest.mark.parametrize(("check", "case"), BAD + GOOD)
def test_detects_the_same_twice_and_changes_nothing(check: Check, case: Case, form: Form, tmp_path: Path) -> None:
    evidence = form(case, tmp_path).evidence()
    before = msgspec.json.encode(evidence)
    assert list(check.detect(evidence)) == list(check.detect(evidence))
    assert msgspec.json.encode(evidence) == before


@pytest.mark.parametrize(("check", "case"), BAD)
def test_its_fix_silences_it_and_breaks_nothing(check: Check, case: Case, form: Form, tmp_path: Path) -> None:
    program = form(case, tmp_path)
    evidence = program.evidence()
    findings = program.outcome(check).findings
    repairs = [repair for finding in findings if (repair := check.fix(finding, evidence))]
    if not repairs:
        assert case.fixed is None
        return
    patch = plan(program.project, repairs)
    assert not patch.left_out
    assert patch.diff
    texts = [text for file in patch.files for text in texts_of(file, patch.files[file])]
    for text in texts:
        ast.parse(text)
    if case.fixed is not None:
        assert without_blank_lines("\n".join(texts)) == without_blank_lines(case.fixed)
    if case.fixed is not None and program.starts is None:
        assert patch.files[SCRIPT] == case.fixed
    remaining = program.outcome(check, patch.files)
    assert remaining.findings == ()
    if case.probe is None:
        assert remaining.status in {Status.PASSED, Status.NOT_APPLICABLE}, remaining.reason
    assert worrying(program, patch.files) <= worrying(program)


def test_each_fix_is_shown_once() -> None:
    """A check that repairs gives the whole text of at least one repaired program, so that a person has looked at it."""
    repairing = {check.id for check in CHECKS if type(check).fix is not Check.fix}
    assert repairing == {check.id for check in CHECKS if any(case.fixed for case in check.BAD)}


def texts_of(file: str, text: str) -> list[str]:
    """The sources in a file: the script, or the cells of the notebook."""
    if not file.endswith(".ipynb"):
        return [text]
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def without_blank_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def worrying(program: Program, changed: dict[str, str] | None = None) -> set[str]:
    """The checks with an error or a warning, of all that are installed."""
    findings: list[Finding] = [f for outcome in judge(CHECKS, program.evidence(changed)) for f in outcome.findings]
    return {finding.check for finding in findings if finding.severity is not Severity.NOTE}
