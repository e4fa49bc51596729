"""Watches the child from outside: wall clock, memory, number of processes; and leaves nothing running."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal

import psutil

POLL = 0.1
"""Seconds between two looks at the child (ours)."""
MAXIMUM_PROCESSES = 256
"""A tree of more processes than this is taken for a runaway (ours: data loaders start some tens)."""
KEPT_LINES, KEPT_WIDTH = 200, 2000
"""Of the script's output, the last lines and the first characters of each are kept."""
PR_SET_CHILD_SUBREAPER = 36
MARK = "VGGDOCTOR_RUN"
"""An environment variable that all descendants inherit, so that they are found even if they left the process group."""

Stopped = Literal["", "time", "memory", "processes"]


class Ending:
    """How the child ended: ``code`` as in subprocess (negative: the signal), ``stopped``: why the watcher ended it, empty if it
    did not.
    """

    def __init__(self, code: int, stopped: Stopped, peak_bytes: int, seconds: float, output: str) -> None:
        self.code = code
        self.stopped = stopped
        self.peak_bytes = peak_bytes
        self.seconds = seconds
        self.output = output

    @property
    def signal_name(self) -> str:
        """The name of the signal that killed it, empty if none did."""
        if self.code >= 0:
            return ""
        with suppress(ValueError):
            return signal.Signals(-self.code).name
        return f"signal {-self.code}"


def run(
    command: list[str],
    environment: dict[str, str],
    folder: Path,
    seconds: float,
    memory_bytes: int,
    look: Callable[[float], None],
) -> Ending:
    """Run ``command`` to its end, at most ``seconds`` and ``memory_bytes`` (resident, of all its processes together).

    ``look`` is called at each poll with the seconds left. Whatever the child started is ended with it, orphans included.
    """
    token = f"{os.getpid()}-{time.monotonic_ns()}"
    started = time.monotonic()
    with _Adopting():
        before = {process.pid for process in psutil.Process().children()}
        child = subprocess.Popen(
            command,
            env={**environment, MARK: token},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        tree = _Tree(child.pid, token, before)
        assert child.stdout is not None
        tail = _Tail(child.stdout)
        stopped: Stopped = ""
        try:
            while child.poll() is None:
                left = seconds - (time.monotonic() - started)
                look(left)
                stopped = "time" if left <= 0 else tree.excess(memory_bytes)
                if stopped:
                    break
                with suppress(subprocess.TimeoutExpired):
                    child.wait(POLL)
        finally:
            tree.end()
            child.wait()
            tree.end(orphans=True)
    return Ending(child.returncode, stopped, tree.peak_bytes, time.monotonic() - started, tail.text())


class _Tree:
    """The child and all that descends from it, as far as it was ever seen."""

    def __init__(self, root: int, token: str, before: set[int]) -> None:
        self.root = psutil.Process(root)
        self.token = token
        self.before = before | {root}
        self.seen: dict[int, psutil.Process] = {root: self.root}
        self.peak_bytes = 0

    def excess(self, memory_bytes: int) -> Stopped:
        """What limit is passed now, if any."""
        processes = self._living()
        if len(processes) > MAXIMUM_PROCESSES:
            return "processes"
        held = sum(_resident(process) for process in processes)
        if held > memory_bytes and len(processes) > 1:
            held = sum(_own(process) for process in processes)  # forks share most of their pages
        self.peak_bytes = max(self.peak_bytes, held)
        return "memory" if held > memory_bytes else ""

    def end(self, orphans: bool = False) -> None:
        """Kill until nothing is left. With ``orphans`` also those that left the tree: found by their mark, or adopted by this
        process.
        """
        for _ in range(50):
            targets = self._living() + (self._orphans() if orphans else [])
            if not targets:
                return
            for process in targets:
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs([process for process in targets if process.pid != self.root.pid], timeout=0.2)
            if not orphans and targets == [self.root]:
                return

    def _living(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            self.seen.update({process.pid: process for process in self.root.children(recursive=True)})
        for process in list(self.seen.values()):
            if not _runs(process):
                del self.seen[process.pid]
        return list(self.seen.values())

    def _orphans(self) -> list[psutil.Process]:
        """Descendants that got away from the tree: they carry the mark, or lost it but were adopted by this process behind the
        walls.
        """
        found = []
        for process in psutil.process_iter():
            if process.pid in self.before or process.pid == os.getpid():
                continue
            with suppress(psutil.Error, OSError):
                adopted = process.ppid() == os.getpid()
                if adopted and process.status() == psutil.STATUS_ZOMBIE and os.getsid(process.pid) != os.getsid(0):
                    os.waitpid(process.pid, os.WNOHANG)
                    continue
                mark = process.environ().get(MARK)
                if _runs(process) and (mark == self.token or (mark is None and adopted and _is_walled_in(process.pid))):
                    found.append(process)
        return found


class _Adopting:
    """While it lasts, orphans of this process' children become its own children (Linux), so that they cannot get away."""

    running = 0

    def __enter__(self) -> None:
        _Adopting.running += 1
        self._set(1)

    def __exit__(self, *error: object) -> None:
        _Adopting.running -= 1
        if not _Adopting.running:
            self._set(0)

    @staticmethod
    def _set(value: int) -> None:
        if sys.platform.startswith("linux"):
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, value, 0, 0, 0)


class _Tail:
    """Reads all that comes out of a pipe and keeps the end of it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._lines: deque[bytes] = deque(maxlen=KEPT_LINES)
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[bytes]) -> None:
        while line := pipe.readline(KEPT_WIDTH):
            self._lines.append(line)

    def text(self) -> str:
        self._thread.join(timeout=1.0)
        return b"".join(list(self._lines)).decode("utf-8", "replace")


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _own(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0


def _is_walled_in(pid: int) -> bool:
    """Whether the process gave up new privileges, as the guard does before it asks for Landlock (prctl(2), inherited)."""
    return "NoNewPrivs:\t1" in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
