"""Modules that are not installed and do not matter for the training."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vggdoctor.gather.capture.answers import standins


@pytest.fixture
def without_imutils() -> Iterator[None]:
    """Only the stand-in is found, whether or not the package is installed."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "imutils"}
    session: Any = SimpleNamespace(journal=SimpleNamespace(notice=lambda text: None))
    finder = standins._Finder(session, always=False)
    sys.meta_path.insert(0, finder)
    yield
    sys.meta_path.remove(finder)
    for name in [name for name in sys.modules if name.split(".")[0] == "imutils"]:
        del sys.modules[name]
    sys.modules.update(kept)


@pytest.mark.parametrize(
    "line", ["from imutils import paths", "import imutils.paths as paths", "import imutils; paths = imutils.paths"]
)
def test_pictures_are_listed_however_the_stand_in_is_imported(without_imutils: None, tmp_path: Path, line: str) -> None:
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "1.jpg").touch()
    names: dict[str, Any] = {}
    exec(line, names)
    assert list(names["paths"].list_images(str(tmp_path))) == [str(tmp_path / "cats" / "1.jpg")]
