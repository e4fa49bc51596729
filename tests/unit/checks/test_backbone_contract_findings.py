"""What the four checks of the backbone contract say, measure, show and repair."""

from __future__ import annotations

import pytest
from backbone_recipes import FIT, GENERATOR, affine, at, contract, evidence, function, pipeline, stage

from vggdoctor.check import Check
from vggdoctor.checks.preprocessing import (
    DoubleNormalization,
    MissingNormalization,
    RescaleOnlyPreprocessing,
    WrongPreprocessInput,
)
from vggdoctor.evidence import (
    Call,
    Evaluation,
    Evidence,
    FeatureGain,
    Model,
    Pipeline,
    ProbeEvidence,
    Recipe,
    Role,
    SourceKind,
    Stage,
    Step,
    known,
)
from vggdoctor.judge import judge
from vggdoctor.schema import (
    Finding,
    Histogram,
    InsertStatements,
    RemoveArgument,
    RemoveStatement,
    Repair,
    ReplaceExpression,
    Safety,
    SetArgument,
    Severity,
    Status,
)

FOUR: tuple[Check, ...] = (MissingNormalization(), RescaleOnlyPreprocessing(), WrongPreprocessInput(), DoubleNormalization())
VGG_FUNCTION = "${keras.applications.vgg16.preprocess_input}"
RESCALE = Step(
    role=Role.NORMALIZATION,
    operation="affine",
    scale=1 / 255,
    offset=0.0,
    spelling="rescale=1./255",
    places=(at(11),),
    argument_of=GENERATOR.place,
    argument="rescale",
)


def said(given: Evidence) -> Finding:
    """The one finding of the four checks."""
    (finding,) = [finding for outcome in judge(FOUR, given) for finding in outcome.findings]
    return finding


def repair(given: Evidence) -> Repair | None:
    finding = said(given)
    return next(check for check in FOUR if check.id == finding.check).fix(finding, given)


def expression(spelling: str, line: int = 11, **details: float) -> Step:
    """A normalising step written as an expression from the first column on."""
    step = affine(details.get("scale", 1 / 255), details.get("offset", 0.0), spelling=spelling)
    place = at(line, 1, 1 + len(spelling))
    return Step(role=step.role, operation="affine", scale=step.scale, offset=step.offset, spelling=spelling, places=(place,))


def test_the_message_names_backbone_range_observation_and_cause() -> None:
    given = evidence(stage(train=pipeline(RESCALE)), probe=ProbeEvidence(contracts=(contract(0.0, 1.0),)))
    finding = said(given)
    assert finding.check == "rescale-only-preprocessing"
    assert finding.message == (
        "VGG16 expects BGR pixels with the ImageNet means subtracted (-123.7..151.1), but block1_conv1 receives 0.00..1.00 "
        "(observed on 32 pictures) in training: rescale=1./255 is all that stands before it"
    )
    assert {name: finding.measured[name].value for name in ("observed_min", "observed_max", "observed_mean", "pictures")} == {
        "observed_min": 0.0,
        "observed_max": 1.0,
        "observed_mean": 0.5,
        "pictures": 32,
    }
    assert finding.measured["expected_min"].value == pytest.approx(-123.68)
    assert finding.measured["observed_min"].unit
    (exhibit,) = finding.exhibits
    assert isinstance(exhibit, Histogram)
    assert exhibit.expected == (-123.68, 151.061)
    assert list(exhibit.counts.values()) == [(3.0, 4.0), (5.0, 6.0), (7.0, 8.0)]


def test_what_the_steps_do_not_account_for_may_be_done_by_a_random_one_at_the_wrong_place() -> None:
    def causes(given: Evidence) -> tuple[str, ...]:
        finding = said(given)
        return next(check for check in FOUR if check.id == finding.check).causes(finding, given)

    seen = ProbeEvidence(contracts=(contract(0.0, 198.0),))
    assert causes(evidence(stage(train=pipeline(function("vgg16"))), probe=seen)) == ("misplaced-augmentation",)
    assert causes(evidence(stage(train=pipeline()), probe=seen)) == ()


