"""Follows docs/write-a-check.md, block by block, in an environment of its own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from blocks import ROOT, blocks

PAGE = blocks(ROOT / "docs" / "write-a-check.md")
PROGRAMS = {"pip": ["-m", "pip"], "pytest": ["-m", "pytest"], "vggdoctor": ["-m", "vggdoctor.cli"], "python": []}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment that sees what is installed in this one, so that nothing is downloaded and nothing is left behind."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    binary = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    where = subprocess.run(
        [binary, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    ).stdout.strip()
    sees = [path for path in sys.path if path.endswith("site-packages")]
    Path(where, "parent.pth").write_text(f"import site; list(map(site.addsitedir, {sees!r}))\n")
    return binary


@pytest.mark.slow
def test_the_guide_leads_to_an_installed_check(python: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # what pip calls "without isolation"
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "COLUMNS": "200",
    }
    said: dict[str, str] = {}
    for block in PAGE:
        if block.title:
            (tmp_path / block.title).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.title).write_text(block.text, encoding="utf-8")
            continue
        assert block.language == "console", block
        for command in block.commands():
            program, *words = shlex.split(command)
            done = subprocess.run(
                [python, *PROGRAMS[program], *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            said[command] = done.stdout
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    (listed,) = [output for command, output in said.items() if command == "vggdoctor checks"]
    assert any(line.startswith("grey-pictures ") for line in listed.splitlines())
    (linted,) = [output for command, output in said.items() if command.startswith("vggdoctor lint")]
    assert "shop/train.py:8:9 error grey-pictures" in linted
    report = json.loads((tmp_path / "shop-report" / "report.json").read_text(encoding="utf-8"))
    (finding,) = report["outcomes"][0]["findings"]
    assert '+train = generator.flow_from_directory("goods", target_size=(64, 64), color_mode="rgb")' in finding["fix"]["diff"]
    assert "grey-pictures" in (tmp_path / "shop-report" / "report.html").read_text(encoding="utf-8")
