"""Which way round red and blue arrive, by decoding the same files again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_models as tiny
from PIL import Image

from vggdoctor.gather.live import LiveStage
from vggdoctor.gather.probe.channels import order_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve pictures of coloured blocks, as PNG."""
    place = tmp_path_factory.mktemp("blocks")
    generator = np.random.default_rng(0)
    for number in range(12):
        blocks = generator.integers(0, 255, (4, 4, 3)).astype("uint8")
        Image.fromarray(blocks).resize((64, 48), Image.Resampling.BILINEAR).save(place / f"{number}.png")
    return place


def pictures(folder: Path) -> np.ndarray:
    """(12, 40, 40, 3) RGB of 0..255, scaled in another way than the probe does."""
    opened = [Image.open(file).resize((40, 40), Image.Resampling.BICUBIC) for file in sorted(folder.iterdir())]
    return np.stack([np.asarray(picture, dtype="float32") for picture in opened])


def live() -> LiveStage:
    return LiveStage(stage=tiny.stage(), model=None, train=None)


def test_the_order_is_told_whatever_the_normalisation(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    rgb = pictures(folder)
    assert order_of(live(), rgb / 127.5 - 1, 0) == ("rgb", 12)
    assert order_of(live(), rgb[..., ::-1] - np.float32(110), 0) == ("bgr", 12)


def test_grey_pictures_other_pictures_and_tables_have_no_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    rgb = pictures(folder)
    grey = np.repeat(rgb.mean(axis=-1, keepdims=True), 3, axis=-1)
    noise = np.random.default_rng(1).random(rgb.shape)
    assert order_of(live(), grey, 0)[0] == ""
    assert order_of(live(), noise, 0) == ("", 0)
    assert order_of(live(), np.zeros((4, 7)), 0) == ("", 0)


def test_without_files_nothing_is_told(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert order_of(live(), pictures(folder), 0) == ("", 0)
