from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks.pictures.planting import cropped, draw_photographs, photograph, plant_broken
from vggdoctor.evidence import Recipe
from vggdoctor.gather.dataset import crew, scan
from vggdoctor.gather.dataset.cache import Cache
from vggdoctor.gather.dataset.counting import printable
from vggdoctor.gather.dataset.examine import examine
from vggdoctor.gather.dataset.facts import Facts, Files, PictureFacts
from vggdoctor.gather.dataset.oddities import oddities
from vggdoctor.project import Project


def listed(paths: Sequence[Path]) -> Files:
    files = Files()
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            status = None
        files.add(str(path), "all", path.parent.name, status)
    return files


def save(path: Path, picture: Image.Image, **how: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, **how)
    return path


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, dict[str, str]]:
    """The facts of every file with a fault, in one scan, and what kind each is by name."""
    folder = tmp_path_factory.mktemp("planted")
    kinds = {one.path.name: one.kind for one in plant_broken(folder)}
    entries = sorted(path for path in folder.iterdir() if path.name != "circle_of_folders")
    return examine(listed(entries)), kinds


def by_name(facts: Facts) -> dict[str, PictureFacts]:
    return {os.path.basename(one.path): one for one in facts}


def test_every_planted_file_is_analysed_or_broken_with_its_reason(planted: tuple[Facts, dict[str, str]]) -> None:
    facts, kinds = planted
    found = by_name(facts)
    assert set(found) == set(kinds)
    for name, kind in kinds.items():
        one = found[name]
        assert bool(one.problem) == (kind == "broken"), (name, one.problem)
        assert kind == "broken" or one.seen == "pixels", name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("truncated.jpg", "truncated"),
        ("empty.jpg", "empty file (0 bytes)"),
        ("text.png", "not a picture that can be decoded"),
        ("png.jpg", "is PNG, named .jpg"),
        ("bomb.png", "not decoded: 12000 x 12000 pixels"),
        ("to_nowhere.jpg", "link to nowhere"),
        ("in_a_circle.jpg", "link to nowhere"),
        ("pipe.jpg", "not a regular file"),
    ],
)
def test_the_reason_says_what_is_broken(planted: tuple[Facts, dict[str, str]], name: str, reason: str) -> None:
    assert reason in by_name(planted[0])[name].problem


def test_header_facts(planted: tuple[Facts, dict[str, str]]) -> None:
    found = by_name(planted[0])
    assert (found["sixteen_bits.png"].depth, found["sixteen_bits.png"].mode) == (16, "I;16")
    assert found["cmyk.jpg"].mode == "CMYK"
    assert found["animated.gif"].frames == 3
    assert (found["wide.png"].width, found["wide.png"].height) == (3000, 2)
    assert found["alpha.png"].mode == "RGBA"


