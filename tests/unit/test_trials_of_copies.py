"""Runs of patched copies: what is compared, what is no failure, and when there is no time left."""

import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from vggdoctor.evidence import Backbone, Evidence, FeatureGain, Pipeline, ProbeEvidence, Recipe, Repeats, Stage, known
from vggdoctor.evidence.model import Model
from vggdoctor.fixing import Candidate
from vggdoctor.gather.gathering import Gathered
from vggdoctor.project import Project
from vggdoctor.schema import (
    Confidence,
    Effect,
    Finding,
    GatherReport,
    Location,
    Measure,
    Outcome,
    Repair,
    Severity,
    Status,
    Trial,
    Verdict,
)
from vggdoctor.trials import ACCURACY, FEATURES, Trials, metrics

PLACE = Location("train.py", 1, 1)
SILENT = Verdict(trial=Trial.SILENCED, reason="gone", checks_silent=True)
FINDING = Finding(
    check="c",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    message="m",
    locations=(PLACE,),
    measured={"feature_accuracy_corrected": Measure(0.8)},
)


def repeats(*rows: tuple[bool, ...]) -> Repeats:
    """Three of four pictures are of class 0."""
    labels = tuple(int(picture % 4 == 3) for picture in range(len(rows[0])))
    losses = tuple(tuple(0.2 if met else 1.0 for met in row) for row in rows)
    seeds = tuple(range(len(rows)))
    return Repeats(
        stage=PLACE, seeds=seeds, steps=9, batch_size=4, pictures=8, labels=labels, right=rows, losses=losses, loss_name="mse"
    )


def gathered(
    *rows: tuple[bool, ...],
    status: str = "ok",
    gains: tuple[FeatureGain, ...] = (),
    substituted: bool = False,
    asked: str | None = "imagenet",
) -> Gathered:
    probe = ProbeEvidence(
        repeats=(repeats(*rows),) if rows else (), pretrained=not substituted, substituted=substituted, gains=gains
    )
    reports = {
        "capture": GatherReport(status=status, reason="the time was over", seconds=13.0),  # type: ignore[arg-type]
        "probe": GatherReport(status="ok", seconds=5.0),
    }
    backbone = Backbone(application="VGG16", family="vgg16", place=PLACE, weights=known(asked))
    recipe = Recipe(stages=(Stage(place=PLACE, model=Model(backbone=known(backbone)), train=Pipeline()),))
    return Gathered(evidence=Evidence(recipe=recipe, probe=probe), reports=reports)  # type: ignore[arg-type]


class Bench:
    """Trials whose runs give ``after``; ``asked`` are their times and whether they were to be probed."""

    def __init__(self, before: Gathered, after: Gathered, seconds: float = 100.0, slow: float = 0.0) -> None:
        self.asked: list[tuple[float, bool]] = []
        self.after, self.slow = after, slow
        outcomes = [Outcome(check="c", status=Status.FAILED, findings=(FINDING,))]
        self.trials = Trials(before, outcomes, lambda *_: [Outcome(check="c", status=Status.PASSED)], self.rerun, seconds)

    def rerun(self, copy: Project, seconds: float, probed: bool) -> Gathered:
        self.asked.append((seconds, probed))
        time.sleep(self.slow)
        return self.after

    def verdict(self, project: Project, effect: Effect = Effect.TRAINING, kept: int = 0) -> Verdict:
        return self.trials.of([Candidate(FINDING, Repair("r", ()), effect)], SILENT, project, kept)[0]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "train.py").write_text("x = 1\n")
    return Project(tmp_path)


BAD = tuple(tuple((picture + start) % 4 == 0 for picture in range(16)) for start in range(3))
GOOD = tuple(tuple(picture != start for picture in range(16)) for start in range(3))


def test_each_class_counts_the_same() -> None:
    found = metrics(ProbeEvidence(repeats=(repeats((True, True, True, False)),)))
    assert found[ACCURACY].mean() == pytest.approx(0.5)
    assert found["loss in the probe (mse)"].mean() == pytest.approx((0.2 + 1.0) / 2)


