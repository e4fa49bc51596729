"""The demo project: complete, the same every time, and careful with what is there."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from vggdoctor.demo import COUNTS, create
from vggdoctor.errors import InputError


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in files)).hexdigest()


def test_it_holds_the_script_and_the_pictures(tmp_path: Path) -> None:
    demo = create(tmp_path / "demo")
    assert (demo / "train.py").is_file()
    for split, shapes in COUNTS.items():
        for shape, count in shapes.items():
            pictures = list((demo / "signs" / split / shape).glob("*.jpg"))
            assert len(pictures) == count
            with Image.open(pictures[0]) as picture:
                assert picture.size == (128, 128)


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    assert digest(create(tmp_path / "one")) == digest(create(tmp_path / "two"))


def test_it_does_not_overwrite(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(InputError, match="not an empty folder"):
        create(tmp_path)