def test_without_a_run_the_range_is_called_read() -> None:
    finding = said(evidence(stage(train=pipeline())))
    assert "it receives 0..255 (read) in training" in finding.message
    assert (finding.measured["read_min"].value, finding.measured["read_max"].value) == (0.0, 255.0)
    assert "observed_min" not in finding.measured


def test_training_and_validation_and_two_stages_are_one_finding() -> None:
    other = Call(function=GENERATOR.function, place=at(15))
    validation = pipeline(affine(1 / 255, line=16), generator=other)
    stages = [stage(train=pipeline(RESCALE), validation=validation, place=place) for place in (FIT, at(60))]
    finding = said(evidence(*stages))
    assert finding.locations == (at(11), at(16))
    assert "in training and validation" in finding.message


def test_different_faults_of_training_and_validation_are_two_findings() -> None:
    outcomes = judge(FOUR, evidence(stage(train=pipeline(RESCALE), validation=pipeline())))
    found = [finding for outcome in outcomes for finding in outcome.findings]
    assert [finding.check for finding in found] == ["missing-normalization", "rescale-only-preprocessing"]
    assert ["validation" in finding.message for finding in found] == [True, False]


@pytest.mark.parametrize(
    ("family", "severity"), [("vgg16", "error"), ("resnet", "error"), ("xception", "warning"), ("densenet", "warning")]
)
def test_rescaling_alone_is_worse_for_caffe_families(family: str, severity: str) -> None:
    assert said(evidence(stage(family, train=pipeline(RESCALE)))).severity is Severity(severity)


@pytest.mark.parametrize("pretrained", [True, False])
def test_a_gain_is_told_only_of_real_weights(pretrained: bool) -> None:
    gain = FeatureGain(
        stage=FIT, family="vgg16", pictures=64, splits=5, as_is=0.8, corrected=0.95, interval=(0.1, 0.2), seconds=3.0
    )
    measured = said(evidence(stage(train=pipeline(RESCALE)), probe=ProbeEvidence(gains=(gain,), pretrained=pretrained))).measured
    assert ("feature_accuracy_corrected" in measured) is pretrained
    if pretrained:
        assert (measured["feature_accuracy_as_is"].value, measured["feature_gain_interval_low"].value) == (0.8, 0.1)


def test_a_stage_that_passes_beside_one_of_random_weights_is_a_pass() -> None:
    scratch = stage(weights=known(None), place=at(60))
    outcomes = judge(FOUR, evidence(stage(train=pipeline(function("vgg16"))), scratch))
    assert {outcome.status for outcome in outcomes} == {Status.PASSED}
    outcomes = judge(FOUR, evidence(scratch))
    assert {outcome.status for outcome in outcomes} == {Status.NOT_APPLICABLE}


# repairs


def test_a_rescale_gives_way_to_the_function_on_the_same_generator() -> None:
    found = repair(evidence(stage(train=pipeline(RESCALE))))
    assert found
    assert found.safety is Safety.SAFE
    assert found.changes == (
        RemoveArgument(GENERATOR.place, "rescale"),
        SetArgument(GENERATOR.place, "preprocessing_function", VGG_FUNCTION),
    )


def test_a_function_of_the_users_own_on_the_generator_is_not_overwritten() -> None:
    own = Step(
        role=Role.AUGMENTATION,
        operation="noise",
        places=(at(12),),
        argument_of=GENERATOR.place,
        argument="preprocessing_function",
    )
    assert repair(evidence(stage(train=pipeline(own, RESCALE)))) is None
    assert repair(evidence(stage(train=pipeline(own)))) is None


