"""Spreads work over the processors, until a deadline, and survives whatever a decoder does to its process."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, TypeVar

from threadpoolctl import threadpool_limits

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
    """Whether workers are forked processes. Elsewhere they are threads (Pillow and numpy let others run while they work): a
    process that is started anew would run a user's unguarded script again, and takes longer than a small set. TensorFlow in this
    process has threads and locks that a fork would not survive."""
    return "tensorflow" not in sys.modules and "fork" in multiprocessing.get_all_start_methods() and sys.platform == "linux"


class Crew(Generic[Item, Result]):
    """Applies ``work`` to chunks of items. A chunk whose process dies is halved until the item is found that kills it; that one
    gets ``fallen`` for a result."""

    def __init__(self, work: Callable[[Sequence[Item]], Result], fallen: Callable[[Sequence[Item]], Result]) -> None:
        self._work = work
        self._fallen = fallen

    def each(self, chunks: Sequence[Sequence[Item]], until: float | None = None) -> Iterator[tuple[int, int, Result]]:
        """Yield (number of the chunk, first item in it, result), in any order; a chunk that was halved comes in parts. No
        chunk is begun after ``until`` (time.monotonic)."""
        waiting = list(range(len(chunks)))[::-1]
        while waiting and not _is_over(until):
            lost: list[int] = []
            yield from self._some(chunks, waiting, lost, until)
            for number in lost:
                yield from ((number, start, result) for start, result in self._alone(chunks[number], 0))

    def _some(
        self, chunks: Sequence[Sequence[Item]], waiting: list[int], lost: list[int], until: float | None
    ) -> Iterator[tuple[int, int, Result]]:
        """As far as it goes in one pool; ``waiting`` shrinks, ``lost`` are those that were in work when a process died."""
        running: dict[Future[Result], int] = {}
        count = min(workers(), len(waiting))
        pool = _pool(count) if len(chunks) > 1 else ThreadPoolExecutor(1)  # a handful is done before a process has started
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

    def _alone(self, chunk: Sequence[Item], start: int) -> Iterator[tuple[int, Result]]:
        with _pool(1) as pool:
            try:
                yield start, pool.submit(self._work, chunk).result()
                return
            except BrokenProcessPool:
                pass
        if len(chunk) == 1:
            yield start, self._fallen(chunk)
            return
        middle = len(chunk) // 2
        yield from self._alone(chunk[:middle], start)
        yield from self._alone(chunk[middle:], start + middle)


def _pool(count: int) -> Executor:
    if not forks():
        return ThreadPoolExecutor(count)
    with warnings.catch_warnings():
        # Python 3.12 warns where other threads run (a progress line); the workers use nothing of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        return ProcessPoolExecutor(count, multiprocessing.get_context("fork"), initializer=_alone_on_its_processor)


def _alone_on_its_processor() -> None:
    """Threads of the linear algebra would wait for each other: every processor has a worker."""
    threadpool_limits(1)


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until
