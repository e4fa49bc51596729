"""The watcher with plain Python children (no TensorFlow)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from vggdoctor.gather.capture.supervise import Ending, run

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="process groups and adoption are Linux's")


def watch(code: str, folder: Path, seconds: float = 20.0, memory: int = 2**30) -> Ending:
    return run([sys.executable, "-c", code], dict(os.environ), folder, seconds, memory, lambda left: None)


def running_with(word: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(word in part for part in process.info["cmdline"] or ()):
            found.append(process)
    return found


def test_a_child_that_ends_is_reported_with_code_and_output(tmp_path: Path) -> None:
    ending = watch("import sys; print('hello'); sys.exit(3)", tmp_path)
    assert (ending.code, ending.stopped, ending.output.strip(), ending.signal_name) == (3, "", "hello", "")


def test_the_clock_ends_a_child_that_ignores_signals(tmp_path: Path) -> None:
    code = "import signal, time\nfor one in (signal.SIGTERM, signal.SIGINT): signal.signal(one, signal.SIG_IGN)\ntime.sleep(600)"
    started = time.monotonic()
    ending = watch(code, tmp_path, seconds=1.0)
    assert ending.stopped == "time"
    assert time.monotonic() - started < 15


def test_a_child_that_kills_itself_names_the_signal(tmp_path: Path) -> None:
    assert watch("import os; os.kill(os.getpid(), 9)", tmp_path).signal_name == "SIGKILL"


def test_memory_is_limited_over_the_whole_tree(tmp_path: Path) -> None:
    glutton = "import time\nx = []\nwhile True: x.append(bytes([1]) * 10**7); time.sleep(0.01)"
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {glutton!r}])"
    ending = watch(code, tmp_path, memory=300 * 2**20)
    assert ending.stopped == "memory"
    assert ending.peak_bytes > 300 * 2**20


def test_a_flood_of_output_is_read_and_its_end_kept(tmp_path: Path) -> None:
    ending = watch("for i in range(10**6): print(i)", tmp_path, seconds=120)
    assert ending.code == 0
    assert ending.output.endswith("999999\n")
    assert len(ending.output) < 5000


def test_a_flood_of_processes_is_ended(tmp_path: Path) -> None:
    code = "import os, time\nfor i in range(300):\n    if os.fork() == 0: time.sleep(600)\ntime.sleep(600)"
    ending = watch(code, tmp_path, seconds=60)
    assert ending.stopped == "processes"


@LINUX
def test_nothing_outlives_the_child_not_even_what_left_its_session(tmp_path: Path) -> None:
    word = f"orphan-{os.getpid()}-{time.monotonic_ns()}"
    sleeper = f"import time; time.sleep(600)  # {word}"
    code = f"""
import os, subprocess, sys, ctypes
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, [sys.executable, '-c', {sleeper!r}], dict(os.environ))
    os._exit(0)
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # as the guard does
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, [sys.executable, '-c', {sleeper!r}], {{}})
    os._exit(0)
import time; time.sleep(0.5)
"""
    ending = watch(code, tmp_path)
    assert ending.code == 0
    assert running_with(word) == []


@LINUX
def test_other_children_of_this_process_are_left_alone(tmp_path: Path) -> None:
    others = []

    def start(left: float) -> None:
        if not others:
            others.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True))

    try:
        run([sys.executable, "-c", "import time; time.sleep(0.5)"], dict(os.environ), tmp_path, 20, 2**30, start)
        assert [other.poll() for other in others] == [None]
    finally:
        for other in others:
            other.kill()
            other.wait()
