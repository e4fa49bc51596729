"""Spreads work over the processors, until a deadline, and survives whatever a decoder does to its process."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, TypeVar

from vggdoctor.gather.dataset.helpers import Helpers
from vggdoctor.gather.dataset.limits import limit

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 16
"""Workers; beyond, one parent that collects is what bounds it (ours)."""

IN_FLIGHT = 2
"""Tasks a worker: one in work, one waiting."""


def workers() -> int:
    """Processors that this process may use, at most MOST."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST, allowed)


def forks() -> bool:
    """Whether workers are forked. TensorFlow in this process has threads and locks that a fork would not survive; where they
    cannot be forked, they are interpreters of their own, which take a third of a second to start."""
    return "tensorflow" not in sys.modules and "fork" in multiprocessing.get_all_start_methods() and sys.platform == "linux"


class Crew(Generic[Item, Result]):
    """Applies ``work`` to chunks of items in worker processes. The items of a chunk whose process dies are done one by one;
    each that kills its process again gets ``fallen`` for a result."""

    def __init__(self, work: Callable[[Sequence[Item]], Result], fallen: Callable[[Sequence[Item]], Result]) -> None:
        self._work = work
        self._fallen = fallen

    def each(self, chunks: Sequence[Sequence[Item]], until: float | None = None) -> Iterator[tuple[int, int, Result]]:
        """Yield (number of the chunk, first item in it, result), in any order; a chunk that was lost comes in parts. Nothing
        is begun after ``until`` (time.monotonic)."""
        waiting = list(range(len(chunks)))[::-1]
        while waiting and not _is_over(until):
            lost: list[int] = []
            yield from self._some(chunks, waiting, lost, until)
            for number in lost:
                yield from ((number, start, result) for start, result in self._singly(chunks[number], until))

    def _some(
        self, chunks: Sequence[Sequence[Item]], waiting: list[int], lost: list[int], until: float | None
    ) -> Iterator[tuple[int, int, Result]]:
        """As far as it goes in one pool; ``waiting`` shrinks, ``lost`` are those that were in work when a process died."""
        running: dict[Future[Result], int] = {}
        count = min(workers(), len(waiting))
        pool = _pool(count)
        try:
            while running or (waiting and not lost and not _is_over(until)):
                while waiting and not lost and not _is_over(until) and len(running) < IN_FLIGHT * count:
                    number = waiting.pop()
                    try:
                        running[pool.submit(self._work, chunks[number])] = number
                    except BrokenProcessPool:
                        lost.append(number)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    number = running.pop(future)
                    try:
                        yield number, 0, future.result()
                    except BrokenProcessPool:
                        lost.append(number)
        finally:
            pool.shutdown(cancel_futures=True)

    def _singly(self, chunk: Sequence[Item], until: float | None) -> Iterator[tuple[int, Result]]:
        pool = _pool(1)
        try:
            for place, item in enumerate(chunk):
                if _is_over(until):
                    return
                try:
                    result = pool.submit(self._work, [item]).result()
                except BrokenProcessPool:
                    result = self._fallen([item])
                    pool.shutdown()
                    pool = _pool(1)
                yield place, result
        finally:
            pool.shutdown()


def _pool(count: int) -> Executor:
    if not forks():
        return Helpers(count)
    with warnings.catch_warnings():
        # Python 3.12 warns where other threads run (a progress line); the workers use nothing of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        return ProcessPoolExecutor(count, multiprocessing.get_context("fork"), initializer=limit)


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until
