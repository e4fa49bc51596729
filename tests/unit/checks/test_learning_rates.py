"""Rates that are too high for pretrained layers, and rates at which the loss diverges."""

from __future__ import annotations

import pytest

from vggdoctor.checks.training import HighLearningRate, LearningRateDivergence, LowLearningRate
from vggdoctor.checks.training.learning_rate import with_rate, written_rate
from vggdoctor.evidence import (
    Backbone,
    CallbackUse,
    Compile,
    Evidence,
    Model,
    Optimizer,
    Pipeline,
    ProbeEvidence,
    RateRange,
    Recipe,
    Schedule,
    Stage,
    TrainingRun,
    known,
    unknown,
)
from vggdoctor.judge import judge
from vggdoctor.schema import (
    Confidence,
    Curve,
    Finding,
    Location,
    Outcome,
    ReplaceExpression,
    Safety,
    SetArgument,
    Severity,
    Status,
)

HIGH, DIVERGENCE = HighLearningRate(), LearningRateDivergence()


def at(line: int, column: int = 1, end_column: int = 80) -> Location:
    return Location("train.py", line, line, column, end_column)


FIT = at(30)


def optimizer(
    name: str = "adam", rate: float | None = 1e-3, schedule: str = "", default: bool = False, line: int = 20
) -> Optimizer:
    return Optimizer(
        name=name,
        place=at(line, 10, 50),
        learning_rate=unknown("from the command line") if rate is None else known(rate),
        schedule=known(Schedule(name=schedule) if schedule else None),
    )


def stage(
    used: Optimizer,
    trainable: str | None = "all",
    weights: str | None = "imagenet",
    callbacks: tuple[CallbackUse, ...] = (),
    place: Location = FIT,
    compiled_at: int = 20,
    follows: int | None = None,
) -> Stage:
    backbone = Backbone(
        application="VGG16",
        family="vgg16",
        place=at(3),
        weights=known(weights),
        trainable=known(trainable) if trainable else unknown("set in a loop"),
    )
    return Stage(
        place=place,
        model=Model(backbone=known(backbone)),
        compiled=known(Compile(place=at(compiled_at), optimizer=known(used))),
        train=Pipeline(),
        callbacks=known(callbacks),
        follows=follows,
    )


def run(label: str, rate: float, *losses: float | None, ratio: float | None = None) -> TrainingRun:
    return TrainingRun(stage=FIT, label=label, learning_rate=rate, losses=losses, update_ratio=ratio, chance_loss=0.69)


def high(*stages: Stage, ratio: float | None = None) -> Outcome:
    compiled = stages[0].compiled.value
    used = compiled.optimizer.value if compiled else None
    rate = used.learning_rate.value if used else None
    probe = None if ratio is None else ProbeEvidence(runs=(run("user", rate or 0.0, 1.0, 0.9, ratio=ratio),), pretrained=True)
    return judge([HIGH], Evidence(recipe=Recipe(stages=stages), probe=probe))[0]


@pytest.mark.parametrize(
    ("name", "rate", "found"),
    [
        ("adam", 1e-3, True),
        ("adam", 0.0010000000474974513, True),
        ("adam", 0.0009999999310821295, True),
        ("rmsprop", 2e-3, True),
        ("nadam", 1e-3, True),
        ("adam", 5e-4, False),
        ("adam", 1e-5, False),
        ("sgd", 1e-2, True),
        ("sgd", 1e-3, False),
    ],
)
def test_limits_by_kind_of_optimizer(name: str, rate: float, found: bool) -> None:
    outcome = high(stage(optimizer(name, rate)))
    assert (outcome.status is Status.FAILED) is found
    assert all(finding.severity is Severity.ERROR for finding in outcome.findings)


