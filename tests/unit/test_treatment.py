"""Fixes are worked out, tried, composed; what fails its trial is told and not shown."""

from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest

from vggdoctor.check import Check, Said
from vggdoctor.evidence import Evidence, Recipe
from vggdoctor.fixing import tree
from vggdoctor.gather.gathering import Gathered
from vggdoctor.judge import judge
from vggdoctor.options import Fixes
from vggdoctor.project import Project
from vggdoctor.schema import (
    Finding,
    GatherReport,
    InsertStatements,
    Location,
    Repair,
    ReplaceExpression,
    SetArgument,
    Severity,
    Trial,
)
from vggdoctor.treatment import Treatment, treat

SOURCE = "x = fit(a, b)\n"
CALL = Location("train.py", 1, 1, 5, 14)


class Marked(Check):
    """Finds the word that it is made with in the source, which stands in for a recipe here."""

    title, area, severity, requires = "t", "training", Severity.ERROR, ()
    word, id, repair = "", "", Repair("none", ())

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        if self.word in evidence.recipe.scope_note:
            yield self.finding(f"{self.word} is there", CALL)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        return self.repair


def check(name: str, word: str, repair: Repair) -> Check:
    made = Marked()
    made.id, made.word, made.repair = name, word, repair  # type: ignore[misc]
    return made


def evidence(project: Project) -> Evidence:
    return Evidence(recipe=Recipe(scope_note=project.sources["train.py"].text))


def treated(folder: Path, *checks: Check, depth: Fixes = Fixes.TRIED) -> Treatment:
    (folder / "train.py").write_text(SOURCE)
    project = Project(folder)
    skipped = GatherReport(status="skipped")
    gathered = Gathered(
        evidence=evidence(project),
        reports={"source": skipped, "capture": skipped, "dataset": skipped, "probe": skipped},
    )
    return treat(project, checks, judge(checks, gathered.evidence), gathered, evidence, None, depth)


WORKS = Repair("replace a", (ReplaceExpression(Location("train.py", 1, 1, 9, 10), "c"),))
USELESS = Repair("insert", (InsertStatements(CALL, "y = 1"),))


def test_a_fix_that_silences_its_finding_is_shown_with_its_verdict(tmp_path: Path) -> None:
    result = treated(tmp_path, check("first-fault", "a,", WORKS))
    fix = result.outcomes[0].findings[0].fix
    assert fix is not None
    assert fix.verdict is not None
    assert fix.verdict.trial is Trial.SILENCED
    assert "+x = fit(c, b)" in fix.diff
    assert result.combined is not None


def test_a_fix_that_does_not_is_told_and_not_shown(tmp_path: Path) -> None:
    result = treated(tmp_path, check("first-fault", "a,", USELESS))
    assert result.outcomes[0].findings[0].fix is None
    assert result.combined is None
    assert any("first-fault" in notice and "failed its trial" in notice for notice in result.notices)


def test_fixes_are_composed_in_one_patch(tmp_path: Path) -> None:
    other = Repair("name it", (SetArgument(CALL, "epochs", "3"),))
    result = treated(tmp_path, check("first-fault", "a,", WORKS), check("second-fault", "b)", other))
    assert result.combined is not None
    assert "+x = fit(c, b, epochs=3)" in result.combined.diff


def test_a_crash_in_a_fix_leaves_the_finding(tmp_path: Path) -> None:
    class Crashing(Marked):
        def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
            raise ValueError("no")

    crashing = Crashing()
    crashing.id, crashing.word = "first-fault", "a,"  # type: ignore[misc]
    result = treated(tmp_path, crashing)
    assert len(result.outcomes[0].findings) == 1
    assert any("ValueError: no" in notice for notice in result.notices)


def test_named_fixes_have_a_title_and_no_diff(tmp_path: Path) -> None:
    fix = treated(tmp_path, check("first-fault", "a,", WORKS), depth=Fixes.NAMED).outcomes[0].findings[0].fix
    assert fix is not None
    assert (fix.title, fix.diff, fix.verdict) == ("replace a", "", None)


def test_planned_fixes_are_not_tried(tmp_path: Path) -> None:
    fix = treated(tmp_path, check("first-fault", "a,", USELESS), depth=Fixes.PLANNED).outcomes[0].findings[0].fix
    assert fix is not None
    assert fix.verdict is None
    assert "+y = 1" in fix.diff


def test_the_project_itself_is_read_again_once_however_many_fixes_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    whole = evidence

    def counted(project: Project) -> Evidence:
        read.append(project.sources["train.py"].text)
        return whole(project)

    monkeypatch.setitem(globals(), "evidence", counted)
    other = Repair("name it", (SetArgument(CALL, "epochs", "3"),))
    result = treated(tmp_path, check("first-fault", "a,", WORKS), check("second-fault", "b)", other))
    assert result.combined is not None
    gathered, tried, composed = 1, 1, 1
    assert read.count(SOURCE) == gathered + tried + composed


def test_a_file_is_parsed_once_however_many_fixes_are_planned_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(tree, "parsed", lambda python, path: parsed.append(path) or cst.parse_module(python))
    tree.tree_of.cache_clear()
    other = Repair("other", (SetArgument(CALL, "c", "1"),))
    outcomes = treated(
        tmp_path, check("first-fault", "a,", WORKS), check("second-fault", "b)", other), depth=Fixes.PLANNED
    ).outcomes
    assert [bool(outcome.findings[0].fix) for outcome in outcomes] == [True, True]
    assert parsed == ["train.py"]
