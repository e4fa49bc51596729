from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.pictures.planting import draw_photographs, plant_broken
from tests.unit.dataset.test_examine import listed
from vggdoctor.errors import InputError
from vggdoctor.gather.dataset.cluster import Cluster
from vggdoctor.gather.dataset.examine import examine
from vggdoctor.gather.dataset.looking import fallen, look_at

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def local() -> Iterator[object]:
    """A real cluster: a scheduler and two worker processes."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing_and_counts_nothing_twice(local: object, tmp_path: Path) -> None:
    paths = draw_photographs(tmp_path, 48)
    chunks = [[str(path) for path in paths[start : start + 4]] for start in range(0, 48, 4)]
    with distributed.Client(local, set_as_default=False) as client:
        before = client.run(os.getpid)
        done: dict[int, list[int]] = {}
        for number, first, rows in Cluster(local.scheduler_address, look_at, fallen).each(chunks):  # type: ignore[attr-defined]
            assert (number, first) not in [(seen, 0) for seen in done]
            done[number] = rows.table["byte_hash"].tolist()
            if len(done) == 2:
                os.kill(next(iter(before.values())), signal.SIGKILL)
        client.wait_for_workers(2)
        after = client.run(os.getpid)
    assert set(before.values()) != set(after.values()), "no worker was replaced"
    truth = [look_at(chunk).table["byte_hash"].tolist() for chunk in chunks]
    assert [done[number] for number in range(len(chunks))] == truth


@pytest.mark.slow
def test_a_cluster_finds_what_one_machine_finds(local: object, tmp_path: Path) -> None:
    draw_photographs(tmp_path, 20)
    list(plant_broken(tmp_path / "broken"))
    files = listed(sorted(path for path in tmp_path.rglob("*") if path.suffix and not path.is_dir()))
    here, there = examine(files), examine(files, cluster=local.scheduler_address)  # type: ignore[attr-defined]
    assert list(there) == list(here)


def test_an_address_where_nobody_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vggdoctor.gather.dataset.cluster.CONNECT_SECONDS", 0.2)
    with pytest.raises(InputError, match="no Dask scheduler answers at"):
        Cluster("tcp://127.0.0.1:9", look_at, fallen)
