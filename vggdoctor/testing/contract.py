"""What every check promises, whoever wrote it: its own cases say so. Plain assertions, for any test runner."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from vggdoctor import registry
from vggdoctor.check import HEADINGS, Case, Check
from vggdoctor.fixing import plan
from vggdoctor.judge import judge
from vggdoctor.schema import Severity, Status
from vggdoctor.testing.programs import SCRIPT, Program, as_notebook, as_script, lines_of

Form = Callable[[Case, Path], Program]
Promise = Callable[[Check, Program], None]
FORMS: tuple[Form, ...] = (as_script, as_notebook)
LONGEST_TITLE = 80


def promises(check: type[Check]) -> Iterator[tuple[Promise, Case, Form]]:
    """Every promise with every case that it is about, in both forms of a program."""
    for case in (*check.GOOD, *check.BAD):
        about: tuple[Promise, ...] = (assert_silent, assert_pure)
        if case in check.BAD:
            about = (assert_found, assert_pure, assert_mended)
        yield from ((promise, case, form) for promise in about for form in FORMS)


def assert_documented(check: type[Check]) -> None:
    """A docstring with every section, a short title, and at least one GOOD and two BAD cases of different names."""
    assert registry.problem_of(check) == ""
    assert all(check.about()[heading] for heading in ("summary", *HEADINGS))
    assert len(check.title) <= LONGEST_TITLE
    assert not check.title.endswith(".")
    assert len(check.GOOD) >= 1, "it needs a GOOD case"
    assert len(check.BAD) >= 2, "it needs two BAD cases"
    names = [case.name for case in (*check.GOOD, *check.BAD)]
    assert len(names) == len(set(names)), "two cases have one name"
    if check.fix is not Check.fix:
        assert any(case.fixed for case in check.BAD), "it repairs, so a BAD case must show the whole text after the fix"


def assert_silent(check: Check, program: Program) -> None:
    """A GOOD case: nothing is said, and the check comes to an answer."""
    outcome = program.outcome(check)
    assert outcome.status in {Status.PASSED, Status.NOT_APPLICABLE}, outcome.reason
    assert outcome.findings == ()


def assert_found(check: Check, program: Program) -> None:
    """A BAD case: found, at the lines and with the words that it says."""
    case, outcome = program.case, program.outcome(check)
    assert outcome.status is Status.FAILED, outcome.reason
    if case.lines:
        places = tuple(place for finding in outcome.findings for place in finding.locations)
        assert lines_of(places) == {program.expected(line) for line in case.lines}
    if case.severity:
        assert {finding.severity for finding in outcome.findings} == {case.severity}
    assert any(case.says in finding.message for finding in outcome.findings), [f.message for f in outcome.findings]


def assert_pure(check: Check, program: Program) -> None:
    """Detecting twice says the same, and leaves the evidence as it was."""
    evidence = program.evidence()
    before = msgspec.json.encode(evidence)
    assert list(check.detect(evidence)) == list(check.detect(evidence))
    assert msgspec.json.encode(evidence) == before


def assert_mended(check: Check, program: Program) -> None:
    """The fix parses, is the text that the case shows, silences the check, and wakes no other of those that are installed."""
    case, evidence = program.case, program.evidence()
    repairs = [repair for finding in program.outcome(check).findings if (repair := check.fix(finding, evidence))]
    if not repairs:
        assert case.fixed is None, "no fix was proposed"
        return
    patch = plan(program.project, repairs)
    assert not patch.left_out, patch.left_out
    assert patch.diff
    texts = [text for file in patch.files for text in _texts_of(file, patch.files[file])]
    for text in texts:
        ast.parse(text)
    if case.fixed is not None:
        assert _without_blank_lines("\n".join(texts)) == _without_blank_lines(case.fixed)
    if case.fixed is not None and program.starts is None:
        assert patch.files[SCRIPT] == case.fixed
    remaining = program.outcome(check, patch.files)
    assert remaining.findings == ()
    if case.probe is None and case.runs is None:
        assert remaining.status in {Status.PASSED, Status.NOT_APPLICABLE}, remaining.reason
    assert _worrying(program, patch.files) <= _worrying(program)


def _texts_of(file: str, text: str) -> list[str]:
    """The sources in a file: the script, or the cells of the notebook."""
    if not file.endswith(".ipynb"):
        return [text]
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def _without_blank_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _worrying(program: Program, changed: dict[str, str] | None = None) -> set[str]:
    """The checks with an error or a warning, of all that are installed."""
    outcomes = judge(registry.load().checks.values(), program.evidence(changed))
    return {finding.check for outcome in outcomes for finding in outcome.findings if finding.severity is not Severity.NOTE}
