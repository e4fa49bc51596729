"""What a worker process may take: a decoder that hangs or eats memory takes its own process down, and nothing else."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from threadpoolctl import threadpool_limits

SECONDS = 20
"""Of a processor for one picture (ours: 40 million pixels of JPEG 2000, the slowest, take half of it)."""

WAITING = 120
"""Seconds by the clock for one picture, the reading of it included: a server that no longer answers (ours)."""

MEMORY = 2 * 2**30
"""Bytes beyond those that a worker begins with (ours: 40 million pixels as floats take a quarter of it)."""

KEPT = 2**24
"""Bytes: once an array of this size was freed, glibc keeps freed memory up to it, and does not have the system clear pages for
every array anew (mallopt(3), M_MMAP_THRESHOLD; a tenth of a worker's time)."""

_is_worker = False


def limit() -> None:
    """Bind this process, which is a worker and nothing else, to the limits."""
    global _is_worker
    _is_worker = True
    faulthandler.disable()  # a crash is a fact about a picture, not one for the terminal
    threadpool_limits(1)  # threads of the linear algebra would wait for each other: every processor has a worker
    np.empty(KEPT, np.uint8)
    if hasattr(signal, "SIGPROF"):
        for alarm in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(alarm, signal.SIG_DFL)
    if sys.platform == "linux":
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            held = int(file.read().split()[0]) * resource.getpagesize()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = held + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


@contextmanager
def in_time() -> Iterator[None]:
    """Ends a worker whose work on one picture takes over SECONDS of a processor or WAITING by the clock: a decoder cannot be
    interrupted, only its process can.

    In any other process it does nothing.
    """
    if not _is_worker:
        yield
    elif sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WAITING)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
    else:
        with open(os.devnull, "w") as nowhere:
            faulthandler.dump_traceback_later(WAITING, exit=True, file=nowhere)
            try:
                yield
            finally:
                faulthandler.cancel_dump_traceback_later()
