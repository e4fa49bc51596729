"""The walls around a child, tried in plain Python children (no TensorFlow)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.capture.pictures import tree_hash
from vggdoctor.gather.capture import boot
from vggdoctor.gather.capture.landlock import abi

BEHIND_WALLS = """
import importlib.util, os, sys
sys.path.insert(0, {package!r})
from vggdoctor.gather.capture import boot
guard = boot.load("guard").Guard(({scratch!r},))
restrict = boot.load("landlock").restrict if {kernel} else (lambda folders, devices: [])
missing = guard.raise_it(restrict)
def refused(action):
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "done"
victim, scratch = {victim!r}, {scratch!r}
os.chdir(scratch)
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    victim, scratch = tmp_path / "project", tmp_path / "scratch"
    (victim / "sub").mkdir(parents=True)
    (victim / "keep.txt").write_text("as it was")
    scratch.mkdir()
    (scratch / "link.txt").symlink_to(victim / "keep.txt")
    return victim, scratch


def behind_walls(folders: tuple[Path, Path], code: str, kernel: bool = True) -> str:
    victim, scratch = folders
    package = str(Path(boot.__file__).parents[3])
    head = BEHIND_WALLS.format(package=package, scratch=str(scratch), victim=str(victim), kernel=kernel)
    done = subprocess.run([sys.executable, "-c", head + code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


ATTACKS = """
import shutil, socket
keep, sub = os.path.join(victim, "keep.txt"), os.path.join(victim, "sub")
print([refused(attack) for attack in (
    lambda: open(keep, "w"), lambda: open(keep, "a"), lambda: open(os.path.join(victim, "new"), "x"), lambda: os.remove(keep),
    lambda: os.rename(keep, keep + "2"), lambda: os.rename(keep, os.path.join(scratch, "taken")), lambda: os.truncate(keep, 0),
    lambda: os.chmod(keep, 0), lambda: os.utime(keep, (0, 0)), lambda: os.mkdir(os.path.join(victim, "d")), lambda: os.rmdir(sub),
    lambda: os.link(keep, os.path.join(scratch, "hard")), lambda: os.symlink("x", os.path.join(victim, "s")),
    lambda: shutil.rmtree(victim),
    lambda: os.truncate(os.path.join(scratch, "link.txt"), 0), lambda: socket.create_connection(("127.0.0.1", 9), 1),
)])
"""


@pytest.mark.parametrize("kernel", [True, False], ids=["landlock and audit hook", "audit hook alone"])
def test_python_cannot_change_the_project(folders: tuple[Path, Path], kernel: bool) -> None:
    before = tree_hash(folders[0])
    output = behind_walls(folders, ATTACKS, kernel)
    assert output.strip() == str(["PermissionError"] * 16)
    assert tree_hash(folders[0]) == before


@pytest.mark.skipif(abi() < 3, reason="needs a kernel with Landlock ABI 3")
def test_other_programs_cannot_change_the_project(folders: tuple[Path, Path]) -> None:
    before = tree_hash(folders[0])
    code = """
for line in ("rm -rf %s", "sh -c 'echo x > %s/keep.txt'", "sh -c 'echo x > %s/new'", "mv %s/keep.txt .",
             "truncate -s 0 %s/keep.txt", "ln %s/keep.txt hard"):
    os.system(line % victim + " 2>/dev/null")
"""
    behind_walls(folders, code)
    assert tree_hash(folders[0]) == before


@pytest.mark.skipif(abi() < 6, reason="needs a kernel with Landlock ABI 6")
def test_processes_outside_get_no_signals_and_the_network_no_connections(folders: tuple[Path, Path]) -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        code = f"""
import subprocess
print(refused(lambda: os.kill({sleeper.pid}, 9)))
print(subprocess.run([sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9), 1)"], capture_output=True,
                     text=True).stderr.splitlines()[-1])
"""
        lines = behind_walls(folders, code).splitlines()
        assert lines[0] == "PermissionError"
        assert lines[1].startswith("PermissionError")
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_the_scratch_folder_can_be_worked_in(folders: tuple[Path, Path]) -> None:
    code = """
import multiprocessing, tempfile
open("a.txt", "w").write("1")
os.rename("a.txt", "b.txt"); os.chmod("b.txt", 0o600); os.remove("b.txt")
os.makedirs("x/y"); os.rmdir("x/y"); open(os.devnull, "w").write("x")
multiprocessing.Lock().acquire()
print(open(os.path.join(victim, "keep.txt")).read())
"""
    assert behind_walls(folders, code).strip() == "as it was"


def test_a_linked_file_becomes_the_scripts_own_when_it_is_written(folders: tuple[Path, Path]) -> None:
    code = "open('link.txt', 'a').write(', and more'); print(open('link.txt').read())"
    assert behind_walls(folders, code).strip() == "as it was, and more"
    assert (folders[0] / "keep.txt").read_text() == "as it was"


def test_what_the_kernel_lacks_is_said(folders: tuple[Path, Path]) -> None:
    code = "import resource; print(missing, resource.getrlimit(resource.RLIMIT_CORE))"
    expected = [] if abi() >= 6 else None
    output = behind_walls(folders, code)
    assert output.startswith(str(expected)) if expected == [] else "[]" not in output
    assert output.strip().endswith("(0, 0)")
    assert os.path.exists(folders[0])
