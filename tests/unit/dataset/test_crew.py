from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from picture_sets import scanned, write

from vggdoctor.evidence import Recipe
from vggdoctor.gather.dataset import crew, helpers, limits, looking
from vggdoctor.gather.dataset.crew import Crew
from vggdoctor.gather.dataset.decoding import Look, look
from vggdoctor.gather.dataset.helpers import Helpers

FORKED = pytest.mark.skipif(not crew.forks(), reason="workers are not forked here")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="address space is bounded on Linux")


@pytest.fixture(params=[pytest.param("forked", marks=FORKED), "started"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Workers as they are here, and as they are where they cannot be forked."""
    if request.param == "started":
        monkeypatch.setattr(crew, "forks", lambda: False)
    return str(request.param)


def squares(numbers: Sequence[int]) -> list[int]:
    """Some numbers take their process down."""
    for number in numbers:
        if number in (7, 8):
            os._exit(1)
    return [number * number for number in numbers]


def lost(numbers: Sequence[int]) -> list[int]:
    return [-number for number in numbers]


def prints(numbers: Sequence[int]) -> list[int]:
    print("what a decoder says", flush=True)
    os.write(1, b"and its library")
    if 13 in numbers:
        raise ValueError("thirteen")
    return list(numbers)


def reserves(sizes: Sequence[int]) -> list[str]:
    found = []
    for size in sizes:
        try:
            np.empty(size, np.uint8)
            found.append("had")
        except MemoryError:
            found.append("refused")
    return found


def names(numbers: Sequence[int]) -> list[int]:
    return [os.getpid() for _ in numbers]


def done(numbers: Sequence[int], size: int) -> Iterator[tuple[int, int]]:
    chunks = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    for number, first, results in Crew(squares, lost).each(chunks):
        yield from zip(chunks[number][first:], results, strict=False)


@pytest.mark.parametrize("size", [5, 20])
def test_items_that_kill_their_process_are_found_and_the_others_are_done_once(ways: str, size: int) -> None:
    found = sorted(done(range(20), size))
    assert found == [(number, -number if number in (7, 8) else number * number) for number in range(20)]


def test_work_is_done_in_other_processes_however_little_it_is(ways: str) -> None:
    ((_, _, found),) = Crew(names, lost).each([[1]])
    assert found != [os.getpid()]


def test_what_a_worker_prints_and_raises_does_not_disturb_its_results(ways: str) -> None:
    assert [found for _, _, found in Crew(prints, lost).each([[1, 2]])] == [[1, 2]]
    with pytest.raises(ValueError, match="thirteen"):
        list(Crew(prints, lost).each([[13]]))


@LINUX
def test_a_worker_cannot_take_all_memory(ways: str) -> None:
    ((_, _, found),) = Crew(reserves, lost).each([[limits.MEMORY // 2, 2 * limits.MEMORY]])
    assert found == ["had", "refused"]


def test_helpers_end_with_their_work_and_only_as_many_start_as_there_is_work() -> None:
    pool = Helpers(4)
    with pool:
        assert pool.submit(squares, [3]).result() == [9]
        (process,) = pool._begun
        assert process.poll() is None
    assert process.poll() is not None


@pytest.mark.parametrize("program", ["", "/no/such/python"])
def test_where_no_process_can_be_started_threads_do_the_work(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(helpers.sys, "executable", program)
    monkeypatch.setattr(crew, "forks", lambda: False)
    assert [found for _, _, found in Crew(names, lost).each([[1]])] == [[os.getpid()]]


def test_after_the_time_is_over_lost_items_are_not_tried_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    over = iter([False, False])
    monkeypatch.setattr(crew, "_is_over", lambda until: next(over, True))
    assert list(Crew(squares, lost).each([[7, 1, 2]], until=1.0)) == []


def crashing(data: bytes, name: str) -> Look:
    name = os.path.basename(name)
    if "crash" in name:
        os.kill(os.getpid(), signal.SIGSEGV)
    while "hang" in name:
        pass
    while "wait" in name:
        time.sleep(60)
    return look(data, name)


@FORKED
def test_a_picture_that_crashes_its_decoder_or_never_ends_is_listed_and_the_others_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("a", "crash", "b", "hang", "c", "wait")):
        write(tmp_path / "train" / "gulls" / f"{name}.jpg", number)
        write(tmp_path / "train" / "terns" / f"{number}.jpg", 100 + number)
    monkeypatch.setattr(looking, "look", crashing)
    monkeypatch.setattr(limits, "SECONDS", 0.3)
    monkeypatch.setattr(limits, "WAITING", 2)
    evidence = scanned(tmp_path, Recipe())
    assert {file.path: file.kind for file in evidence.broken} == {
        f"train/gulls/{name}.jpg": "reading it crashed or did not end" for name in ("crash", "hang", "wait")
    }
    assert evidence.examined == evidence.pictures == 12


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or crew.forks(), reason="the tests above fork here, or nothing can")
def test_forked_workers_where_another_test_has_loaded_tensorflow() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "(forked or crashes) and not loaded", __file__],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "skipped" not in ended.stdout
