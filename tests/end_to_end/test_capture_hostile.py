"""Programs that do harm or never end, each in a real child."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.unit.capture.pictures import tree_hash
from vggdoctor.evidence import Recipe
from vggdoctor.gather.capture import Captured, CaptureRequest, capture
from vggdoctor.gather.capture.landlock import abi
from vggdoctor.project import Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the attacks are Linux's"),
]

VANDAL = """\
import os, shutil, signal, socket, subprocess, sys, time

PROJECT, HOME, PARENT, WORD = {project!r}, {home!r}, {parent}, {word!r}

def attempt(action):
    try:
        action()
    except BaseException as error:
        print("refused:", type(error).__name__)

for folder in (PROJECT, HOME):
    keep = os.path.join(folder, "keep.txt")
    attempt(lambda: open(keep, "w").write("harm"))
    attempt(lambda: os.remove(keep))
    attempt(lambda: os.rename(keep, keep + ".moved"))
    attempt(lambda: os.truncate(keep, 0))
    attempt(lambda: os.chmod(keep, 0o777))
    attempt(lambda: open(os.path.join(folder, "new.txt"), "w"))
    attempt(lambda: shutil.rmtree(folder))
    attempt(lambda: subprocess.run(["rm", "-rf", folder]))
    attempt(lambda: subprocess.run("echo harm > " + keep, shell=True))
    attempt(lambda: os.link(keep, "hard") or open("hard", "w").write("harm"))
open("keep.txt", "w").write("my own copy")            # a link into the project becomes a file of the scratch folder
os.remove("data.csv")
open(os.path.expanduser("~/mine.txt"), "w").write("in the scratch home")
attempt(lambda: os.kill(PARENT, signal.SIGTERM))
attempt(lambda: socket.create_connection(("127.0.0.1", 9), 1))

sleeper = [sys.executable, "-c", "import time; time.sleep(900)  # " + WORD]
subprocess.Popen(sleeper)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.execve(sys.executable, sleeper, {{}})
    os._exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("now the end of it")
sys.stdout.flush()
time.sleep(0.5)
os.kill(os.getpid(), signal.SIGKILL)
"""

NEVER_ENDS = """\
import keras, numpy as np, signal, sys, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
threading.Thread(target=lambda: threading.Event().wait()).start()
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=2)
class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 3
    def __getitem__(self, index):
        while True:
            pass
sys.stdout.close()
model.fit(Batches())
"""


def run(folder: Path, entry: str, seconds: float = 60.0) -> Captured:
    return capture(Project(folder), Recipe(), CaptureRequest(entry=entry, seconds=seconds, probe_seconds=0, offline=True))


@pytest.fixture(scope="module")
def vandal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Captured, bool, str]:
    """What was captured, whether both folders are as they were, and the word by which the sleepers are found."""
    base = tmp_path_factory.mktemp("hostile")
    project, home = base / "project", base / "home"
    for folder in (project, home):
        folder.mkdir()
        (folder / "keep.txt").write_text("as it was")
    (project / "data.csv").write_text("1,2")
    word = f"sleeper-{os.getpid()}-{time.monotonic_ns()}"
    (project / "train.py").write_text(VANDAL.format(project=str(project), home=str(home), parent=os.getpid(), word=word))
    before = tree_hash(base)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setattr("vggdoctor.gather.capture.parent.vgg16_weights", lambda: None)
        captured = run(project, "train.py")
    return captured, tree_hash(base) == before, word


def test_the_project_and_the_home_folder_are_as_they_were(vandal: tuple[Captured, bool, str]) -> None:
    captured, unchanged, _ = vandal
    assert unchanged
    assert "now the end of it" in captured.output, captured.output
    assert captured.output.count("refused: PermissionError") >= (17 if abi() >= 6 else 15)


def test_the_death_of_the_child_is_told_in_one_line(vandal: tuple[Captured, bool, str]) -> None:
    captured, _, _ = vandal
    assert captured.capture.status == "failed"
    assert "was killed by SIGKILL" in captured.capture.reason
    assert captured.recipe is None
    assert captured.probe_report.status == "skipped"


def test_nothing_is_left_running(vandal: tuple[Captured, bool, str]) -> None:
    _, _, word = vandal
    left = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(word in part for part in process.info["cmdline"] or ()):
            left.append(process)
    assert left == []


def test_a_fit_that_hangs_is_ended_and_what_was_seen_before_is_kept(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(NEVER_ENDS)
    started = time.monotonic()
    captured = run(tmp_path, "train.py", seconds=20)
    assert time.monotonic() - started < 20 + 15
    assert captured.capture.status == "partial"
    assert "the time was over" in captured.capture.reason
    assert "looking at the fit at train.py:14" in captured.capture.reason
    assert captured.recipe is not None and captured.recipe.stages[0].place.line == 6


FLOOD = """\
import os
for number in range(10**6):
    print("line", number)
