import msgspec
import pytest
from report_samples import empty, outcome, rate_finding, rescale_finding, sample, schedule_finding

from vggdoctor.report import wording
from vggdoctor.schema import Confidence, Expectation, Finding, GatherReport, Measure, Outcome, Severity, Status, Trial, Verdict


def with_verdict(finding: Finding, **changes: object) -> Finding:
    assert finding.fix
    verdict = msgspec.structs.replace(finding.fix.verdict or Verdict(trial=Trial.PROVED, reason=""), **changes)
    return msgspec.structs.replace(finding, fix=msgspec.structs.replace(finding.fix, verdict=verdict))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"),
        (True, "yes"),
        (0.0, "0"),
        (-123.68, "−123.7"),
        (1234567, "1,234,567"),
        (1e-5, "1e-05".replace("-", "−")),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        ("VGG16", "VGG16"),
    ],
)
def test_numbers_as_people_write_them(value: float | None, text: str) -> None:
    assert wording.number(value) == text


def test_quantities_have_units_that_fit() -> None:
    assert wording.quantity("the array", Measure(6_021_120_000, "bytes")) == ("6.02", "GB")
    assert wording.quantity("one picture", Measure(1024, "bytes")) == ("1,024", "bytes")
    assert wording.quantity("pictures", Measure(96, "pictures")) == ("96", "")
    assert wording.quantity("largest class", Measure(66, "pictures")) == ("66", "pictures")


def test_shares_are_said_in_percent_and_losses_are_not() -> None:
    trial = Verdict(
        trial=Trial.PROVED, reason="", metric="balanced accuracy", before=0.5, after=0.75, gain=0.25, interval=(-0.01, 0.5)
    )
    assert wording.measurement(trial) == "balanced accuracy 50 % → 75 % (+25 points, 95 % interval −1 to +50)"
    loss = msgspec.structs.replace(trial, metric="loss", before=1.5, after=0.75, gain=0.75, interval=None)
    assert wording.measurement(loss) == "loss 1.5 → 0.75 (better by 0.75)"
    assert wording.measurement(msgspec.structs.replace(trial, before=None)) == ""


def test_causes_are_ranked_by_severity_then_proved_gain_then_confidence() -> None:
    ranked = wording.causes(sample())
    assert [cause.finding.check for cause in ranked] == [
        "rescale-only-preprocessing",
        "learning-rate-divergence",
        "class-imbalance",
        "missing-lr-schedule",
    ]
    assert [cause.rank for cause in ranked] == [1, 2, 3, 4]
    proved = msgspec.structs.replace(rescale_finding(), confidence=Confidence.LOW)
    result = empty(
        outcomes=(outcome(schedule_finding(), "t", "training"), outcome(rate_finding(), "t", "t"), outcome(proved, "t", "data"))
    )
    assert wording.causes(result)[0].finding.check == "rescale-only-preprocessing"
    unproved = with_verdict(rescale_finding(), trial=Trial.NO_EFFECT)
    sure = msgspec.structs.replace(rate_finding(), confidence=Confidence.HIGH, check="a-b")
    result = empty(outcomes=(outcome(unproved, "t", "data"), outcome(sure, "t", "training")))
    assert [cause.finding.check for cause in wording.causes(result)] == ["a-b", "rescale-only-preprocessing"]


@pytest.mark.parametrize("trial", [trial for trial in Trial if trial is not Trial.PROVED])
def test_only_a_proved_fix_is_said_to_gain(trial: Trial) -> None:
    result = empty(outcomes=(outcome(with_verdict(rescale_finding(), trial=trial), "t", "data"),))
    assert "gained in the probe" not in wording.verdict(result)[1]
    assert wording.causes(result)[0].gain == ""


def test_the_fixes_together_come_before_the_best_single_one() -> None:
    result = sample()
    result.combined_fix = with_verdict(rescale_finding(), after=0.98).fix
    assert wording.verdict(result)[1].startswith("All fixes together, in the probe: balanced accuracy 84 % → 98 %")


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ((Status.PASSED, Status.NOT_APPLICABLE), "No fault was found by the 1 check that applies to this training."),
        (
            (Status.PASSED, Status.NOT_RUN),
            "1 check found no fault, but 1 could not be examined: this is not a clean bill of health.",
        ),
        (
            (Status.PASSED, Status.ERRORED),
            "1 check found no fault, but 1 could not be examined: this is not a clean bill of health.",
        ),
        ((Status.NOT_APPLICABLE,), "Nothing could be judged: why not."),
    ],
)
def test_absence_of_findings_is_health_only_where_all_was_examined(statuses: tuple[Status, ...], said: str) -> None:
    result = empty(outcomes=tuple(Outcome(check="a-b", status=status, reason="why not") for status in statuses))
    assert wording.verdict(result)[0] == said
    assert ("nothing to fix" in wording.verdict(result)[1]) == (said.startswith("No fault"))


def test_a_note_alone_does_not_hold_a_model_back() -> None:
    result = empty(outcomes=(outcome(schedule_finding(), "t", "training"),))
    assert wording.verdict(result)[0].startswith("No outright error was found; look first at this: t (train.py:40).")


