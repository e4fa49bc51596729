"""Patches as git takes them, and as they are written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vggdoctor.errors import RepairError
from vggdoctor.fixing import Patch, plan, write
from vggdoctor.project import Project
from vggdoctor.schema import InsertStatements, Location, Repair, SetArgument

BOOK = json.dumps(
    {
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": [{"text": ["é"]}], "source": ["f(x)\n", "y = 1"]}],
        "nbformat": 4,
    },
    indent=1,
)
FILES = {
    "plain.py": b"a = 1\nf(x)\n\n\nb = 2\n",
    "crlf.py": b"a = 1\r\nf(x)\r\nb = 2\r\n",
    "no_newline.py": b"a = 1\nf(x)",
    "mark.py": b"\xef\xbb\xbfa = 1\nf(x)\n",
    "tabs.py": b"if a:\n\tf(x)\n",
    "with space.py": b"a = 1\nf(x)\n",
    "deep/er/train.py": b"a = 1\nf(x)\n",
    "\u00fcber.py": b"a = 'y'\nf(x)\n",
    "form_feed.py": b"\x0c\nf(x)\n",
    "book.ipynb": BOOK.encode(),
}


def repair_of(path: str) -> Repair:
    place = Location(path, 1, 1, cell=0) if path.endswith("ipynb") else Location(path, 2, 2)
    return Repair(f"repair {path}", (SetArgument(place, "n", "1"), InsertStatements(place, "m = 2", after=True)))


def made(folder: Path) -> Patch:
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    patch = plan(Project(folder), [repair_of(path) for path in FILES])
    assert [reason for _, reason in patch.left_out] == []
    assert patch.files.keys() == FILES.keys()
    return patch


def apply(patch: Patch, folder: Path) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(command, cwd=folder, input=patch.diff.encode(), capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()


def contents(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in FILES}


@pytest.mark.parametrize("inside", ["", "sub/project"])
def test_git_takes_the_diff(inside: str, tmp_path: Path) -> None:
    """In the top folder of a work tree and below it, where git reads the paths from."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    folder = tmp_path / inside
    patch = made(folder)
    apply(patch, folder)
    assert contents(folder) == {path: text.encode() for path, text in patch.files.items()}


def test_a_name_with_a_space_is_ended_by_a_tab(tmp_path: Path) -> None:
    """GNU diff's way, without which GNU patch takes the name to end at the space."""
    assert "--- a/with space.py\t\n+++ b/with space.py\t\n" in made(tmp_path).diff


def test_git_takes_the_diff_outside_of_a_work_tree(tmp_path: Path) -> None:
    patch = made(tmp_path)
    apply(patch, tmp_path)
    assert contents(tmp_path) == {path: text.encode() for path, text in patch.files.items()}


def test_line_endings_marks_and_the_end_of_the_file_are_kept(tmp_path: Path) -> None:
    files = made(tmp_path).files
    assert files["crlf.py"] == "a = 1\r\nf(x, n=1)\r\nm = 2\r\nb = 2\r\n"
    assert files["no_newline.py"] == "a = 1\nf(x, n=1)\nm = 2"
    assert files["mark.py"] == "\ufeffa = 1\nf(x, n=1)\nm = 2\n"
    assert files["tabs.py"] == "if a:\n\tf(x, n=1)\n\tm = 2\n"
    assert files["form_feed.py"] == "\x0c\nf(x, n=1)\nm = 2\n"


def test_writes_what_was_planned_and_nothing_else(tmp_path: Path) -> None:
    patch = made(tmp_path)
    (tmp_path / "other.txt").write_text("stays")
    (tmp_path / "plain.py").chmod(0o751)
    write(patch, tmp_path)
    assert contents(tmp_path) == {path: text.encode() for path, text in patch.files.items()}
    assert (tmp_path / "plain.py").stat().st_mode & 0o777 == 0o751
    files = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(files) == sorted([*FILES, "other.txt"])


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("f(x)\n")
    (tmp_path / "train.py").symlink_to("real.py")
    place = Location("train.py", 1, 1)
    write(plan(Project(tmp_path / "train.py"), [Repair("n", (SetArgument(place, "n", "1"),))]), tmp_path)
    assert (tmp_path / "train.py").is_symlink()
    assert (tmp_path / "real.py").read_text() == "f(x, n=1)\n"


def test_the_encoding_that_a_file_declares_is_kept(tmp_path: Path) -> None:
    text = "# coding: latin-1\na = 'é'; f(x)\n"
    (tmp_path / "train.py").write_bytes(text.encode("latin-1"))
    place = Location("train.py", 2, 2, 10, 14)
    write(plan(Project(tmp_path), [Repair("n", (SetArgument(place, "n", "'ü'"),))]), tmp_path)
    assert (tmp_path / "train.py").read_bytes() == text.replace("f(x)", "f(x, n='ü')").encode("latin-1")


def test_nothing_is_written_over_a_later_change(tmp_path: Path) -> None:
    patch = made(tmp_path)
    (tmp_path / "plain.py").write_text("something else\n")
    before = contents(tmp_path)
    with pytest.raises(RepairError, match=r"plain\.py has changed since"):
        write(patch, tmp_path)
    assert contents(tmp_path) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_libcst_loads_only_for_a_repair() -> None:
    program = (
        "import sys, pathlib; from vggdoctor.fixing import plan; from vggdoctor.project import Project; "
        "plan(Project(pathlib.Path('.')), []); assert not {'libcst', 'scipy', 'nbformat'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent)
