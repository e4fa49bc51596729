from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
import tiny_models as tiny
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from PIL import Image

from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe import pictures
from vggdoctor.gather.probe.budget import NotPossible
from vggdoctor.gather.probe.raw_pictures import balanced_rows, pair

X, Y = tiny.pictures(40)


def live(train: Any, y: Any = None, validation: Any = None, **fit: Any) -> LiveStage:
    model, layers = tiny.flattened()
    return tiny.live(model, layers, train, y, validation=validation, fit_arguments=fit)


def training(source: Any, y: Any = None, count: int = 12, **fit: Any) -> pictures.Pictures:
    return pictures.training(live(source, y, **fit), count, 30, seed=1)


def rows_of(read: pictures.Pictures) -> list[int]:
    """Which rows of X were read."""
    return [int(np.flatnonzero((picture == X).all(axis=(1, 2, 3)))[0]) for picture in read.x]


class Sequence(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return X[4 * index : 4 * index + 4], Y[4 * index : 4 * index + 4]


def test_arrays_are_read_at_random_as_fit_shuffles_them_and_in_order_where_it_does_not() -> None:
    rows = rows_of(training(X, Y))
    assert len(set(rows)) == 12
    assert rows != sorted(rows)
    assert rows_of(training(X, Y)) == rows
    assert rows_of(training(X, Y, shuffle=False)) == list(range(12))


def test_labels_and_weights_stay_with_their_pictures() -> None:
    stage = live(X, Y)
    stage.sample_weight = np.arange(40.0)
    read = pictures.training(stage, 12, 30, seed=1)
    assert read.y is not None
    assert read.weight is not None
    assert list(read.y) == [Y[row] for row in rows_of(read)]
    assert list(read.weight) == rows_of(read)


def test_class_weights_become_sample_weights() -> None:
    read = training(X, Y, class_weight={0: 1.0, 1: 3.0})
    assert read.y is not None
    assert read.weight is not None
    assert list(read.weight) == [3.0 if label else 1.0 for label in read.y]


def test_rows_held_back_by_validation_split_are_validation_and_not_training() -> None:
    stage = live(X, Y, validation_split=0.25)
    assert max(rows_of(pictures.training(stage, 40, 30, seed=1))) == 29
    assert sorted(rows_of(pictures.validation(stage, 40, 30, seed=1))) == list(range(30, 40))


@pytest.mark.parametrize("validation", [(X[:9], Y[:9]), (X[:9], Y[:9], np.ones(9))])
def test_validation_arrays(validation: Any) -> None:
    assert sorted(rows_of(pictures.validation(live(X, Y, validation), 40, 30, seed=1))) == list(range(9))


def test_no_validation_is_said() -> None:
    with pytest.raises(NotPossible, match="no validation data"):
        pictures.validation(live(X, Y), 8, 30, seed=0)


def test_a_validation_dataset_in_the_order_of_its_classes_gives_all_classes() -> None:
    order = np.argsort(Y, kind="stable")
    dataset = tf.data.Dataset.from_tensor_slices((X[order], Y[order])).batch(4)
    read = pictures.validation(live(X, Y, dataset), 12, 30, seed=1)
    assert read.y is not None
    assert set(read.y) == {0, 1}
    assert set(read.first(6).y) == {0, 1}  # type: ignore[arg-type]


def test_a_training_dataset_is_read_as_it_comes_an_endless_one_too() -> None:
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(5)
    assert rows_of(training(dataset)) == list(range(12))
    assert rows_of(training(dataset.repeat())) == list(range(12))


def test_sequences_and_generators() -> None:
    assert len(set(rows_of(training(Sequence())))) == 12
    assert len(training(Sequence()[index] for index in range(10))) == 12
    assert len(training((X[:2], Y[:2]) for _ in range(2))) == 4


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ({"a": X}, "not one input"),
        ([X, X], "not one input"),
        (iter([({"a": X}, Y)]), "several inputs"),
        (iter([]), "no picture in time"),
    ],
)
def test_what_cannot_be_read_is_said(source: Any, reason: str) -> None:
    with pytest.raises(NotPossible, match=reason):
        training(source)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pictures")
    for row, (picture, label) in enumerate(zip(X, Y, strict=True)):
        (root / f"class{label}").mkdir(exist_ok=True)
        Image.fromarray(picture.astype("uint8")).save(root / f"class{label}" / f"{row}.png")
    return root


def test_files_of_a_keras_generator_give_the_pair_without_augmentation_and_leave_the_iterator_alone(folder: Path) -> None:
    source = ImageDataGenerator(rescale=1 / 255, rotation_range=90, width_shift_range=0.5)
    iterator = source.flow_from_directory(folder, target_size=(tiny.SIDE, tiny.SIDE), class_mode="sparse", seed=5)
    before = {
        name: value for name, value in vars(iterator).items() if name in ("batch_index", "total_batches_seen", "index_array")
    }
    stage = live(iterator)
    read = pictures.training(stage, 8, 30, seed=1)
    found = pair(stage, read, 16, 30, seed=1)
    assert {name: vars(iterator)[name] for name in before} == before
    assert found.arriving == pytest.approx(found.rgb / 255, abs=1e-6)
    assert len(rows_of(pictures.Pictures(found.rgb, None, None))) == 16
    assert list(np.bincount(found.classes)) == [8, 8]


def test_plain_pictures_are_had_back_from_what_a_pipeline_gives(folder: Path) -> None:
    arrays = live(X / np.float32(255), Y)
    found = pair(arrays, pictures.training(arrays, 16, 30, seed=1), 8, 30, seed=1)
    assert found.rgb == pytest.approx(found.arriving * 255, abs=1e-3)
    size = (tiny.SIDE, tiny.SIDE)
    dataset = keras.utils.image_dataset_from_directory(folder, image_size=size, seed=1, verbose=False)
    model, layers = tiny.nested()
    stage = tiny.live(model, layers, dataset)
    found = pair(stage, pictures.training(stage, 16, 30, seed=1), 8, 30, seed=1)
    assert found.rgb.max() == 255
    assert found.arriving == pytest.approx(found.rgb / 255, abs=1e-6)


def test_pictures_that_cannot_be_brought_back_are_said() -> None:
    strange = (X - X.mean()) / X.std()
    stage = live(strange, Y)
    with pytest.raises(NotPossible, match="plain RGB"):
        pair(stage, pictures.training(stage, 16, 30, seed=1), 8, 30, seed=1)


def test_rows_are_balanced_over_the_classes() -> None:
    classes = np.array([0] * 20 + [1] * 3 + [2] * 10)
    assert list(np.bincount(classes[balanced_rows(classes, 12, 0)])) == [5, 3, 4]
    assert len(balanced_rows(classes, 100, 0)) == 33
