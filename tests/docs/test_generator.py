"""The pages that are made from the code: built from a few programs, and through mkdocs where it is installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from blocks import ROOT

from vggdoctor import registry


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs")
    programs = sorted(path.name for path in (ROOT / "tests" / "corpus" / "programs").iterdir())[:3]
    subprocess.run([sys.executable, ROOT / "docs" / "generator", out, "--programs", *programs], check=True, cwd=out)
    return out


def page(built: Path, name: str) -> str:
    return (built / "pages" / name).read_text(encoding="utf-8")


def test_each_check_has_a_page_with_what_it_says(built: Path) -> None:
    installed = registry.load().checks
    assert {path.stem for path in (built / "pages" / "checks").glob("*.md")} == {*installed, "index"}
    text = page(built, "checks/rescale-only-preprocessing.md")
    assert "## Why it hurts" in text
    assert "rescale=1./255 is all that stands before it" in text, "the message is what the check says of its case"
    assert "+    preprocessing_function=preprocess_input," in text, "the fix is shown as a diff"


def test_thresholds_come_with_their_sources(built: Path) -> None:
    text = page(built, "thresholds.md")
    (row,) = [line for line in text.splitlines() if line.startswith("| `SMALL_SPAN`")]
    assert "`10.0`" in row
    assert "torch mode, spans 4.8" in row


def test_false_alarms_and_format_are_filled_in(built: Path) -> None:
    alarms = page(built, "false-alarms.md")
    assert "<!-- corpus -->" not in alarms
    assert "3 programs; 0 crashes." in alarms
    assert "| `fingerprint` | string |" in page(built, "report-format.md")


@pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="mkdocs-material is not installed (make docs installs it)")
def test_the_site_builds_without_a_warning(built: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", built / "mkdocs.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "rescale-only-preprocessing" in (built / "site" / "checks" / "rescale-only-preprocessing.html").read_text(
        encoding="utf-8"
    )