@pytest.mark.parametrize(
    ("spelling", "corrected"),
    [
        ("images / 255.0", f"{VGG_FUNCTION}(images)"),
        ("tf.cast(image, tf.float32) / 255.", f"{VGG_FUNCTION}(tf.cast(image, tf.float32))"),
        ("np.array(data, dtype='float32') * (1 / 255)", f"{VGG_FUNCTION}(np.array(data, dtype='float32'))"),
        ("(x / 255.0 - 0.5) * 2", f"{VGG_FUNCTION}(x)"),
        ("1 / 255 * x", f"{VGG_FUNCTION}(x)"),
        ("x / SCALE", f"{VGG_FUNCTION}(x)"),
        ("np.divide(x, 255)", f"{VGG_FUNCTION}(x)"),
        ("tf.image.convert_image_dtype(x, tf.float32)", f"{VGG_FUNCTION}(x)"),
        ("layers.Rescaling(1./255)", f"${{keras.layers.Lambda}}({VGG_FUNCTION})"),
    ],
)
def test_an_expression_gives_way_to_the_function(spelling: str, corrected: str) -> None:
    step = expression(spelling)
    found = repair(evidence(stage(train=pipeline(step, generator=None))))
    assert found
    assert found.changes == (ReplaceExpression(step.places[0], corrected),)


@pytest.mark.parametrize("spelling", ["scale(x)", "x / y", "x / len(x)", "x /", "1 - x / 255", "255 / x"])
def test_an_expression_that_is_not_surely_understood_is_left_alone(spelling: str) -> None:
    assert repair(evidence(stage(train=pipeline(expression(spelling), generator=None)))) is None


def test_nested_operations_are_replaced_as_one_expression() -> None:
    whole = expression("x / 127.5 - 1", scale=1.0, offset=-1.0)
    part = Step(
        role=Role.NORMALIZATION,
        operation="affine",
        scale=1 / 127.5,
        offset=0.0,
        spelling="x / 127.5",
        places=(at(11, 1, 10),),
    )
    found = repair(evidence(stage(train=pipeline(part, whole, generator=None))))
    assert found
    assert found.changes == (ReplaceExpression(whole.places[0], f"{VGG_FUNCTION}(x)"),)


def test_a_change_in_place_becomes_an_assignment() -> None:
    step = expression("x_train /= 255.0")
    found = repair(evidence(stage(train=pipeline(step, generator=None))))
    assert found
    assert found.changes == (
        InsertStatements(step.places[0], f"x_train = {VGG_FUNCTION}(x_train)"),
        RemoveStatement(step.places[0]),
    )


def test_of_two_normalisations_the_right_one_inside_the_model_stays() -> None:
    call = "preprocess_input(x)"
    outside = Step(
        role=Role.NORMALIZATION,
        operation="preprocess_input",
        family="vgg16",
        spelling=call,
        places=(at(11, 1, 1 + len(call)),),
    )
    found = repair(evidence(stage(train=pipeline(outside, generator=None), front=(function("vgg16", 30, inside_model=True),))))
    assert found
    assert found.changes == (ReplaceExpression(outside.places[0], "x"),)
    assert found.safety is Safety.REVIEW


def test_builtin_rescaling_wants_every_other_one_gone() -> None:
    found = repair(evidence(stage("efficientnet", train=pipeline(RESCALE))))
    assert found
    assert found.changes == (RemoveArgument(GENERATOR.place, "rescale"),)
    assert "0..255" in found.title


def test_a_generator_that_also_feeds_another_mode_is_left_alone() -> None:
    shared = evidence(stage(train=pipeline(RESCALE)), stage("efficientnet", train=pipeline(RESCALE), place=at(60)))
    findings = [finding for outcome in judge(FOUR, shared) for finding in outcome.findings]
    assert [finding.check for finding in findings] == ["rescale-only-preprocessing", "double-normalization"]
    checks = {check.id: check for check in FOUR}
    assert [checks[finding.check].fix(finding, shared) for finding in findings] == [None, None]


def test_what_the_steps_do_not_explain_is_not_repaired() -> None:
    hidden = evidence(stage(train=pipeline(RESCALE)), probe=ProbeEvidence(contracts=(contract(0.0, 255.0),), pretrained=True))
    assert said(hidden).check == "missing-normalization"
    assert "does not account for it" in said(hidden).message
    assert repair(hidden) is None


def test_an_expression_that_was_cut_short_is_left_alone() -> None:
    step = expression("x / 255.0")
    longer = Step(
        role=step.role,
        operation="affine",
        scale=step.scale,
        offset=0.0,
        spelling=step.spelling,
        places=(at(11, 1, 200),),
    )
    assert repair(evidence(stage(train=pipeline(longer, generator=None)))) is None


# datasets and test sets