def test_a_gain_over_starts_and_pictures(project: Project) -> None:
    verdict = Bench(gathered(*BAD), gathered(*GOOD)).verdict(project)
    assert verdict.trial is Trial.PROVED
    assert verdict.metric == ACCURACY
    assert [other.metric for other in verdict.also] == ["loss in the probe (mse)"]


def test_where_nothing_was_measured_no_probe_is_repeated(project: Project) -> None:
    bench = Bench(gathered(), gathered())
    assert "nothing to compare" in bench.verdict(project).reason
    assert [probed for _, probed in bench.asked] == [False]
    assert not bench.trials.can_compare


def test_what_acts_over_epochs_is_run_without_a_probe(project: Project) -> None:
    bench = Bench(gathered(*BAD), gathered(*GOOD))
    assert bench.verdict(project, Effect.EPOCHS).ran
    assert [probed for _, probed in bench.asked] == [False]


def test_a_run_leaves_time_for_others_and_is_counted_on_for_the_next(project: Project) -> None:
    """It takes 8 seconds to fit, and 3 of the 5 for the probe are expected again."""
    bench = Bench(gathered(*BAD), gathered(*GOOD), seconds=25.0)
    assert bench.trials.has_time(2)
    assert not bench.trials.has_time(3)
    bench.verdict(project, kept=1)
    assert 13 < bench.asked[0][0] <= 14


def test_one_run_is_worth_its_while_if_it_reaches_fit() -> None:
    assert Bench(gathered(*BAD), gathered(*GOOD), seconds=10.9).trials.has_time()
    assert not Bench(gathered(*BAD), gathered(*GOOD), seconds=10.3).trials.has_time()


def test_a_run_that_was_ended_by_time_is_no_failure(project: Project) -> None:
    bench = Bench(gathered(*BAD), gathered(status="failed"), seconds=0.2, slow=0.25)
    verdict = bench.verdict(project)
    assert verdict.trial is Trial.SILENCED
    assert "want of time" in verdict.reason
    assert Bench(gathered(*BAD), gathered(status="failed")).verdict(project).trial is Trial.FAILED


def test_frozen_features_decide_where_the_short_training_shows_nothing(project: Project) -> None:
    gain = FeatureGain(
        stage=PLACE, family="vgg16", pictures=64, splits=20, as_is=0.6, corrected=0.7, interval=(0.05, 0.15), seconds=1.0
    )
    same = Bench(gathered(*BAD, gains=(gain,)), gathered(*BAD)).verdict(project)
    assert (same.trial, same.metric, same.gain) == (Trial.PROVED, FEATURES, pytest.approx(0.1))
    better = Bench(gathered(*BAD, gains=(gain,)), gathered(*GOOD)).verdict(project)
    assert (better.trial, better.metric) == (Trial.PROVED, ACCURACY)
    assert FEATURES in [other.metric for other in better.also]


def test_without_the_weights_that_it_asks_for_no_gain_is_claimed(project: Project) -> None:
    verdict = Bench(gathered(*BAD, substituted=True), gathered(*GOOD)).verdict(project)
    assert (verdict.trial, verdict.gain) == (Trial.SILENCED, None)


def test_why_a_copy_measured_nothing_is_told(project: Project) -> None:
    after = gathered()
    hurried = replace(after.evidence.probe, skipped={"repeated trainings": "x", "training": "no time left of 9 s"})  # type: ignore[type-var]
    after = replace(after, evidence=replace(after.evidence, probe=hurried))
    assert Bench(gathered(*BAD), after).verdict(project).reason.endswith("compare the gain by: no time left of 9 s")


@pytest.mark.parametrize("asked", [None, "weights of ours.h5"], ids=["random by choice", "a file of its own"])
def test_weights_as_the_program_asks_for_may_gain(project: Project, asked: str | None) -> None:
    before = gathered(*BAD, asked=asked)
    bare = replace(before.evidence.probe, pretrained=False)  # type: ignore[type-var]
    before = replace(before, evidence=replace(before.evidence, probe=bare))
    assert Bench(before, gathered(*GOOD, asked=asked)).verdict(project).trial is Trial.PROVED
