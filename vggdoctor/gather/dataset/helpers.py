"""Worker processes where forking is no choice: fresh interpreters that know nothing of this program but its import path.

multiprocessing would run the main module again in each, which may be a user's script without a guard.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from vggdoctor.gather.dataset.limits import limit

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PROGRAM = "import sys; sys.path[:] = {path!r}; from vggdoctor.gather.dataset.helpers import serve; serve()"
READY = b"ready\n"


class Helpers(Executor):
    """Up to ``count`` processes, each begun with its first task. A task whose process dies raises BrokenProcessPool; the next
    one gets a new process. Where none can be started, tasks are done by threads of this one."""

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count)
        self._own = threading.local()
        self._begun: list[subprocess.Popen[bytes]] = []

    def submit(self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Future[Result]:
        return self._threads.submit(self._do, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        for process in self._begun:
            _end(process)

    def _do(self, work: Callable[..., Result], args: tuple[Any, ...], named: dict[str, Any]) -> Result:
        process = self._process()
        if process is None:
            return work(*args, **named)
        task = pickle.dumps((work, args, named))
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(task)
            process.stdin.flush()
            done, failed = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            _end(process)
            del self._own.process
            raise BrokenProcessPool("a worker process died") from error
        if failed is not None:
            raise failed
        result: Result = done
        return result

    def _process(self) -> subprocess.Popen[bytes] | None:
        """That of this thread; None where none can be started."""
        if not hasattr(self._own, "process"):
            self._own.process = _begin()
            if self._own.process is not None:
                self._begun.append(self._own.process)
        process: subprocess.Popen[bytes] | None = self._own.process
        return process


def serve() -> None:
    """What a helper does: tasks from its standard input, results to its standard output, until there is no more input."""
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a decoder prints must not stand among the results
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit()
    results.write(READY)
    results.flush()
    while True:
        try:
            work, args, named = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answer: tuple[Any, Exception | None]
        try:
            answer = (work(*args, **named), None)
        except Exception as error:  # noqa: BLE001 it is raised where the task was given
            answer = (None, error)
        results.write(pickle.dumps(answer))
        results.flush()


def _begin() -> subprocess.Popen[bytes] | None:
    if not sys.executable:
        return None
    command = [sys.executable, "-c", PROGRAM.format(path=sys.path)]
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    assert process.stdout is not None
    if process.stdout.readline() == READY:
        return process
    _end(process)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # the rest of a task that the process did not live to read
                pipe.close()
