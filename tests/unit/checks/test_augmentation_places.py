"""Augmented evaluation, misplaced and label-breaking transforms, on hand-made evidence."""

from __future__ import annotations

import pytest
from backbone_recipes import affine, at, evidence, function, pipeline, stage
from msgspec.structs import replace

from vggdoctor.checks.augmentation import AugmentedEvaluation, LabelBreakingAugmentation, MisplacedAugmentation
from vggdoctor.evidence import (
    Augmenter,
    Call,
    Evaluation,
    Evidence,
    Recipe,
    Role,
    Step,
    known,
    unknown,
)
from vggdoctor.judge import judge
from vggdoctor.schema import Confidence, SetArgument, Status


def random(operation: str = "flip", line: int = 13, **more: object) -> Step:
    return replace(Step(role=Role.AUGMENTATION, operation=operation, spelling=f"{operation}(...)", places=(at(line),)), **more)


BRIGHTNESS = random("brightness", value_range=(0.0, 255.0), spelling="RandomBrightness layer", inside_model=True)


@pytest.mark.parametrize(
    ("before", "spelling", "found"),
    [
        (affine(1 / 255), "RandomBrightness layer", 1),
        (affine(1 / 255), "layers.RandomBrightness(0.2)", 1),
        (affine(1 / 255), "layers.RandomContrast(0.2)", 0),
        (affine(1 / 127.5, -1.0), "layers.RandomContrast(0.2)", 1),
        (function("vgg16"), "layers.RandomContrast(0.2)", 1),
        (affine(1.0), "layers.RandomBrightness(0.2)", 0),
    ],
)
def test_colour_layers_by_what_they_meet(before: Step, spelling: str, found: int) -> None:
    given = evidence(stage(front=(before, replace(BRIGHTNESS, spelling=spelling))))
    assert len(judge([MisplacedAugmentation()], given)[0].findings) == found


def test_the_range_is_given_only_where_all_stages_bring_it() -> None:
    scaled, raw = stage(front=(affine(1 / 255), BRIGHTNESS)), stage(front=(BRIGHTNESS,), place=at(80))
    check = MisplacedAugmentation()
    (found,) = judge([check], evidence(scaled))[0].findings
    repair = check.fix(found, evidence(scaled))
    assert repair is not None
    assert repair.changes == (SetArgument(at(13), "value_range", "(0, 1)"),)
    (found,) = judge([check], evidence(scaled, raw))[0].findings
    assert check.fix(found, evidence(scaled, raw)) is None


def test_a_way_of_unknown_start_says_nothing() -> None:
    unread = replace(pipeline(), start_range=unknown("not read"), complete=unknown("not read"))
    assert judge([MisplacedAugmentation()], evidence(stage(train=unread, front=(affine(1 / 255), BRIGHTNESS))))[0].findings == ()


@pytest.mark.parametrize("used", [True, False])
def test_an_augmenter_that_is_never_used(used: bool) -> None:
    made = Augmenter(call=Call(function="keras.Sequential", place=at(5), assigned_to="augment"), used=used)
    given = Evidence(recipe=Recipe(stages=(stage(),), augmenters=(made,)))
    assert [str(f.locations[0]) for f in judge([MisplacedAugmentation()], given)[0].findings] == ([] if used else ["train.py:5"])


def test_validation_that_is_not_understood_is_not_called_plain() -> None:
    outcome = judge([AugmentedEvaluation()], evidence(stage(validation=pipeline(complete=unknown("a strange call")))))[0]
    assert outcome.status is Status.NOT_RUN


def test_an_unsure_transform_is_an_unsure_finding() -> None:
    unsure = pipeline(random(confidence=Confidence.MEDIUM))
    (found,) = judge([AugmentedEvaluation()], evidence(stage(validation=unsure)))[0].findings
    assert found.confidence is Confidence.MEDIUM


def test_evaluation_on_the_training_pictures_is_another_matter() -> None:
    loader = Call(function=".flow_from_directory", place=at(15), assigned_to="train")
    train = replace(pipeline(random()), loader=loader, directory=known("a"))
    other = replace(train, directory=known("b"))
    trained = stage(train=train)
    for judged, findings in ((train, 0), (other, 1)):
        evaluation = Evaluation(name="evaluate", place=at(70), pipeline=known(judged), stage=0)
        given = Evidence(recipe=Recipe(stages=(trained,), evaluations=(evaluation,)))
        assert len(judge([AugmentedEvaluation()], given)[0].findings) == findings


@pytest.mark.parametrize(
    ("names", "directory", "direction", "findings"),
    [
        (("left", "right"), "", "horizontal", 1),
        (("left", "right"), "", "both", 1),
        (("left", "right"), "", "vertical", 0),
        (("thumbs_up", "ThumbsDown"), "", "vertical", 1),
        (tuple("ABCDEFGHIJKLMNOPQRSTUVWXY"), "letters/train", "horizontal", 1),
        (tuple("ABCDEFGHIJKLMNOPQRSTUVWXY"), "asl_alphabet/train", "horizontal", 0),
        (tuple("01234"), "retina", "horizontal", 0),
        (("cat", "dog"), "", "vertical", 1),
        (("cat", "leaf"), "", "vertical", 0),
        ((), "data/mnist_png", "horizontal", 1),
        ((), "data/fashion_mnist", "horizontal", 0),
    ],
)
def test_flips_by_the_names_of_the_classes(names: tuple[str, ...], directory: str, direction: str, findings: int) -> None:
    train = replace(
        pipeline(random(direction=direction)),
        class_names=known(names) if names else unknown("not read"),
        directory=known(directory),
    )
    assert len(judge([LabelBreakingAugmentation()], evidence(stage(train=train)))[0].findings) == findings
