"""Features are computed once in an audit, and never taken from another network."""

from pathlib import Path

import numpy as np

from vggdoctor.gather.probe.feature_store import FeatureStore

PICTURES = np.random.default_rng(0).normal(size=(6, 4, 4, 3)).astype("float32")


class Front:
    """Features that depend on ``factor``; counts the pictures that went through."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.seen = 0

    def __call__(self, x: np.ndarray) -> list[np.ndarray]:
        self.seen += len(x)
        return [x.mean(axis=(1, 2)) * self.factor, x[:, 0, 0, :1]]


def stored(folder: Path, pictures: np.ndarray, training: bool = False) -> list[np.ndarray]:
    store = FeatureStore(folder)
    made = store.features(pictures, training, Front(2.0))
    store.keep()
    return made


def test_a_second_run_computes_a_few_to_recognise_the_front_and_takes_the_rest(tmp_path: Path) -> None:
    first = stored(tmp_path, PICTURES)
    front = Front(2.0)
    again = FeatureStore(tmp_path).features(PICTURES[::-1], False, front)
    assert front.seen == 4
    assert all(np.array_equal(old[::-1], new) for old, new in zip(first, again, strict=True))


def test_another_front_on_the_same_pictures_is_computed(tmp_path: Path) -> None:
    stored(tmp_path, PICTURES)
    front = Front(3.0)
    made = FeatureStore(tmp_path).features(PICTURES, False, front)
    assert front.seen == len(PICTURES)
    assert np.allclose(made[0], PICTURES.mean(axis=(1, 2)) * 3.0)


def test_pictures_that_differ_or_are_prepared_for_training_are_computed(tmp_path: Path) -> None:
    stored(tmp_path, PICTURES)
    for pictures, training in ((PICTURES + 1, False), (PICTURES, True)):
        front = Front(2.0)
        FeatureStore(tmp_path).features(pictures, training, front)
        assert front.seen == len(PICTURES)


def test_what_a_second_run_adds_is_there_for_the_third(tmp_path: Path) -> None:
    stored(tmp_path, PICTURES[:3])
    stored(tmp_path, PICTURES)
    front = Front(2.0)
    FeatureStore(tmp_path).features(PICTURES, False, front)
    assert front.seen == 4


def test_without_a_folder_nothing_is_kept() -> None:
    store = FeatureStore(None)
    assert len(store.features(PICTURES, False, Front(1.0))[0]) == len(PICTURES)
    store.keep()
