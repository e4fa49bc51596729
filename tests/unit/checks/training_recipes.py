"""Evidence of one training, made by hand, for the tests of checks on data, augmentation, schedules and metrics."""

from __future__ import annotations

from typing import Any

import msgspec

from vggdoctor.evidence import (
    Call,
    CallbackUse,
    ClassFolder,
    Compile,
    DatasetEvidence,
    Evidence,
    Loss,
    Metric,
    Model,
    Optimizer,
    Output,
    Pipeline,
    Predictions,
    ProbeEvidence,
    Recipe,
    Role,
    SourceKind,
    Split,
    Stage,
    Step,
    TrainingRun,
    known,
)
from vggdoctor.schema import Location


def at(line: int, column: int = 1, end_column: int = 80) -> Location:
    return Location("train.py", line, line, column, end_column)


FIT, COMPILE, GENERATOR, LOADER = at(50), at(40), at(10), at(20, 9)


FLOW = "keras.preprocessing.image.ImageDataGenerator.flow_from_directory"


def generator_pipeline(**fields: Any) -> Pipeline:
    """What flow_from_directory gives, with nothing but a rescale."""
    rescale = Step(
        role=Role.NORMALIZATION,
        operation="affine",
        scale=1 / 255,
        spelling="rescale=1./255",
        argument_of=GENERATOR,
        argument="rescale",
    )
    usual: dict[str, Any] = {
        "kind": known(SourceKind.DIRECTORY),
        "directory": known("data/train"),
        "label_form": known("one-hot"),
        "steps": (rescale,),
        "complete": known(True),
        "held_in_memory": known(False),
        "generator": Call(function="keras.preprocessing.image.ImageDataGenerator", place=GENERATOR, assigned_to="datagen"),
        "loader": Call(
            function="keras.preprocessing.image.ImageDataGenerator.flow_from_directory", place=LOADER, assigned_to="train"
        ),
        "x_source": "train",
    }
    return Pipeline(**(usual | fields))


def dataset_pipeline(**fields: Any) -> Pipeline:
    """What image_dataset_from_directory gives."""
    usual: dict[str, Any] = {
        "kind": known(SourceKind.DIRECTORY),
        "directory": known("data/train"),
        "label_form": known("integer"),
        "start_range": known((0.0, 255.0)),
        "complete": known(True),
        "held_in_memory": known(False),
        "loader": Call(function="keras.utils.image_dataset_from_directory", place=LOADER, assigned_to="train_ds"),
        "x_source": "train_ds",
    }
    return Pipeline(**(usual | fields))


def array_pipeline(**fields: Any) -> Pipeline:
    """What a loop over files gives: one array of pictures, 224 x 224, in float64."""
    usual: dict[str, Any] = {
        "kind": known(SourceKind.ARRAYS),
        "label_form": known("one-hot"),
        "size": known((224, 224)),
        "array_dtype": known("float64"),
        "complete": known(True),
        "resampled": known(False),
        "held_in_memory": known(True),
        "picture_loop": at(5),
        "x_source": "x_train",
        "y_source": "y_train",
    }
    return Pipeline(**(usual | fields))


def compiled(loss: str = "categorical_crossentropy", metrics: tuple[str, ...] = ("accuracy",), **optimizer: Any) -> Compile:
    usual: dict[str, Any] = {"name": "adam", "learning_rate": known(1e-4), "schedule": known(None)}
    return Compile(
        place=COMPILE,
        optimizer=known(Optimizer(**(usual | optimizer))),
        loss=known(Loss(name=loss)),
        metrics=known(tuple(Metric(name=name) for name in metrics)),
        metrics_display=at(41),
    )


def stage(train: Pipeline | None = None, compile_: Compile | None = None, **fields: Any) -> Stage:
    usual: dict[str, Any] = {
        "place": FIT,
        "receiver": "model",
        "model": Model(
            assigned_to="model",
            backbone=known(None),
            input_shape=known((224, 224, 3)),
            complete=known(True),
            output=Output(activation=known("softmax")),
        ),
        "compiled": known(compile_ or compiled()),
        "train": train or generator_pipeline(),
        "validation": known(generator_pipeline(generator=None, loader=None, x_source="val")),
        "callbacks": known(()),
        "class_weight": known(False),
        "epochs": known(25),
    }
    return Stage(**(usual | fields))


def evidence(*stages: Stage, **fields: Any) -> Evidence:
    evaluations = fields.pop("evaluations", ())
    return Evidence(recipe=Recipe(stages=stages, evaluations=evaluations), **fields)


def folder(path: str = "data/train", role: str = "train", **classes: int) -> DatasetEvidence:
    folders = tuple(ClassFolder(name=name, files=files) for name, files in classes.items())
    return DatasetEvidence(splits=(Split(path=path, role=role, classes=folders),), pictures=sum(classes.values()), examined=10)


def callback(name: str, changes_rate: bool = False, **settings: Any) -> CallbackUse:
    return CallbackUse(name=name, changes_rate=changes_rate, settings=settings)


def probe(losses: tuple[float, ...] = (), validation_loss: float | None = None, **predictions: Any) -> ProbeEvidence:
    counts = {"predicted": (10, 10), "actual": (10, 10)} | predictions
    return ProbeEvidence(
        runs=(TrainingRun(stage=at(50, 1, 1), label="user", learning_rate=1e-4, losses=losses, batch_size=10),),
        predictions=(Predictions(stage=at(50, 1, 1), loss=validation_loss, **counts),),
    )


def replaced(value: Any, **fields: Any) -> Any:
    return msgspec.structs.replace(value, **fields)