os._exit(7)
"""

STORM = """\
import subprocess
for _ in range(300):  # the test's own end, should the watcher fail
    subprocess.Popen(["sleep", "{word}"])
import time
time.sleep(600)
"""

GLUTTON = """\
import numpy as np
blocks = []
for _ in range(100):  # 50 GB
    blocks.append(np.ones(2**26))
"""


def hurried(folder: Path, script: str, seconds: float, memory_bytes: int = 3 * 2**30) -> Captured:
    """Run ``script``; the capture must end in its time."""
    (folder / "train.py").write_text(script)
    request = CaptureRequest(entry="train.py", seconds=seconds, probe_seconds=0, memory_bytes=memory_bytes, offline=True)
    started = time.monotonic()
    captured = capture(Project(folder), Recipe(), request)
    assert time.monotonic() - started < seconds + 15
    assert captured.capture.status == "failed"
    return captured


def test_a_million_lines_are_read_and_an_abrupt_end_is_told(tmp_path: Path) -> None:
    captured = hurried(tmp_path, FLOOD, 90)
    assert "ended at once with exit code 7" in captured.capture.reason
    assert "(line 999999)" in captured.capture.reason
    assert len(captured.output) < 10_000


def test_processes_without_end_are_ended_all_of_them(tmp_path: Path) -> None:
    word = f"{600 + os.getpid() / 10**7:.7f}"
    captured = hurried(tmp_path, STORM.format(word=word), 90)
    assert "more than 256 processes" in captured.capture.reason
    assert not [process for process in psutil.process_iter(["cmdline"]) if word in (process.info["cmdline"] or ())]


def test_memory_without_end_is_taken_away(tmp_path: Path) -> None:
    captured = hurried(tmp_path, GLUTTON, 90, memory_bytes=3 * 2**29)
    assert "memory limit of 1.5 GiB" in captured.capture.reason
    assert captured.peak_bytes < 8 * 2**30


def test_more_memory_than_there_can_be_is_refused_at_once(tmp_path: Path) -> None:
    captured = hurried(tmp_path, "import numpy\nnumpy.ones(50 * 2**27)\n", 90)
    assert "MemoryError" in captured.capture.reason and "train.py:2" in captured.capture.reason


ENDS = {
    "exits": ("import sys\nprint('no pictures here')\nsys.exit(4)\n", ("exit code 4", "no pictures here")),
    "trains in a loop of its own": (
        "import tensorflow as tf\nassert input('Train? [y/n] ') == 'y'\nwith tf.GradientTape() as tape:\n    pass\n",
        ("ended before fit", "GradientTape"),
    ),
    "wants arguments": (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--size', required=True)\np.parse_args()\n",
        ("--size", "--args"),
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_an_early_end_is_told_with_what_to_do(tmp_path: Path, name: str) -> None:
    text, expected = ENDS[name]
    (tmp_path / "train.py").write_text(text)
    captured = run(tmp_path, "train.py")
    assert captured.capture.status == "failed"
    for part in expected:
        assert part in captured.capture.reason
    assert "\n" not in captured.capture.reason
