from types import SimpleNamespace

import numpy as np

from vggdoctor.gather.capture.partial import filled, reduce, spread


def test_rows_are_taken_evenly_and_copied_to_their_neighbours() -> None:
    x = np.arange(100, dtype="float32").reshape(100, 1)
    chosen = spread(x, 100, 12)
    assert chosen is not None
    rows, numbers = chosen
    assert (numbers[0], numbers[-1], len(numbers)) == (0, 99, 12)
    whole = filled(rows, numbers, 100)
    assert whole.shape == (100, 1)
    assert abs(whole[:, 0] - x[:, 0]).max() <= 5
    assert np.array_equal(whole[numbers], x[numbers])


def test_what_has_no_random_access_or_too_little_time_is_left_alone() -> None:
    assert spread(iter([np.zeros((4, 2))]), 4, 8) is None
    assert spread(np.zeros((100, 1)), 100, 3) is None


def test_only_rows_that_were_computed_are_left_each_once_whatever_their_order() -> None:
    computed = np.random.default_rng(0).random((10, 3)).astype("float32")
    whole = filled(computed, np.arange(10) * 10, 100)
    labels = (np.arange(100) >= 50).astype(int)
    order = np.random.default_rng(1).permutation(100)
    live = SimpleNamespace(train=whole[order], y=labels[order], sample_weight=None, validation=(whole[:50], labels[:50]))
    assert reduce(live) == ""  # type: ignore[arg-type]
    clear = [index for index in range(10) if len(set(labels[(whole == computed[index]).all(axis=1)])) == 1]
    assert len(clear) == 9  # the copies of one row lie on both sides of the border between the classes
    assert {tuple(row) for row in live.train} == {tuple(computed[index]) for index in clear}
    assert len(live.y) == 9 and len(live.validation[0]) == 6


def test_a_fit_on_anything_else_is_left_alone() -> None:
    source = iter(())
    live = SimpleNamespace(train=source, y=None, sample_weight=None, validation=None)
    assert reduce(live) == "" and live.train is source  # type: ignore[arg-type]


def test_too_few_computed_rows_are_told() -> None:
    live = SimpleNamespace(train=np.zeros((40, 2)), y=np.zeros(40), sample_weight=None, validation=None)
    assert "only 1 rows" in reduce(live)  # type: ignore[arg-type]
