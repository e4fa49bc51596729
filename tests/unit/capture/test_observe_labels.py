"""What is seen of the labels that a live fit is given."""

from __future__ import annotations

from typing import Any

import pytest

np = pytest.importorskip("numpy")
tf = pytest.importorskip("tensorflow")

from vggdoctor.evidence import Pipeline  # noqa: E402
from vggdoctor.gather.capture.observe_labels import form_of_vectors, order_of, with_labels  # noqa: E402

SORTED = np.repeat([2, 0, 1], 20)
MIXED = np.tile([0, 1, 2], 20)
ROWS = np.zeros((60, 4), "float32")


@pytest.mark.parametrize("labels", [SORTED, SORTED[:, None], np.eye(3)[SORTED], SORTED.astype("float32")])
def test_blocks_of_one_class_each_are_seen_in_any_form(labels: Any) -> None:
    assert order_of(labels).value == "by-class"


def test_rows_of_many_classes_in_turn_are_mixed() -> None:
    assert order_of(MIXED).value == "mixed"


@pytest.mark.parametrize(
    "labels", [None, np.zeros(60), np.repeat([0, 1], 2), np.random.default_rng(0).random(60), np.array(["a", "b"])]
)
def test_one_class_few_rows_and_no_class_numbers_tell_nothing(labels: Any) -> None:
    assert not order_of(labels).known


def test_a_dataset_without_a_shuffle_is_read_from_its_head() -> None:
    dataset = tf.data.Dataset.from_tensor_slices((ROWS, SORTED)).map(lambda x, y: (x / 2, y)).cache().batch(8).prefetch(1)
    found = with_labels(Pipeline(), dataset, None, (ROWS[:8], SORTED[:8]))
    assert (found.order.value, found.shuffle.value, found.label_range.value) == ("by-class", False, (2, 2))


@pytest.mark.parametrize(
    "change",
    [
        lambda dataset: dataset.shuffle(60).batch(8),
        lambda dataset: tf.data.Dataset.sample_from_datasets([dataset, dataset]).batch(8),
        lambda dataset: dataset.window(4).flat_map(lambda x, y: tf.data.Dataset.zip((x, y))).batch(8),
    ],
    ids=["shuffled", "drawn from two", "flattened"],
)
def test_a_dataset_that_something_may_have_mixed_tells_nothing(change: Any) -> None:
    found = with_labels(Pipeline(), change(tf.data.Dataset.from_tensor_slices((ROWS, SORTED))), None, None)
    assert not found.order.known and not found.shuffle.known and not found.label_range.known


def test_one_hot_labels_have_no_range() -> None:
    assert not with_labels(Pipeline(), ROWS, np.eye(3)[MIXED], (ROWS, np.eye(3)[MIXED])).label_range.known


@pytest.mark.parametrize(
    ("rows", "form"),
    [
        ([[1, 0, 0], [0, 0, 1]], "one-hot"),
        ([[1, 0, 1], [0, 0, 1]], "multi-hot"),
        ([[1, 0, 1], [0, 0, 0]], "multi-hot"),
        ([[1, 0, 0], [0, 0, 0]], None),
        ([[0.9, 0.05, 0.05]], None),
    ],
)
def test_vectors_of_one_class_and_of_several(rows: list[list[float]], form: str | None) -> None:
    assert form_of_vectors(np.array(rows)).value == form


def test_classes_that_may_be_together_are_not_counted_against_each_other() -> None:
    from vggdoctor.gather.capture.observe_pipeline import _labels

    facts = _labels(np.array([[1, 0, 1], [1, 1, 0], [1, 0, 0]]))
    assert facts["label_form"].value == "multi-hot" and not facts["classes"].known and not facts["class_counts"].known