def test_frozen_and_random_backbones_are_not_applicable() -> None:
    assert high(stage(optimizer(), trainable="none")).status is Status.NOT_APPLICABLE
    assert high(stage(optimizer(), weights=None)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "unclear",
    [
        stage(optimizer(rate=None)),
        stage(optimizer(), trainable=None),
        stage(optimizer(schedule="keras.optimizers.schedules.CosineDecay")),
        stage(optimizer(schedule="WarmUp")),
        stage(optimizer(), callbacks=(CallbackUse(name="LearningRateScheduler", changes_rate=True),)),
        stage(optimizer("adagrad", 0.1)),
    ],
)
def test_unknown_rates_and_warm_ups_are_undetermined(unclear: Stage) -> None:
    assert high(unclear).status is Status.NOT_RUN


def test_a_schedule_that_starts_high_and_a_plateau_callback_do_not_excuse() -> None:
    falling = high(stage(optimizer(schedule="keras.optimizers.schedules.ExponentialDecay"))).findings
    assert [finding.confidence for finding in falling] == [Confidence.MEDIUM]
    plateau = stage(optimizer(), callbacks=(CallbackUse(name="ReduceLROnPlateau", changes_rate=True),))
    assert high(plateau).status is Status.FAILED


def test_the_measured_update_confirms_weakens_or_acquits() -> None:
    (confirmed,) = high(stage(optimizer()), ratio=0.08).findings
    assert (confirmed.severity, confirmed.confidence) == (Severity.ERROR, Confidence.HIGH)
    assert "8.00% of their spread" in confirmed.message
    (weakened,) = high(stage(optimizer()), ratio=0.004).findings
    assert (weakened.severity, weakened.confidence) == (Severity.WARNING, Confidence.MEDIUM)
    assert high(stage(optimizer("sgd", 1e-2)), ratio=0.0005).status is Status.PASSED


def test_a_rate_just_below_the_limit_is_reported_only_if_shown() -> None:
    assert high(stage(optimizer(rate=5e-4))).status is Status.PASSED
    (shown,) = high(stage(optimizer(rate=5e-4)), ratio=0.04).findings
    assert shown.severity is Severity.WARNING
    assert high(stage(optimizer(rate=1e-4)), ratio=0.04).status is Status.PASSED


def test_head_first_then_fine_tuning_is_judged_by_its_own_rate() -> None:
    head = stage(optimizer(line=20), trainable="none")
    tuning = stage(optimizer(rate=1e-5, line=40), place=at(50), compiled_at=40, follows=0)
    assert high(head, tuning).status is Status.PASSED
    careless = stage(optimizer(line=40), place=at(50), compiled_at=40, follows=0)
    (finding,) = high(head, careless).findings
    assert [place.line for place in finding.locations] == [40]


def test_two_stages_of_one_model_are_one_finding() -> None:
    (finding,) = high(stage(optimizer()), stage(optimizer(line=40), place=at(50), compiled_at=40, follows=0)).findings
    assert [place.line for place in finding.locations] == [20, 40]


def test_a_rate_from_elsewhere_is_changed_for_review_only() -> None:
    given = Evidence(recipe=Recipe(stages=(stage(optimizer()),)))
    inside = Optimizer(name="adam", place=at(20, 10, 50), learning_rate=known(1e-3, at(20, 20, 25)), schedule=known(None))
    written = Evidence(recipe=Recipe(stages=(stage(inside),)))
    safeties = []
    for case in (given, written):
        repair = HIGH.fix(judge([HIGH], case)[0].findings[0], case)
        assert repair
        safeties.append(repair.safety)
    assert safeties == [Safety.REVIEW, Safety.SAFE]


def test_a_momentum_of_the_users_own_stays() -> None:
    used = Optimizer(name="sgd", place=at(20, 10, 50), learning_rate=known(0.05), momentum=known(0.8), schedule=known(None))
    assert fixed(stage(used)) == (SetArgument(at(20, 10, 50), "learning_rate", "1e-4"),)


def fixed(*stages: Stage) -> tuple[object, ...]:
    evidence = Evidence(recipe=Recipe(stages=stages))
    (finding,) = judge([HIGH], evidence)[0].findings
    repair = HIGH.fix(finding, evidence)
    return repair.changes if repair else ()


