"""Recipes of one stage, made by hand, for the tests of checks on backbones."""

from __future__ import annotations

from vggdoctor.backbones import FAMILIES
from vggdoctor.evidence import (
    Backbone,
    Call,
    Evidence,
    Fact,
    InputContract,
    Model,
    Pipeline,
    ProbeEvidence,
    Recipe,
    Role,
    Stage,
    Step,
    known,
)
from vggdoctor.schema import Location


def at(line: int, column: int = 1, end_column: int = 1) -> Location:
    return Location("train.py", line, line, column, end_column)


FIT = at(50)
COMPLETE: Fact[bool] = known(True)
IMAGENET: Fact[str | None] = known("imagenet")
GENERATOR = Call(function="keras.preprocessing.image.ImageDataGenerator", place=at(10))


def affine(scale: float, offset: float = 0.0, line: int = 11, spelling: str = "") -> Step:
    return Step(role=Role.NORMALIZATION, operation="affine", scale=scale, offset=offset, places=(at(line),), spelling=spelling)


def function(family: str, line: int = 12, inside_model: bool = False) -> Step:
    return Step(
        role=Role.NORMALIZATION,
        operation="preprocess_input",
        family=family,
        places=(at(line),),
        spelling="preprocess_input",
        inside_model=inside_model,
    )


def pipeline(*steps: Step, complete: Fact[bool] = COMPLETE, generator: Call | None = GENERATOR) -> Pipeline:
    return Pipeline(steps=steps, complete=complete, start_range=known((0.0, 255.0)), generator=generator)


def stage(
    family: str = "vgg16",
    train: Pipeline | None = None,
    validation: Pipeline | None = None,
    weights: Fact[str | None] = IMAGENET,
    front: tuple[Step, ...] = (),
    place: Location = FIT,
) -> Stage:
    backbone = Backbone(
        application=FAMILIES[family].applications[0],
        family=family,
        place=at(20),
        weights=weights,
        include_preprocessing=known(True),
    )
    model = Model(backbone=known(backbone), input_steps=front, complete=known(True))
    return Stage(place=place, model=model, train=train or pipeline(), validation=known(validation))


def evidence(*stages: Stage, probe: ProbeEvidence | None = None) -> Evidence:
    return Evidence(recipe=Recipe(stages=stages), probe=probe)


def contract(
    low: float,
    high: float,
    role: str = "train",
    pictures: int = 32,
    std: float | None = None,
    family: str = "vgg16",
) -> InputContract:
    """An observed tensor between two values whose pictures have a usual spread, unless ``std`` says another."""
    spread = (high - low) * 0.25 if std is None else std
    return InputContract(
        stage=FIT,
        role=role,
        family=family,
        tensor="block1_conv1",
        pictures=pictures,
        minimum=low,
        maximum=high,
        mean=((low + high) / 2,) * 3,
        std=(spread,) * 3,
        edges=(low, (low + high) / 2, high),
        counts=((3, 4), (5, 6), (7, 8)),
    )
