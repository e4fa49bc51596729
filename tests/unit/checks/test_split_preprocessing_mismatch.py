"""Comparison of training with other pictures, on hand-made evidence."""

from __future__ import annotations

from backbone_recipes import FIT, affine, at, contract, evidence, function, pipeline, stage
from msgspec.structs import replace

from vggdoctor.checks.preprocessing import SplitPreprocessingMismatch
from vggdoctor.evidence import Evaluation, Evidence, Pipeline, ProbeEvidence, Recipe, Role, Step, known, unknown
from vggdoctor.judge import judge
from vggdoctor.schema import Confidence, Finding, Status

CHECK = SplitPreprocessingMismatch()
UNREAD: Pipeline = pipeline(complete=unknown("a function that is not followed"))
CAFFE, RAW, UNIT = (-123.7, 151.1), (0.0, 255.0), (0.0, 1.0)


def findings(given: Evidence) -> tuple[Finding, ...]:
    return judge([CHECK], given)[0].findings


def probed(train: tuple[float, float], validation: tuple[float, float], pictures: int = 32) -> ProbeEvidence:
    return ProbeEvidence(
        pretrained=True,
        contracts=(contract(*train, pictures=pictures), contract(*validation, role="validation", pictures=pictures)),
    )


def judged_by(*evaluations: Evaluation) -> Evidence:
    trained = stage(train=pipeline(function("vgg16")), validation=pipeline(function("vgg16")))
    return Evidence(recipe=Recipe(stages=(trained,), evaluations=evaluations))


def test_observed_ranges_speak_where_the_reading_does_not() -> None:
    given = evidence(stage(train=UNREAD, validation=UNREAD), probe=probed(CAFFE, UNIT))
    (found,) = findings(given)
    assert found.confidence is Confidence.MEDIUM
    assert found.measured["observed maximum in validation"].value == 1.0
    assert "0..1 (observed)" in found.message
    assert CHECK.fix(found, given) is None


def test_where_both_are_read_alike_the_observed_ranges_are_told_and_a_random_step_is_to_blame() -> None:
    same = stage(train=pipeline(function("vgg16")), validation=pipeline(function("vgg16")))
    given = evidence(same, probe=probed((0.0, 198.0), CAFFE))
    (found,) = findings(given)
    assert "0..198 (observed)" in found.message
    assert "-123.7..151.1 (observed)" in found.message
    assert CHECK.causes(found, given) == ("misplaced-augmentation",)
    read = evidence(stage(train=pipeline(function("vgg16")), validation=pipeline(affine(1 / 255))), probe=probed(CAFFE, UNIT))
    (differently,) = findings(read)
    assert CHECK.causes(differently, read) == ()


def test_equal_observed_ranges_beat_a_reading_that_differs() -> None:
    read = stage(train=pipeline(function("vgg16")), validation=pipeline(affine(1 / 255)))
    assert len(findings(evidence(read))) == 1
    assert findings(evidence(read, probe=probed(CAFFE, (-120.0, 148.0)))) == ()


def test_too_few_pictures_are_not_compared() -> None:
    given = evidence(stage(train=UNREAD, validation=UNREAD), probe=probed(CAFFE, UNIT, pictures=4))
    assert judge([CHECK], given)[0].status is Status.NOT_RUN


def test_dull_and_bright_pictures_are_no_two_normalisations() -> None:
    assert findings(evidence(stage(train=UNREAD, validation=UNREAD), probe=probed(RAW, (20.0, 190.0)))) == ()


def test_nothing_through_unknown() -> None:
    outcome = judge([CHECK], evidence(stage(train=pipeline(function("vgg16")), validation=UNREAD)))[0]
    assert outcome.status is Status.NOT_RUN
    assert "not followed" in outcome.reason


def test_what_the_network_is_not_known_of_is_not_compared() -> None:
    stranger = Evaluation(name="predict", place=at(60), pipeline=known(pipeline(affine(1 / 255))))
    assert findings(judged_by(stranger)) == ()
    assert len(findings(judged_by(replace(stranger, stage=0)))) == 1
    assert findings(judged_by(replace(stranger, stage=0, name="sklearn.metrics.f1_score"))) == ()


def test_several_places_are_one_finding_and_the_same_stage_twice_is_told_once() -> None:
    wrong = [
        Evaluation(name="predict", place=at(line), pipeline=known(pipeline(affine(1 / 255, line=line - 1))), stage=0)
        for line in (60, 70)
    ]
    (found,) = findings(judged_by(*wrong))
    assert {place.line for place in found.locations} == {12, 59, 60, 69, 70}
    twice = stage(train=pipeline(function("vgg16")), validation=pipeline(affine(1 / 255)))
    assert len(findings(evidence(twice, replace(twice, place=at(55), follows=0)))) == 1


def test_less_certain_steps_make_a_less_certain_finding() -> None:
    unsure = replace(affine(1 / 255), confidence=Confidence.MEDIUM)
    (found,) = findings(evidence(stage(train=pipeline(function("vgg16")), validation=pipeline(unsure))))
    assert found.confidence is Confidence.MEDIUM


def test_sizes_do_not_matter_where_the_model_resizes() -> None:
    resize = Step(role=Role.GEOMETRY, operation="resize", inside_model=True)
    small, large = (replace(pipeline(function("vgg16")), size=known((side, side))) for side in (128, 224))
    assert len(findings(evidence(stage(train=large, validation=small)))) == 1
    assert findings(evidence(stage(train=large, validation=small, front=(resize,)))) == ()
    assert FIT in findings(evidence(stage(train=large, validation=small)))[0].locations