def test_the_fix_is_a_low_rate_in_the_users_own_call() -> None:
    assert fixed(stage(optimizer())) == (SetArgument(at(20, 10, 50), "learning_rate", "1e-5"),)
    assert fixed(stage(optimizer("sgd", 0.05))) == (
        SetArgument(at(20, 10, 50), "learning_rate", "1e-4"),
        SetArgument(at(20, 10, 50), "momentum", "0.9"),
    )


def test_a_compile_that_a_frozen_stage_shares_is_left_alone() -> None:
    shared = optimizer()
    assert fixed(stage(shared, trainable="none"), stage(shared, place=at(50), follows=0)) == ()


def test_a_name_becomes_a_call_and_a_written_rate_is_replaced_where_it_stands() -> None:
    bare = Optimizer(name="adam", place=at(20, 15, 21), learning_rate=known(1e-3), rate_is_default=True, schedule=known(None))
    assert with_rate(bare, "1e-5") == (ReplaceExpression(at(20, 15, 21), "${keras.optimizers.Adam}(learning_rate=1e-5)"),)
    written = Optimizer(name="rmsprop", place=at(20, 15, 40), learning_rate=known(2e-3, at(20, 26, 31)), schedule=known(None))
    assert with_rate(written, "1e-5") == (ReplaceExpression(at(20, 26, 31), "1e-5"),)
    scheduled = Optimizer(name="adam", place=at(20), learning_rate=known(1e-3), schedule=known(Schedule(name="CosineDecay")))
    assert with_rate(scheduled, "1e-5") == ()


@pytest.mark.parametrize(
    ("rate", "text"), [(3.162e-5, "3e-5"), (1e-5, "1e-5"), (0.0234, "0.02"), (0.1, "0.1"), (1.9e-3, "0.001"), (9.6e-4, "9e-4")]
)
def test_rates_are_cut_to_one_digit(rate: float, text: str) -> None:
    assert written_rate(rate) == text


# divergence

FALLING = (2.1, 1.9, 1.6, 1.4, 1.2, 1.1, 0.9, 0.8)
RISING = (2.1, 8.0, 21.0, 40.0, 33.0, 51.0, 60.0, 48.0, 70.0, 66.0, 81.0, 64.0, 75.0, 90.0, 70.0, 99.0)
RANGE = RateRange(stage=FIT, rates=(1e-4, 1e-3, 1e-2), losses=(2.1, 2.1, 1.0), user_rate=1.0, largest_stable=0.03, steepest=0.011)


def diverging(*runs: TrainingRun, ranges: tuple[RateRange, ...] = (), substituted: bool = False) -> Evidence:
    used = stage(optimizer("sgd", 1.0), trainable="none")
    return Evidence(
        recipe=Recipe(stages=(used,)),
        probe=ProbeEvidence(runs=runs, ranges=ranges, pretrained=not substituted, substituted=substituted),
    )


def outcome(given: Evidence) -> Outcome:
    return judge([DIVERGENCE], given)[0]


def only(given: Evidence) -> Finding:
    (finding,) = outcome(given).findings
    return finding


def test_without_a_probe_it_does_not_run() -> None:
    given = Evidence(recipe=Recipe(stages=(stage(optimizer()),)), absent={"probe": "the audit was static"})
    assert (outcome(given).status, outcome(given).reason) == (Status.NOT_RUN, "the audit was static")


def test_rising_here_and_falling_at_a_tenth_is_divergence() -> None:
    finding = only(diverging(run("user", 1.0, *RISING), run("rate/10", 0.1, *FALLING), ranges=(RANGE,)))
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.HIGH)
    assert "rises from 17.8 to 83.5" in finding.message
    assert finding.measured["smaller_rate"].value == 0.1
    curves = [exhibit for exhibit in finding.exhibits if isinstance(exhibit, Curve)]
    assert list(curves[0].y) == ["rate 1", "rate 0.1"]
    assert (curves[1].x_log, curves[1].marks["largest stable"]) == (True, 0.03)


