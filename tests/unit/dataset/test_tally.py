from __future__ import annotations

import math
import shutil
import time
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.pictures.planting import draw_photographs
from tests.unit.dataset.test_examine import listed
from vggdoctor.gather.dataset import examine as module
from vggdoctor.gather.dataset.alike import alike
from vggdoctor.gather.dataset.examine import examine
from vggdoctor.gather.dataset.tally import Moments, Sketch, Tally, share, tally


def test_moments_of_parts_add_up_to_those_of_the_whole() -> None:
    values = np.random.default_rng(0).normal(50, 9, 1000)
    whole, parts = Moments.of(values), reduce(Moments.__add__, map(Moments.of, np.split(values, [1, 400, 400])), Moments())
    assert (parts.count, parts.mean) == (1000, pytest.approx(whole.mean))
    assert math.sqrt(parts.squares / parts.count) == pytest.approx(values.std())


def test_quantiles_of_added_sketches_are_within_one_percent() -> None:
    values = np.random.default_rng(0).lognormal(4, 1, 5000)
    values[:50] = 0
    sketch = Sketch.of(values[:1000]) + Sketch.of(values[1000:])
    for part in (0.005, 0.1, 0.5, 0.9, 0.99):
        assert sketch.quantile(part) == pytest.approx(np.quantile(values, part, method="inverted_cdf"), rel=0.0101)
    assert len(sketch.counts) < 600


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(1)
    population = random.random(3000) < 0.07
    numbers = random.normal(100, 20, 3000)
    hits = covered = 0
    for _ in range(400):
        sample = random.choice(3000, 600, replace=False)
        found = share(int(population[sample].sum()), 600, 3000)
        hits += found.low <= population.mean() <= found.high
        mean = Moments.of(numbers[sample]).estimate(3000)
        covered += mean.low <= numbers.mean() <= mean.high
    assert 0.92 < hits / 400 < 0.985
    assert 0.92 < covered / 400 < 0.985


def test_what_was_seen_whole_is_exact() -> None:
    found = share(3, 10, 10)
    assert (found.low, found.high) == pytest.approx((0.3, 0.3), abs=1e-3)


def test_a_tally_by_split_and_class(tmp_path: Path) -> None:
    paths = draw_photographs(tmp_path, 7)
    (tmp_path / "cats" / "broken.jpg").write_bytes(b"nothing")
    groups = tally(examine(listed([*paths, tmp_path / "cats" / "broken.jpg"])))
    assert {label: (one.listed, one.decoded, one.broken) for (_, label), one in groups.items()} == {
        "cats": (5, 4, 1),
        "dogs": (3, 3, 0),
    }
    both = sum(groups.values(), Tally())
    assert both.formats == {"JPEG": 7}
    assert both.mean("width").value == 160


def test_of_a_set_too_large_for_the_time_headers_and_exact_copies_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = draw_photographs(tmp_path, 12)
    paths.append(Path(shutil.copyfile(paths[3], tmp_path / "cats" / "copy.jpg")))
    same_size = tmp_path / "cats" / "same size.jpg"
    same_size.write_bytes(paths[5].read_bytes()[:-1] + b"\x00")
    monkeypatch.setattr(module, "DECODING", -1.0)  # the time for decoding is over before it begins
    monkeypatch.setattr(module, "HEADERS", 1.5)
    facts = examine(listed([*paths, same_size]), until=time.monotonic() + 60)
    assert {one.seen for one in facts} == {"header"}
    assert {(one.width, one.format) for one in facts} == {(160, "JPEG")}
    assert [(pair.first, pair.second, pair.kind) for pair in alike(facts)] == [(3, 12, "same bytes")]
