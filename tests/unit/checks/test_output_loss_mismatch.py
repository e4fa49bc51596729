"""Which outputs, losses and labels go together. The truth of each row was tried with Keras 3.15.1 on TensorFlow."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from vggdoctor.checks.model import OutputLossMismatch
from vggdoctor.evidence import (
    Call,
    Compile,
    Evidence,
    Fact,
    Layer,
    Loss,
    Metric,
    Model,
    Optimizer,
    Output,
    Pipeline,
    Recipe,
    Stage,
    known,
    unknown,
)
from vggdoctor.judge import judge
from vggdoctor.schema import Change, Finding, Location, RemoveArgument, ReplaceExpression, SetArgument, Status

CHECK = OutputLossMismatch()


def at(line: int, width: int = 35) -> Location:
    return Location("train.py", line, line, 5, 5 + width)


HEAD, TRAIN, VALIDATION = at(10), at(5), at(6)


def evidence(
    units: int | None,
    activation: str | None,
    loss: str,
    labels: str | None,
    classes: int | None = None,
    logits: bool = False,
    metrics: tuple[str, ...] = ("accuracy",),
    loader: str = "flow_from_directory",
    outputs: int = 1,
    written: Location | None = None,
) -> Evidence:
    def maybe(value: object) -> Fact:  # type: ignore[type-arg]
        return unknown("not read") if value is None else known(value)

    def pipeline(place: Location) -> Pipeline:
        return Pipeline(label_form=maybe(labels), classes=maybe(classes), loader=Call(function=loader, place=place))

    model = Model(
        layers=(Layer(kind="Dense", place=HEAD),),
        output=Output(units=maybe(units), activation=maybe(activation), place=HEAD),
        outputs=known(outputs),
    )
    compiled = Compile(
        place=at(12),
        optimizer=known(Optimizer(name="adam")),
        loss=known(Loss(name=loss, place=written or at(11, len(loss) + 2), from_logits=known(logits))),
        metrics=known(tuple(Metric(name=name) for name in metrics)),
    )
    stage = Stage(
        place=at(20), model=model, compiled=known(compiled), train=pipeline(TRAIN), validation=known(pipeline(VALIDATION))
    )
    return Evidence(recipe=Recipe(stages=(stage,)))


def findings(given: Evidence) -> tuple[Finding, ...]:
    return judge([CHECK], given)[0].findings


def changes(given: Evidence) -> tuple[Change, ...]:
    (finding,) = findings(given)
    repair = CHECK.fix(finding, given)
    return repair.changes if repair else ()


BCE, CCE, SCCE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"


@pytest.mark.parametrize(
    "ends",
    [
        (1, "sigmoid", BCE, "binary"),
        (1, "sigmoid", BCE, "integer", 2),
        (1, "sigmoid", BCE, "one-hot", 1),
        (1, "sigmoid", BCE, "integer"),
        (3, "softmax", CCE, "one-hot", 3),
        (2, "softmax", CCE, "one-hot", 2),
        (3, "softmax", SCCE, "integer", 3),
        (2, "softmax", SCCE, "binary", 2),
        (3, "sigmoid", BCE, "one-hot", 3),
        (3, "linear", SCCE, "integer", 3, True),
        (1, "linear", BCE, "binary", 2, True),
        (1, "linear", "mean_squared_error", "integer"),
        (3, "linear", "mean_squared_error", "one-hot"),
    ],
)
def test_pairs_that_go_together_pass(ends: tuple[int, str, str, str]) -> None:
    assert judge([CHECK], evidence(*ends))[0].status is Status.PASSED


@pytest.mark.parametrize(
    ("ends", "severity", "says"),
    [
        ((1, "softmax", BCE, "binary"), "error", "always 1"),
        ((1, "softmax", CCE, "one-hot"), "error", "always 1"),
        ((1, "sigmoid", CCE, "binary"), "error", "exactly 0"),
        ((1, "sigmoid", SCCE, "integer"), "error", "one unit a class"),
        ((1, "sigmoid", BCE, "one-hot", 2), "error", "fit stops"),
        ((1, "sigmoid", BCE, "integer", 5), "error", "below zero"),
        ((3, "softmax", CCE, "integer"), "error", "fit stops"),
        ((2, "softmax", CCE, "binary"), "error", "fit stops"),
        ((3, "softmax", SCCE, "one-hot"), "error", "fit stops"),
        ((2, "softmax", BCE, "binary"), "error", "fit stops"),
        ((3, "softmax", "mean_squared_error", "integer"), "error", "one class number"),
        ((3, "linear", CCE, "one-hot"), "error", "without from_logits"),
        ((1, "linear", BCE, "binary"), "error", "without from_logits"),
        ((3, "relu", CCE, "one-hot"), "error", "ends in relu"),
        ((1, "tanh", BCE, "binary"), "error", "ends in tanh"),
        ((3, "tanh", CCE, "one-hot", 3, True), "warning", "cuts off"),
        ((3, "softmax", BCE, "one-hot"), "warning", "3 separate yes-or-no units"),
        ((2, "softmax", BCE, "one-hot"), "note", "2 separate yes-or-no units"),
        ((3, "sigmoid", CCE, "one-hot"), "note", "as a softmax"),
        ((3, "softmax", SCCE, "integer", 3, True), "note", "from_logits=True"),
        ((1, "sigmoid", BCE, "binary", 2, True), "note", "from_logits=True"),
        ((3, "softmax", "mean_squared_error", "one-hot"), "warning", "gradient vanishes"),
        ((1, "sigmoid", "mse", "binary"), "warning", "gradient vanishes"),
    ],
)
def test_pairs_that_do_not_fit(ends: tuple[int, str, str, str], severity: str, says: str) -> None:
    (finding,) = findings(evidence(*ends))
    assert finding.severity.value == severity
    assert says in finding.message


@pytest.mark.parametrize(
    "given",
    [
        evidence(None, "softmax", CCE, "one-hot"),
        evidence(3, None, CCE, "one-hot"),
        evidence(3, "softmax", CCE, None),
        evidence(3, "softmax", "custom", "one-hot"),
        evidence(3, "softmax", CCE, "integer", outputs=2),
    ],
)
def test_what_is_not_known_is_not_a_pass(given: Evidence) -> None:
    outcome = judge([CHECK], given)[0]
    assert outcome.status is Status.NOT_RUN
    assert outcome.reason


def test_the_odd_one_out_is_changed() -> None:
    def loss(name: str) -> Location:
        return at(11, len(name) + 2)

    activation = SetArgument(HEAD, "activation", '"sigmoid"')
    assert changes(evidence(1, "softmax", BCE, "binary")) == (activation,)
    assert changes(evidence(1, "softmax", CCE, "binary")) == (activation, ReplaceExpression(loss(CCE), f'"{BCE}"'))
    assert changes(evidence(1, "softmax", CCE, None)) == ()
    assert changes(evidence(3, "softmax", CCE, "integer")) == (ReplaceExpression(loss(CCE), f'"{SCCE}"'),)
    assert changes(evidence(3, "linear", SCCE, "one-hot", 3, True)) == (
        ReplaceExpression(loss(SCCE), "${keras.losses.CategoricalCrossentropy}(from_logits=True)"),
    )
    assert changes(evidence(3, "linear", CCE, "one-hot")) == (SetArgument(HEAD, "activation", '"softmax"'),)
    assert changes(evidence(3, "softmax", SCCE, "integer", 3, True)) == (RemoveArgument(loss(SCCE), "from_logits"),)
    written = at(11, len("losses.SparseCategoricalCrossentropy()"))
    assert changes(evidence(3, "softmax", SCCE, "one-hot", written=written)) == (
        ReplaceExpression(written, "${keras.losses.CategoricalCrossentropy}()"),
    )


def test_a_head_that_serves_a_sound_training_too_is_left_alone() -> None:
    faulty, sound = (evidence(2, "softmax", CCE, labels).recipe.stages[0] for labels in ("integer", "one-hot"))
    assert changes(Evidence(recipe=Recipe(stages=(faulty,)))) != ()
    assert changes(Evidence(recipe=Recipe(stages=(faulty, sound)))) == ()


def test_the_same_program_run_twice_is_one_finding() -> None:
    stage = evidence(1, "softmax", BCE, "binary").recipe.stages[0]
    assert len(findings(Evidence(recipe=Recipe(stages=(stage, stage))))) == 1


def test_labels_are_changed_in_training_and_validation_where_they_are_the_odd_one() -> None:
    assert changes(evidence(2, "softmax", CCE, "binary")) == (
        SetArgument(TRAIN, "class_mode", '"categorical"'),
        SetArgument(VALIDATION, "class_mode", '"categorical"'),
    )
    columns = evidence(3, "softmax", CCE, "integer", metrics=("auc",), loader="keras.utils.image_dataset_from_directory")
    assert changes(columns) == (
        SetArgument(TRAIN, "label_mode", '"categorical"'),
        SetArgument(VALIDATION, "label_mode", '"categorical"'),
    )
    assert changes(evidence(2, "softmax", CCE, "binary", loader="tensorflow.data.Dataset.from_tensor_slices")) == ()


def twice(inner: str = "softmax", outer: str = "Softmax", in_line: bool = True) -> Evidence:
    """A network that ends in two layers, the inner one a Dense of three units."""
    given = evidence(3, "softmax", SCCE, "integer", 3)
    layers = (
        Layer(kind="Dense", place=at(9), activation=known(inner)),
        Layer(kind=outer, place=HEAD, activation=known("softmax")),
    )
    (stage,) = given.recipe.stages
    model = replace(stage.model, layers=layers, in_line=known(in_line))
    return Evidence(recipe=Recipe(stages=(replace(stage, model=model),)))


def test_a_softmax_layer_behind_softmax_is_told_with_its_ceiling() -> None:
    (finding,) = findings(twice())
    assert "no class is ever given more than 58%" in finding.message
    assert changes(twice()) == (RemoveArgument(at(9), "activation"),)


@pytest.mark.parametrize(
    "given",
    [twice("linear"), twice("relu"), twice(outer="Dense"), twice(in_line=False)],
    ids=["logits", "relu", "a hidden softmax", "not in line"],
)
def test_one_softmax_at_the_end_is_enough(given: Evidence) -> None:
    assert not findings(given)


@pytest.mark.parametrize(
    ("activation", "loss", "logits", "change"),
    [
        (
            "softmax",
            CCE,
            False,
            (SetArgument(HEAD, "activation", '"sigmoid"'), ReplaceExpression(at(11, 26), '"binary_crossentropy"')),
        ),
        ("softmax", BCE, False, (SetArgument(HEAD, "activation", '"sigmoid"'),)),
        ("sigmoid", CCE, False, (ReplaceExpression(at(11, 26), '"binary_crossentropy"'),)),
    ],
)
def test_several_classes_at_once_do_not_share_a_softmax(
    activation: str, loss: str, logits: bool, change: tuple[Change, ...]
) -> None:
    given = evidence(3, activation, loss, "multi-hot", logits=logits)
    (finding,) = findings(given)
    assert "several classes at once" in finding.message
    assert changes(given) == change


@pytest.mark.parametrize(
    "ends", [(3, "sigmoid", BCE, "multi-hot"), (3, "linear", BCE, "multi-hot", None, True), (3, "linear", "mse", "multi-hot")]
)
def test_a_unit_for_each_of_several_classes_passes(ends: tuple[int, str, str, str]) -> None:
    assert judge([CHECK], evidence(*ends))[0].status is Status.PASSED