def test_a_loss_that_is_not_finite_is_divergence_if_a_smaller_rate_falls() -> None:
    finding = only(diverging(run("user", 1.0, 2.1, None), run("rate/10", 0.1, 3.0, None), run("rate/100", 0.01, *FALLING)))
    assert "no longer finite after 2 steps" in finding.message
    assert finding.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    "losses",
    [
        FALLING,
        (1.0,) * 8,
        (0.8, 1.5, 1.0, 1.4, 0.9, 1.1, 0.8, 1.6),
        (1.00, 1.02, 1.01, 1.03, 1.04, 1.05, 1.04, 1.06),
        (0.7, 0.9, 3.3, 4.1, 2.9, 2.2, 1.7, 1.3),
        (0.5, 1.5, 0.6, 1.4, 1.0, 1.2, 0.4, 2.4),
    ],
    ids=["falling", "level", "jittering", "a little up", "recovering", "within the noise"],
)
def test_what_is_no_clear_rise_passes(losses: tuple[float, ...]) -> None:
    assert outcome(diverging(run("user", 1.0, *losses), run("rate/10", 0.1, *FALLING))).status is Status.PASSED


@pytest.mark.parametrize(
    "runs",
    [
        (run("user", 1.0, *RISING), run("rate/10", 0.1, *RISING), run("rate/100", 0.01, *RISING)),
        (run("user", 1.0, 2.0, None), run("rate/10", 0.1, 2.0, None)),
        (run("user", 1.0, *RISING),),
        (run("user", 1.0, 2.0, 9.0, 9.5), run("rate/10", 0.1, *FALLING)),
        (),
    ],
    ids=["rises at every rate", "never finite", "no slower run", "too short", "no run"],
)
def test_what_the_rate_may_not_be_guilty_of_is_undetermined(runs: tuple[TrainingRun, ...]) -> None:
    assert outcome(diverging(*runs)).status is Status.NOT_RUN


def test_random_weights_in_the_place_of_pretrained_ones_prove_nothing() -> None:
    runs = (run("user", 1.0, *RISING), run("rate/10", 0.1, *FALLING))
    assert outcome(diverging(*runs, substituted=True)).status is Status.NOT_RUN


def test_a_few_steps_make_a_warning() -> None:
    finding = only(diverging(run("user", 1.0, *RISING[:9]), run("rate/10", 0.1, *FALLING)))
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.MEDIUM)


def test_the_range_test_alone_shows_it_with_less_confidence() -> None:
    assert only(diverging(run("user", 1.0, *RISING), ranges=(RANGE,))).confidence is Confidence.MEDIUM


def test_the_fix_is_the_steepest_rate_else_the_smaller_one() -> None:
    for ranges, text in (((RANGE,), "0.01"), ((), "0.1")):
        given = diverging(run("user", 1.0, *RISING), run("rate/10", 0.1, *FALLING), ranges=ranges)
        repair = DIVERGENCE.fix(only(given), given)
        assert repair
        assert repair.changes == (SetArgument(at(20, 10, 50), "learning_rate", text),)


def test_after_the_fix_the_old_run_says_nothing_of_the_new_rate() -> None:
    runs = (run("user", 1.0, *RISING), run("rate/10", 0.1, *FALLING))
    probe = ProbeEvidence(runs=runs)
    for rate, status in ((0.1, Status.PASSED), (0.5, Status.NOT_RUN)):
        changed = Evidence(recipe=Recipe(stages=(stage(optimizer("sgd", rate), trainable="none"),)), probe=probe)
        assert outcome(changed).status is status


@pytest.mark.parametrize(("rate", "status"), [(1e-4, Status.NOT_RUN), (2e-6, Status.FAILED)])
def test_an_ordinary_rate_is_not_too_low_where_nobody_knows_how_long_it_trains(rate: float, status: Status) -> None:
    still, falling = (2.0, 1.99, 2.01, 2.0) * 6, tuple(2.0 - 0.05 * step for step in range(24))
    runs = (run("user", rate, *still), run("rate*10", 10 * rate, *falling))
    given = Evidence(recipe=Recipe(stages=(stage(optimizer("adam", rate), trainable="none"),)), probe=ProbeEvidence(runs=runs))
    (told,) = judge([LowLearningRate()], given)
    assert told.status is status
