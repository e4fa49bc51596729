"""Observed facts win, read places stay exact, and nothing is lost."""

from vggdoctor.evidence import (
    Call,
    Compile,
    Evaluation,
    Model,
    Optimizer,
    Origin,
    Pipeline,
    Recipe,
    Role,
    Stage,
    Step,
    known,
    unknown,
)
from vggdoctor.gather.merge import merge
from vggdoctor.schema import Location

FIT = Location("train.py", 20, 24, 1, 9)
FRAME = Location("train.py", 20, 20)


def stage(place: Location, **fields: object) -> Stage:
    return Stage(**{"place": place, "model": Model(), "train": Pipeline(), **fields})


def merged(read: Stage, observed: Stage) -> Stage:
    recipe = merge(Recipe(stages=(read,)), Recipe(stages=(observed,)))
    assert len(recipe.stages) == 1
    return recipe.stages[0]


def test_an_observed_value_replaces_a_read_one_and_keeps_its_exact_place() -> None:
    exact = Location("train.py", 7, 7, 5, 30)
    result = merged(
        stage(FIT, epochs=known(10, exact)),
        stage(FRAME, epochs=known(10, Location("train.py", 7, 7), origin=Origin.OBSERVED)),
    )
    assert result.epochs.origin is Origin.OBSERVED
    assert result.epochs.locations == (exact,)


def test_a_read_value_stays_where_nothing_was_observed() -> None:
    assert merged(stage(FIT, epochs=known(3, FIT)), stage(FRAME)).epochs.value == 3


def test_a_contradicting_observation_brings_its_own_place() -> None:
    frame = Location("train.py", 9, 9)
    result = merged(stage(FIT, epochs=known(3, FIT)), stage(FRAME, epochs=known(5, frame, origin=Origin.OBSERVED)))
    assert (result.epochs.value, result.epochs.locations) == (5, (frame,))


def test_nested_structs_are_joined_field_by_field_if_they_are_the_same_thing() -> None:
    exact = Location("train.py", 5, 5, 3, 40)
    read = Compile(place=FIT, optimizer=known(Optimizer(name="adam", place=exact), exact))
    seen = Compile(place=FRAME, optimizer=known(Optimizer(name="adam", learning_rate=known(1e-3, origin=Origin.OBSERVED))))
    optimizer = merged(stage(FIT, compiled=known(read)), stage(FRAME, compiled=known(seen))).compiled.value.optimizer.value
    assert (optimizer.place, optimizer.learning_rate.value) == (exact, 1e-3)

    other = Compile(place=FRAME, optimizer=known(Optimizer(name="sgd")))
    optimizer = merged(stage(FIT, compiled=known(read)), stage(FRAME, compiled=known(other))).compiled.value.optimizer.value
    assert optimizer.name == "sgd"


def test_steps_are_the_observed_ones_only_where_those_are_complete() -> None:
    place = Location("train.py", 3, 3, 8, 20)
    read = Pipeline(steps=(Step(role=Role.NORMALIZATION, operation="affine", places=(place,)),), complete=unknown("a lambda"))
    flip = Step(role=Role.AUGMENTATION, operation="flip")
    scale = Step(role=Role.NORMALIZATION, operation="affine", scale=0.5)
    opaque = Pipeline(steps=(flip,), complete=unknown("tf.data"))
    assert merged(stage(FIT, train=read), stage(FRAME, train=opaque)).train.steps == read.steps

    clear = Pipeline(steps=(flip, scale), complete=known(True, origin=Origin.OBSERVED))
    steps = merged(stage(FIT, train=read), stage(FRAME, train=clear)).train.steps
    assert [step.operation for step in steps] == ["flip", "affine"]
    assert (steps[1].places, steps[1].scale) == ((place,), 0.5)

    none = Pipeline(steps=(), complete=known(True, origin=Origin.OBSERVED))
    assert merged(stage(FIT, train=read), stage(FRAME, train=none)).train.steps == ()


def test_what_only_the_text_tells_is_kept() -> None:
    step = Call(function="tf.data.Dataset.map", place=FIT, assigned_to="train_ds")
    read = Pipeline(chain=(step,), x_source="train_ds", y_source="y")
    live = Pipeline(complete=known(True, origin=Origin.OBSERVED))
    train = merged(stage(FIT, train=read), stage(FRAME, train=live)).train
    assert (train.chain, train.x_source, train.y_source) == ((step,), "train_ds", "y")


def test_stages_and_evaluations_that_only_one_side_knows_are_kept() -> None:
    elsewhere = stage(Location("other.py", 2, 2))
    late = stage(Location("train.py", 40, 40), follows=0)
    recipe = merge(
        Recipe(stages=(elsewhere, stage(FIT)), evaluations=(Evaluation(name="keras.Model.predict", place=FIT),)),
        Recipe(
            stages=(stage(FRAME), late),
            evaluations=(Evaluation(name="predict", place=FRAME), Evaluation(name="evaluate", place=FRAME)),
        ),
    )
    assert [item.place.line for item in recipe.stages] == [2, 20, 40]
    assert recipe.stages[2].follows == 1
    assert [item.name for item in recipe.evaluations] == ["keras.Model.predict", "evaluate"]
