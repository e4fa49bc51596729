"""Reads groups of files side by side where there are many."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

from vggdoctor.gather.source.reading import Part, Task

WORTH_IT = 150
"""Files; below, starting processes takes longer than they save (measured: 0.1 s, about 4 ms a file)."""
MOST = 8


def each(work: Callable[[Task], Part], tasks: Sequence[Task]) -> list[Part]:
    """The results in the order of the tasks, the same with and without processes."""
    count = _processes(tasks)
    if count < 2:
        return [work(task) for task in tasks]
    import multiprocessing  # here: what a small project does not need must not slow its start
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(count, multiprocessing.get_context("fork")) as pool:
        return list(pool.map(work, tasks))


def _processes(tasks: Sequence[Task]) -> int:
    if sum(len(task.entries) for task in tasks) < WORTH_IT:
        return 1
    return min(len(tasks), _affordable())


def _affordable() -> int:
    """1 where a process cannot safely be forked: there is no fork, or other threads run."""
    if not hasattr(os, "sched_getaffinity") or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), MOST)