def test_tally_counts_what_is_silenced_and_singular_is_singular() -> None:
    assert wording.tally(empty(outcomes=(outcome(schedule_finding(), "t", "training"),), suppressed=2)) == (
        "1 note; 0 checks passed, 2 findings silenced"
    )


def test_a_check_that_found_and_also_left_open_is_named_among_the_unexamined() -> None:
    half = msgspec.structs.replace(outcome(rescale_finding(), "t", "data"), reason="the second stage is not known")
    assert wording.unexamined(empty(outcomes=(half,))) == [half]
    assert Severity.ERROR.value in wording.tally(empty(outcomes=(half,)))


@pytest.mark.parametrize("trial", [Trial.NO_EFFECT, Trial.HARMFUL])
def test_a_fault_whose_fix_gained_nothing_is_not_said_to_hold_the_model_back(trial: Trial) -> None:
    result = empty(outcomes=(outcome(with_verdict(rescale_finding(), trial=trial), "t", "data"),))
    assert "hold" not in wording.verdict(result)[0]


def test_sentences_leave_names_in_code_as_they_are() -> None:
    assert wording.sentence("nothing was run") == "Nothing was run."
    assert wording.sentence("numpy.load is not known") == "numpy.load is not known."
    assert wording.sentence("VGG16 is it!") == "VGG16 is it!"
    assert wording.sentence("") == ""
    assert wording.stopped("cat has 3 pictures") == "cat has 3 pictures."


def test_two_ends_of_a_range_are_told_as_one() -> None:
    measured = {
        "observed_min": Measure(0.0, "input value"),
        "observed_max": Measure(1.0, "input value"),
        "gain_interval_low": Measure(-0.02, "balanced accuracy"),
        "gain_interval_high": Measure(0.2, "balanced accuracy"),
        "rate_min": Measure(3),
        "pictures": Measure(96, "pictures"),
    }
    assert wording.measures(msgspec.structs.replace(rescale_finding(), measured=measured)) == [
        ("observed", "0 to 1", ""),
        ("gain interval", "−2 to 20", "%"),
        ("rate min", "3", ""),
        ("pictures", "96", ""),
    ]


def test_findings_of_one_check_are_told_apart_by_their_messages() -> None:
    second = msgspec.structs.replace(rescale_finding(), message="Another one.")
    alone = outcome(rescale_finding(), "The title", "data")
    assert [cause.name for cause in wording.causes(empty(outcomes=(alone,)))] == ["The title"]
    both = msgspec.structs.replace(alone, findings=(rescale_finding(), second))
    assert [cause.name for cause in wording.causes(empty(outcomes=(both,)))] == [
        "VGG16 with ImageNet weights gets pictures in 0..1 (`rescale=1./255`); its weights expect …",
        "Another one.",
    ]


@pytest.mark.parametrize(
    ("trial", "fate"),
    [
        (Trial.SILENCED, "fix checked, its own gain not measured"),
        (Trial.NO_EFFECT, "no gain that could be measured alone"),
        (Trial.HARMFUL, "fix did harm"),
    ],
)
def test_a_cause_without_a_proved_gain_says_what_became_of_its_fix(trial: Trial, fate: str) -> None:
    tried = with_verdict(rescale_finding(), trial=trial, before=None)
    (cause,) = wording.causes(empty(outcomes=(outcome(tried, "t", "data"),)))
    assert (cause.gain, cause.fate) == ("", fate)


def test_each_stage_has_its_own_time_and_the_rest_is_told() -> None:
    gather = {"source": GatherReport(status="ok", seconds=1), "capture": GatherReport(status="ok", seconds=40)}
    result = empty(duration_s=60.0, gather={**gather, "probe": GatherReport(status="partial", seconds=30)})
    assert wording.times(result) == [
        ("source", "ok", 1),
        ("capture", "ok", 10),
        ("probe", "partial", 30),
        ("checks, fixes and their trials", "", 19),
    ]


def test_a_gain_that_others_measured_is_told_as_theirs() -> None:
    given = msgspec.structs.replace(outcome(schedule_finding(), "t", "training"), expected=Expectation(0.1, "Keras, a guide"))
    (cause,) = wording.causes(empty(outcomes=(given,)))
    assert (cause.gain, cause.fate) == ("", "fix not tried; elsewhere +10 points of accuracy")


def test_what_the_installed_versions_refuse_does_not_hold_a_model_back() -> None:
    refused = msgspec.structs.replace(rate_finding(), check="removed-keras-api")
    alone = outcome(refused, "Names that Keras 3 no longer has", "environment")
    (sentence, _) = wording.verdict(empty(outcomes=(alone,)))
    assert sentence == (
        "With the installed versions this script stops: Names that Keras 3 no longer has (train.py:36); no other error was found."
    )
    (sentence, _) = wording.verdict(empty(outcomes=(alone, outcome(rescale_finding(), "Only rescaled", "preprocessing"))))
    assert sentence == "What holds this model back: Only rescaled (train.py:9)."
