"""The expressions that fit is given, as a fix must name them, and the steps of a dataset by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from vggdoctor.evidence import Pipeline, Stage
from vggdoctor.gather.source import read
from vggdoctor.project import Project

MODEL = """\
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(8, 3), keras.layers.Flatten(), keras.layers.Dense(10)])
model.compile("adam", "sparse_categorical_crossentropy")
"""
ARRAYS = "(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()\n"
LOADED = (
    'train_ds = keras.utils.image_dataset_from_directory("d/train")\nval_ds = keras.utils.image_dataset_from_directory("d/val")\n'
)


def stage_of(program: str, folder: Path) -> Stage:
    (folder / "train.py").write_text(MODEL + program, encoding="utf-8")
    (stage,) = read(Project(folder)).stages
    return stage


def validation_of(stage: Stage) -> Pipeline:
    assert stage.validation.value is not None
    return stage.validation.value


@pytest.mark.parametrize(
    ("fit", "x", "y"),
    [
        ("model.fit(x_train, y_train, epochs=2, validation_data=(x_test, y_test))", "x_train", "y_train"),
        ("model.fit(y=y_train, x=x_train, validation_data=[x_test, y_test])", "x_train", "y_train"),
        ("model.fit(x_train[:100], y_train[:100], validation_data=(x_test, y_test))", "x_train[:100]", "y_train[:100]"),
        ("model.fit(ImageDataGenerator().flow(x_train, y_train), validation_data=(x_test, y_test))", "x_train", "y_train"),
        ("it = ImageDataGenerator().flow(x_train, y=y_train)\nmodel.fit(it, validation_data=(x_test, y_test))", "it", "y_train"),
    ],
)
def test_arrays_by_the_names_that_fit_is_given(tmp_path: Path, fit: str, x: str, y: str) -> None:
    stage = stage_of(f"{ARRAYS}{fit}\n", tmp_path)
    assert stage.receiver == "model"
    assert (stage.train.x_source, stage.train.y_source) == (x, y)
    assert (validation_of(stage).x_source, validation_of(stage).y_source) == ("x_test", "y_test")


def test_datasets_by_name_with_their_steps_in_order(tmp_path: Path) -> None:
    program = (
        LOADED
        + "names = train_ds.class_names\n"
        + "train_ds = train_ds.map(lambda x, y: (x / 255, y)).cache()\n"
        + "batches = train_ds.prefetch(2)\n"
        + "model.fit(batches, validation_data=val_ds)\n"
    )
    stage = stage_of(program, tmp_path)
    steps = [(call.function.rpartition(".")[2], call.place.line, call.assigned_to) for call in stage.train.chain]
    first = len(MODEL.splitlines()) + 4
    assert steps == [("map", first, "train_ds"), ("cache", first, "train_ds"), ("prefetch", first + 1, "batches")]
    assert (stage.train.x_source, stage.train.y_source) == ("batches", "")
    assert (validation_of(stage).x_source, validation_of(stage).chain) == ("val_ds", ())


def test_steps_inside_a_function_and_behind_the_loader_itself(tmp_path: Path) -> None:
    program = (
        "def main():\n"
        '    ds = keras.utils.image_dataset_from_directory("d/train").shuffle(9)\n'
        "    ds = ds.prefetch(1)\n"
        "    model.fit(ds)\n"
        "main()\n"
    )
    stage = stage_of(program, tmp_path)
    assert [call.function.rpartition(".")[2] for call in stage.train.chain] == ["shuffle", "prefetch"]


def test_a_dataset_from_out_of_sight_has_no_steps(tmp_path: Path) -> None:
    stage = stage_of(LOADED + "train_ds = improve(train_ds)\nmodel.fit(train_ds, validation_data=val_ds)\n", tmp_path)
    assert stage.train.chain == ()
    assert stage.train.x_source == "train_ds"