def test_orientation_profile_and_sixteen_bit_colour_are_read_from_the_header(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    turned = save(tmp_path / "turned.jpg", photograph(1), exif=exif, icc_profile=b"profile")
    found = examine(listed([turned]))[0]
    assert (found.orientation, found.icc) == (6, True)


def test_measures_of_known_pictures(tmp_path: Path) -> None:
    half = Image.new("RGB", (128, 128), (200, 0, 0))
    half.paste((0, 0, 0), (0, 0, 64, 128))
    found = by_name(
        examine(listed([save(tmp_path / "half.png", half), save(tmp_path / "grey.png", Image.new("L", (80, 80), 77))]))
    )
    red = 200 * 0.299
    assert found["half.png"].mean == pytest.approx((100, 0, 0), abs=2)
    assert found["half.png"].std[0] == pytest.approx(100, abs=2)
    assert found["half.png"].brightness == pytest.approx(red / 2, abs=1)
    assert found["half.png"].contrast == pytest.approx(red / 2, abs=1)
    assert found["half.png"].entropy == pytest.approx(1, abs=0.1)
    assert found["half.png"].greyness == 200
    assert (found["half.png"].dark, found["half.png"].light) == pytest.approx((red, 0), abs=1)
    grey = found["grey.png"]
    assert (grey.brightness, grey.contrast, grey.entropy, grey.greyness) == pytest.approx((77, 0, 0, 0), abs=0.5)


def test_oddities(tmp_path: Path) -> None:
    picture = photograph(3, (320, 240))
    paths = [save(tmp_path / f"{number}.png", photograph(10 + number, (320, 240))) for number in range(5)]
    paths += [
        save(tmp_path / "dark.png", picture.point(lambda value: value * 0.1)),
        save(tmp_path / "light.png", picture.point(lambda value: 245 + value * 0.04)),
        save(tmp_path / "blurred.png", picture.resize((8, 6)).resize((320, 240), Image.Resampling.BICUBIC)),
        save(tmp_path / "plain.png", Image.new("RGB", (320, 240), (90, 160, 200))),
        save(tmp_path / "grey.png", picture.convert("L")),
        save(tmp_path / "tiny.png", picture.resize((40, 30))),
        save(tmp_path / "rounded.png", _off_by_one(picture.convert("L"))),
        save(tmp_path / "a little colour.png", _with_a_red_spot(Image.new("L", (320, 240), 200))),
    ]
    facts = examine(listed(paths))
    marked = {
        oddity: {Path(path).stem for path, mark in zip(facts.files.paths, marks, strict=True) if mark}
        for oddity, marks in oddities(facts).items()
    }
    assert marked["dark"] == {"dark"}
    assert marked["light"] == {"light"}
    assert "blurred" in marked["blurred"]
    assert not marked["blurred"] & {"0", "1", "2", "3", "4"}
    assert marked["plain"] == {"plain"}
    assert marked["grey"] == {"grey", "rounded"}, "neither faded colours nor a coloured thing on white"
    assert marked["odd size"] == {"tiny"}


def _off_by_one(grey: Image.Image) -> Image.Image:
    """A grey picture as rounding leaves it in colour."""
    return Image.merge("RGB", (grey, grey.point(lambda value: min(value + 1, 255)), grey))


def _with_a_red_spot(grey: Image.Image) -> Image.Image:
    picture = grey.convert("RGB")
    picture.paste((160, 60, 50), (150, 20, 180, 220))
    return picture


def test_the_frame_has_a_row_a_file_and_the_problems(planted: tuple[Facts, dict[str, str]]) -> None:
    facts, kinds = planted
    frame = facts.frame()
    assert len(frame) == len(kinds)
    assert set(frame.loc[frame.problem != "", "seen"]) <= {"no", "header", "pixels"}
    assert (frame.problem != "").sum() == sum(kind == "broken" for kind in kinds.values())
    assert {"brightness", "mean_red", "std_blue", "byte_hash", "width"} <= set(frame.columns)


def test_a_second_scan_takes_what_has_not_changed_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [save(tmp_path / "set" / f"{number}.jpg", photograph(number)) for number in range(6)]
    first = examine(listed(paths), cache=Cache("set", tmp_path / "cache"))
    save(paths[2], photograph(77))
    os.utime(paths[2], ns=(1, 1))
    looked: list[str] = []
    monkeypatch.setattr("vggdoctor.gather.dataset.examine.look_and_keep", _noting(looked))
    monkeypatch.setattr(crew, "_pool", ThreadPoolExecutor)
    second = examine(listed(paths), cache=Cache("set", tmp_path / "cache"))
    assert looked == [str(paths[2])]
    assert second[0] == first[0]
    assert second[2].byte_hash != first[2].byte_hash


def _noting(looked: list[str]) -> object:
    from vggdoctor.gather.dataset.looking import look_at

    def look(paths: Sequence[str]) -> object:
        looked.extend(paths)
        return look_at(paths)

    return look


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "folder"])
def test_a_broken_or_foreign_cache_is_not_trusted_and_written_anew(tmp_path: Path, damage: str) -> None:
    paths = [save(tmp_path / "set" / f"{number}.jpg", photograph(number)) for number in range(3)]
    truth = examine(listed(paths), cache=Cache("set", tmp_path / "cache"))
    (file,) = (tmp_path / "cache").iterdir()
    data = bytearray(file.read_bytes())
    if damage == "cut":
        file.write_bytes(data[:-20])
    elif damage == "flipped":
        data[-200] ^= 255
        file.write_bytes(data)
    elif damage == "foreign":
        file.write_bytes(b"PK\x03\x04 something else")
    else:
        file.unlink()
        file.mkdir()
    again = examine(listed(paths), cache=Cache("set", tmp_path / "cache"))
    assert list(again) == list(truth)
    if damage != "folder":
        keys, _ = Cache("set", tmp_path / "cache").find(_keys(paths))
        assert len(keys) == 3


def _keys(paths: Sequence[Path]) -> np.ndarray:
    from vggdoctor.gather.dataset.cache import keys_of

    return keys_of(listed(paths))


def test_a_scan_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    paths = [save(tmp_path / "set" / f"{number}.png", Image.new("RGB", (8, 8), (number, 0, 0))) for number in range(200)]
    cache = Cache("set", tmp_path / "cache")
    nothing = examine(listed(paths), until=time.monotonic() - 1, cache=cache)
    assert {one.seen for one in nothing} == {"no"}
    part = listed(paths[:150])
    examine(part, cache=Cache("set", tmp_path / "cache"))
    resumed = examine(listed(paths), until=time.monotonic() - 1, cache=Cache("set", tmp_path / "cache"))
    assert sum(one.seen == "pixels" for one in resumed) == 150


def test_a_crop_changes_bytes_and_pixels_but_hardly_the_perceptual_hash(tmp_path: Path) -> None:
    picture = photograph(5, (400, 300))
    files = [
        save(tmp_path / "a.png", picture),
        save(tmp_path / "b.png", cropped(picture)),
        save(tmp_path / "c.png", photograph(6)),
    ]
    first, second, other = (int(one.perceptual_hash, 16) for one in examine(listed(files)))
    assert (first ^ second).bit_count() < 10 < (first ^ other).bit_count()


def test_the_counts_of_a_scan_add_up_to_the_files_on_disk(tmp_path: Path) -> None:
    planted_broken = [one for one in plant_broken(tmp_path / "set" / "train" / "odd") if one.kind == "broken"]
    draw_photographs(tmp_path / "set" / "train", 6)
    (tmp_path / "set" / "train" / "cats" / "notes.txt").write_text("no picture")
    (tmp_path / "project").mkdir()
    evidence, _ = scan(Project(tmp_path / "project"), Recipe(), tmp_path / "set", 60)
    assert evidence is not None
    on_disk = [path for path in (tmp_path / "set").rglob("*") if "circle_of_folders" not in path.parts[:-1]]
    files = [path for path in on_disk if path.is_symlink() or not path.is_dir()]
    counted = [one for split in evidence.splits for one in split.classes]
    assert sum(one.files + one.ignored for one in counted) == len(files) - 1, "all but the link to a folder"
    assert evidence.examined == evidence.pictures == sum(one.files for one in counted)
    named = {printable(one.path.name) for one in planted_broken}
    assert named <= {os.path.basename(file.path) for file in evidence.broken}