def dataset(line: int, name: str, chain: tuple[Call, ...] = ()) -> Pipeline:
    loader = Call(function="keras.utils.image_dataset_from_directory", place=at(line), assigned_to=name)
    made = pipeline(generator=None)
    return Pipeline(
        start_range=made.start_range, steps=made.steps, complete=made.complete, loader=loader, chain=chain, x_source=name
    )


def mapped(name: str) -> str:
    return f"{name} = {name}.map(lambda images, labels: ({VGG_FUNCTION}(images), labels))"


def test_a_dataset_is_mapped_once_although_two_stages_train_on_it() -> None:
    given = evidence(stage(train=dataset(5, "ds")), stage(train=dataset(5, "ds"), place=at(60)))
    found = repair(given)
    assert found
    assert found.changes == (InsertStatements(FIT, mapped("ds")),)
    assert found.safety is Safety.REVIEW


def test_the_map_goes_before_a_prefetch_and_after_anything_else() -> None:
    prefetched = Call(function="tf.data.Dataset.prefetch", place=at(7), assigned_to="ds")
    shuffled = Call(function="tf.data.Dataset.shuffle", place=at(6), assigned_to="ds")
    for chain, place, after in (
        ((prefetched,), at(7), False),
        ((shuffled, prefetched), at(7), False),
        ((shuffled,), at(6), True),
        ((prefetched, shuffled), at(6), True),
    ):
        found = repair(evidence(stage(train=dataset(5, "ds", chain))))
        assert found
        assert found.changes == (InsertStatements(place, mapped("ds"), after=after),)
        assert found.safety is Safety.SAFE


def with_test(test: Pipeline) -> Evidence:
    trained = stage(train=pipeline(RESCALE))
    evaluation = Evaluation(name="evaluate", place=at(70), pipeline=known(test))
    return Evidence(recipe=Recipe(stages=(trained,), evaluations=(evaluation,)))


def test_a_test_set_with_the_same_fault_is_repaired_too() -> None:
    other = Step(
        role=RESCALE.role,
        operation="affine",
        scale=1 / 255,
        offset=0.0,
        places=(at(31),),
        argument_of=at(30),
        argument="rescale",
    )
    found = repair(with_test(pipeline(other, generator=Call(function=GENERATOR.function, place=at(30)))))
    assert found
    assert SetArgument(at(30), "preprocessing_function", VGG_FUNCTION) in found.changes
    assert found.safety is Safety.SAFE


def test_without_its_test_set_nothing_is_repaired() -> None:
    assert repair(with_test(pipeline(affine(1 / 255, line=40, spelling="scale(x)"), generator=None))) is None


def test_a_generator_that_also_feeds_a_network_without_pretrained_weights_is_left_alone() -> None:
    own = Stage(place=at(80), model=Model(backbone=known(None)), train=pipeline(RESCALE))
    assert repair(evidence(stage(train=pipeline(RESCALE)), own)) is None


def test_an_array_is_normalised_before_fit_with_the_rows_that_are_held_back() -> None:
    def array(name: str, split: float | None) -> Pipeline:
        return Pipeline(
            kind=known(SourceKind.ARRAYS),
            start_range=known((0.0, 255.0)),
            complete=known(True),
            x_source=name,
            validation_split=known(split),
        )

    found = repair(evidence(stage(train=array("X", None), validation=array("", 0.2))))
    assert found
    assert found.changes == (InsertStatements(FIT, f"X = {VGG_FUNCTION}(X)"),)
    assert found.safety is Safety.REVIEW
    assert repair(evidence(stage(train=array("data[rows]", None)))) is None


def test_a_function_under_another_name_is_replaced_too() -> None:
    call = "pre_dense(x)"
    other = Step(
        role=Role.NORMALIZATION,
        operation="preprocess_input",
        family="densenet",
        spelling=call,
        places=(at(11, 1, 1 + len(call)),),
    )
    given = evidence(stage(train=pipeline(other, generator=None)))
    assert "pre_dense(x), like densenet.preprocess_input, standardises" in said(given).message
    found = repair(given)
    assert found
    assert found.changes == (ReplaceExpression(other.places[0], f"{VGG_FUNCTION}(x)"),)
