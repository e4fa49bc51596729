"""A package or data file that is missing from pyproject.toml silently stays out of the wheel: compare it with the tree."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"vggdoctor": "vggdoctor", "checks": "vggdoctor/checks", "templates": "vggdoctor/templates"}


@pytest.mark.slow
def test_the_wheel_holds_the_whole_tree(tmp_path: Path) -> None:
    tracked = subprocess.run(
        [
            "git",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            *PACKAGES,
            "pyproject.toml",
            "README.md",
            "LICENSE",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    source = tmp_path / "source"
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)],
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        package + name[len(top) :]
        for name in filter(None, tracked)
        for top, package in PACKAGES.items()
        if name.startswith(top + "/")
    }
    assert not expected - inside
    assert "vggdoctor/checks/__init__.py" in expected
