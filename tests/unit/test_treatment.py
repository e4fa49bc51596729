"""Fixes are worked out, tried, composed; what fails its trial is told and not shown."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import libcst as cst
import pytest
from msgspec.structs import replace

from vggdoctor.check import Check, Said
from vggdoctor.evidence import Evidence, FeatureGain, Recipe
from vggdoctor.fixing import Candidate, Grid, Run, by_running, tree
from vggdoctor.judge import judge
from vggdoctor.options import Fixes
from vggdoctor.project import Project
from vggdoctor.schema import (
    Effect,
    Expectation,
    Finding,
    InsertStatements,
    Location,
    Measure,
    Outcome,
    RemoveStatement,
    Repair,
    ReplaceExpression,
    Safety,
    SetArgument,
    Severity,
    Status,
    Trial,
    Verdict,
)
from vggdoctor.treatment import Treatment, treat
from vggdoctor.trials import Trials

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


def treated(
    folder: Path, *checks: Check, depth: Fixes = Fixes.TRIED, run: Callable[[Project], Run] | None = None, left: float = 100
) -> Treatment:
    """``run`` says what comes of each patched copy; ``left``: for how many runs there is time."""
    (folder / "train.py").write_text(SOURCE)
    project = Project(folder)
    found = evidence(project)
    outcomes = judge(checks, found)
    trials = Ready(run, outcomes, left) if run else None
    return treat(project, checks, outcomes, found, evidence, lambda _, copied: judge(checks, copied), trials, depth)


class Ready(Trials):
    """Runs that were made before."""

    def __init__(self, run: Callable[[Project], Run], outcomes: list[Outcome], left: float) -> None:
        self.run, self.left, self.tried = run, left, []  # type: ignore[var-annotated]
        self._gains = (FEATURES,)
        self.baseline = Run(reached_fit=True, metrics=metrics(0.5), outcomes=tuple(outcomes))

    @property
    def can_run(self) -> bool:
        return True

    @property
    def can_compare(self) -> bool:
        return True

    def has_time(self, runs: int = 1) -> bool:
        return self.left - len(self.tried) >= runs

    def of(self, candidates: Sequence[Candidate], read: Verdict, copy: Project, kept: int = 0) -> tuple[Verdict, None]:
        self.tried.append(copy.sources["train.py"].text)
        return by_running(candidates, read, self.run(copy), self.baseline), None


FEATURES = FeatureGain(
    stage=CALL, family="vgg16", pictures=64, splits=20, as_is=0.6, corrected=0.7, interval=(0.05, 0.15), seconds=1.0
)


def metrics(accuracy: float) -> dict[str, Grid]:
    return {"accuracy": Grid(((accuracy, accuracy, accuracy + 0.01),))}


def ran(copy: Project) -> Run:
    """``c`` in the place of ``a`` helps, ``d`` in that of ``b`` hurts."""
    text = copy.sources["train.py"].text
    return Run(reached_fit=True, metrics=metrics(0.5 + 0.3 * ("c" in text) - 0.2 * ("d)" in text)))


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


HURTS = Repair("replace b", (ReplaceExpression(Location("train.py", 1, 1, 12, 13), "d"),))


def verdicts(result: Treatment) -> dict[str, Verdict | None]:
    return {f.check: f.fix.verdict if f.fix else None for outcome in result.outcomes for f in outcome.findings}


def test_a_single_fix_is_run_once_and_has_the_verdict_of_all(tmp_path: Path) -> None:
    result = treated(tmp_path, check("first-fault", "a,", WORKS), run=ran, left=1)
    alone = verdicts(result)["first-fault"]
    assert result.combined is not None
    assert alone is not None
    assert alone == result.combined.verdict
    assert (alone.trial, alone.gain) == (Trial.PROVED, pytest.approx(0.3))


def test_a_fix_that_hurts_is_shown_and_kept_out_of_all_together(tmp_path: Path) -> None:
    result = treated(tmp_path, check("first-fault", "a,", WORKS), check("second-fault", "b)", HURTS), run=ran)
    found = verdicts(result)
    assert {name: verdict and verdict.trial for name, verdict in found.items()} == {
        "first-fault": Trial.PROVED,
        "second-fault": Trial.HARMFUL,
    }
    assert result.combined is not None
    assert "+x = fit(c, b)" in result.combined.diff


def test_without_time_for_each_all_are_run_together_and_that_is_said(tmp_path: Path) -> None:
    other = Repair("name it", (SetArgument(CALL, "epochs", "3"),))
    result = treated(tmp_path, check("first-fault", "a,", WORKS), check("second-fault", "b)", other), run=ran, left=1)
    assert result.combined is not None
    assert result.combined.verdict is not None
    assert result.combined.verdict.trial is Trial.PROVED
    for verdict in verdicts(result).values():
        assert verdict is not None
        assert (verdict.trial, verdict.ran, verdict.gain) == (Trial.SILENCED, True, None)
        assert "for want of time" in verdict.reason


def test_the_cause_is_repaired_before_its_symptom_which_may_need_nothing_more(tmp_path: Path) -> None:
    class Symptom(Marked):
        """Gone with the cause, too, or by a change of its own."""

        def detect(self, evidence: Evidence) -> Iterator[Said]:
            if "(a, b)" in evidence.recipe.scope_note:
                yield replace(self.finding("a, b is there", CALL), symptom_of="z-cause")

    symptom = Symptom()
    symptom.id, symptom.repair = "a-symptom", HURTS  # type: ignore[misc]
    tried: list[str] = []

    def run(copy: Project) -> Run:
        tried.append(copy.sources["train.py"].text)
        return ran(copy)

    result = treated(tmp_path, symptom, check("z-cause", "(a", WORKS), run=run)
    assert tried[0] == "x = fit(c, b)\n"
    assert result.combined is not None
    assert "+x = fit(c, b)" in result.combined.diff


def test_a_symptom_that_reading_cannot_see_is_left_to_the_repair_of_its_cause(tmp_path: Path) -> None:
    class Seen(Marked):
        """By a run alone: reading says nothing of it."""

        def detect(self, evidence: Evidence) -> Iterator[Said]:
            yield from ()

    symptom, cause = Seen(), check("z-cause", "(a", WORKS)
    symptom.id, symptom.repair = "a-symptom", HURTS  # type: ignore[misc]
    (tmp_path / "train.py").write_text(SOURCE)
    project = Project(tmp_path)
    checks, found = (symptom, cause), evidence(project)

    def seen(symptom_of: str) -> str:
        observed = replace(symptom.finding("seen", CALL), symptom_of=symptom_of)
        outcomes = [Outcome(check="a-symptom", status=Status.FAILED, findings=(observed,)), *judge([cause], found)]
        result = treat(project, checks, outcomes, found, evidence, lambda _, copied: judge(checks, copied))
        assert result.combined is not None
        return result.combined.diff

    assert "+x = fit(c, b)" in seen("z-cause")
    assert "+x = fit(c, d)" in seen("")


def test_a_fix_without_a_run_of_its_own_keeps_what_it_gains_in_the_features(tmp_path: Path) -> None:
    class Measured(Marked):
        def detect(self, evidence: Evidence) -> Iterator[Said]:
            measured = {"feature_accuracy_corrected": Measure(0.7)}
            yield from (replace(said, measured=measured) for said in super().detect(evidence) if isinstance(said, Finding))

    measured = Measured()
    measured.id, measured.word, measured.repair = "first-fault", "a,", WORKS  # type: ignore[misc]
    other = Repair("name it", (SetArgument(CALL, "epochs", "3"),))
    found = verdicts(treated(tmp_path, measured, check("second-fault", "b)", other), run=ran, left=1))
    first, second = found["first-fault"], found["second-fault"]
    assert first is not None
    assert second is not None
    assert (first.trial, first.metric, first.gain) == (
        Trial.PROVED,
        "balanced accuracy of the frozen features",
        pytest.approx(0.1),
    )
    assert (second.trial, second.gain) == (Trial.SILENCED, None)


def test_a_repair_may_act_elsewhere_than_its_check_usually_does(tmp_path: Path) -> None:
    over_epochs = replace(WORKS, effect=Effect.EPOCHS)
    found = verdicts(treated(tmp_path, check("first-fault", "a,", over_epochs), run=ran))["first-fault"]
    assert found is not None
    assert (found.trial, found.gain) == (Trial.SILENCED, None)
    assert "whole epochs" in found.reason


@pytest.mark.parametrize(("effect", "told"), [(Effect.EPOCHS, True), (Effect.REPORT, False)])
def test_why_all_together_may_show_less_is_told(tmp_path: Path, effect: Effect, told: bool) -> None:
    def barely(copy: Project) -> Run:
        return Run(reached_fit=True, metrics={"accuracy": Grid(((0.5, 0.6, 0.49),))})

    other = Repair("name it", (SetArgument(CALL, "epochs", "3"),), effect=effect)
    result = treated(tmp_path, check("first-fault", "a,", WORKS), check("second-fault", "b)", other), run=barely)
    assert result.combined is not None
    assert result.combined.verdict is not None
    assert result.combined.verdict.trial is Trial.NO_EFFECT
    assert ("act over whole epochs" in result.combined.verdict.reason) is told


def test_what_promises_most_is_tried_first(tmp_path: Path) -> None:
    first = check("first-fault", "b)", Repair("name it", (SetArgument(CALL, "epochs", "3"),)))
    second = check("second-fault", "a,", WORKS)
    second.expected = Expectation(0.1, "somewhere")  # type: ignore[misc]
    found = verdicts(treated(tmp_path, first, second, run=ran, left=2))
    assert found["first-fault"] is not None
    assert found["second-fault"] is not None
    assert "for want of time" in found["first-fault"].reason
    assert "for want of time" not in found["second-fault"].reason


def test_where_all_together_hurt_each_is_tried_and_the_culprit_left_out(tmp_path: Path) -> None:
    first = check("first-fault", "a,", WORKS)
    first.effect = second_effect = Effect.REPORT  # type: ignore[misc]
    second = check("second-fault", "b)", HURTS)
    second.effect = second_effect  # type: ignore[misc]

    def breaks(copy: Project) -> Run:
        return Run(reached_fit="d)" not in copy.sources["train.py"].text, reason="NameError")

    result = treated(tmp_path, first, second, run=breaks)
    assert result.combined is not None
    assert result.combined.verdict is not None
    assert result.combined.verdict.ran
    assert "+x = fit(c, b)" in result.combined.diff
    assert verdicts(result)["second-fault"] is None
    assert any("second-fault" in notice and "NameError" in notice for notice in result.notices)


def test_what_a_short_training_cannot_show_has_no_run_of_its_own(tmp_path: Path) -> None:
    told = check("second-fault", "b)", Repair("name it", (SetArgument(CALL, "epochs", "3"),)))
    told.effect = Effect.EPOCHS  # type: ignore[misc]
    result = treated(tmp_path, check("first-fault", "a,", WORKS), told, run=ran)
    verdict = verdicts(result)["second-fault"]
    assert verdict is not None
    assert (verdict.trial, verdict.ran, verdict.gain) == (Trial.SILENCED, True, None)
    assert "no gain is claimed" in verdict.reason


def test_a_fix_that_would_undo_another_is_offered_alone(tmp_path: Path) -> None:
    rival = Repair("both anew", (InsertStatements(CALL, "x = fit(a, z)", after=True), RemoveStatement(CALL)))
    result = treated(tmp_path, check("first-fault", "a,", WORKS), check("second-fault", "b)", rival))
    assert result.combined is not None
    assert result.combined.verdict is not None
    assert "+x = fit(c, b)" in result.combined.diff
    assert "left out, as they change the same lines: both anew" in result.combined.verdict.reason
    alone = result.outcomes[1].findings[0].fix
    assert alone is not None
    assert "+x = fit(a, z)" in alone.diff


def test_advice_that_rewrites_code_and_trains_nothing_better_is_offered_by_itself(tmp_path: Path) -> None:
    rewriting = check("second-fault", "b)", Repair("rewrite", (SetArgument(CALL, "epochs", "3"),), Safety.REVIEW))
    rewriting.severity, rewriting.effect = Severity.NOTE, Effect.REPORT  # type: ignore[misc]
    result = treated(tmp_path, check("first-fault", "a,", WORKS), rewriting)
    assert result.combined is not None
    assert "+x = fit(c, b)" in result.combined.diff
    alone = result.outcomes[1].findings[0].fix
    assert alone is not None
    assert "+x = fit(a, b, epochs=3)" in alone.diff


def test_what_a_fix_brings_to_light_is_fixed_with_it(tmp_path: Path) -> None:
    hidden = check("second-fault", "c,", Repair("replace c", (ReplaceExpression(Location("train.py", 1, 1, 9, 10), "e"),)))
    hidden.severity = Severity.NOTE  # type: ignore[misc]
    result = treated(tmp_path, check("first-fault", "a,", WORKS), hidden)
    assert result.combined is not None
    assert "+x = fit(e, b)" in result.combined.diff


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
    gathered, tried = 1, 1
    assert read.count(SOURCE) == gathered + tried


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
