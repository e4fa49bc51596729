"""``vggdoctor new-check``: what it refuses, and that the package it starts is sound. The guide's test installs one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from vggdoctor.cli import main
from vggdoctor.testing import assert_keeps_contract


def test_the_package_keeps_the_contract_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new-check", "single-epoch", "--area", "data", "--out", str(tmp_path)]) == 0
    assert "next: pip install -e" in capsys.readouterr().out
    monkeypatch.syspath_prepend(str(tmp_path / "vggdoctor-single-epoch"))
    module = importlib.import_module("vggdoctor_single_epoch")
    assert (module.SingleEpoch.id, module.SingleEpoch.area) == ("single-epoch", "data")
    (tmp_path / "cases").mkdir()
    assert_keeps_contract(module.SingleEpoch, tmp_path / "cases")
    del sys.modules["vggdoctor_single_epoch"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["SingleEpoch"], "is no id"),
        (["single"], "is no id"),
        (["class-imbalance"], "already"),
        (["single-epoch", "--area", "weather"], "is not one of"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], complaint: str) -> None:
    assert main(["new-check", *words, "--out", str(tmp_path)]) == 2
    assert complaint in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "vggdoctor-single-epoch").mkdir()
    assert main(["new-check", "single-epoch", "--out", str(tmp_path)]) == 2
    assert "already there" in capsys.readouterr().err
