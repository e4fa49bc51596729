from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.benchmarks.pictures.planting import COPIES, cropped, draw_photographs, photograph
from tests.unit.dataset.test_examine import listed, save
from vggdoctor.gather.dataset.alike import Alike, Forest, alike, closest, groups
from vggdoctor.gather.dataset.candidates import ORIENTATIONS, orientation_of, turned
from vggdoctor.gather.dataset.decoding import square_of
from vggdoctor.gather.dataset.examine import examine


def pairs_of(paths: Sequence[Path]) -> list[tuple[str, str, Alike]]:
    facts = examine(listed(paths))
    return [(Path(facts.files.paths[p.first]).name, Path(facts.files.paths[p.second]).name, p) for p in alike(facts)]


def test_exact_copies_are_paired_with_the_first(tmp_path: Path) -> None:
    paths = draw_photographs(tmp_path, 4)
    for name in ("copy1.jpg", "copy2.jpg"):
        paths.append(Path(shutil.copyfile(paths[1], tmp_path / name)))
    found = pairs_of(paths)
    assert [(first, second, pair.kind) for first, second, pair in found] == [
        ("00001.jpg", "copy1.jpg", "same bytes"),
        ("00001.jpg", "copy2.jpg", "same bytes"),
    ]


def test_the_same_pixels_in_another_file(tmp_path: Path) -> None:
    picture = photograph(1)
    paths = [save(tmp_path / "a.png", picture), save(tmp_path / "b.bmp", picture), save(tmp_path / "c.png", photograph(2))]
    ((first, second, pair),) = pairs_of(paths)
    assert (first, second, pair.kind) == ("a.png", "b.bmp", "same pixels")


def test_pixels_that_differ_only_at_full_size_are_not_called_the_same(tmp_path: Path) -> None:
    values = np.asarray(photograph(1, (512, 512))).copy()
    changed = values.copy()
    changed[::2, ::2, 0] ^= 1  # vanishes when it is reduced
    paths = [save(tmp_path / "a.png", Image.fromarray(values)), save(tmp_path / "b.png", Image.fromarray(changed))]
    assert [pair.kind for _, _, pair in pairs_of(paths)] == ["near"]


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Alike]:
    """One near copy of every sort among 40 other pictures: what was done -> the pair that was found."""
    folder = tmp_path_factory.mktemp("copies")
    paths = [save(folder / f"{number:05}.jpg", photograph(number, (320, 240)), quality=92) for number in range(40)]
    sources = {}
    for number, (what, change) in enumerate(COPIES.items()):
        path = folder / f"copy {number}.jpg"
        change(photograph(number, (320, 240))).save(path, quality=60 if "quality" in what else 90)
        sources[f"{number:05}.jpg", path.name] = what
        paths.append(path)
    found = {(first, second): pair for first, second, pair in pairs_of(paths)}
    assert set(found) <= set(sources), f"different pictures were paired: {set(found) - set(sources)}"
    return {sources[names]: pair for names, pair in found.items()}


@pytest.mark.parametrize("what", COPIES)
def test_a_near_copy_is_found_and_confirmed(copies: dict[str, Alike], what: str) -> None:
    assert what in copies
    assert copies[what].kind == "near"
    assert copies[what].correlation > 0.9
    assert copies[what].difference < 12


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("flipped left to right", "flipped left to right"),
        ("flipped upside down", "flipped upside down"),
        ("rotated by 90 degrees", "rotated by 90 degrees counter-clockwise"),
        ("rotated by 180 degrees", "rotated by 180 degrees"),
        ("half as large", "resized"),
        ("1.2 times brighter", "brighter"),
        ("0.7 times as bright", "darker"),
        ("cropped by 2 %", "cropped or moved"),
        ("JPEG of quality 60", "another encoding"),
    ],
)
def test_what_was_done_to_a_copy_is_said(copies: dict[str, Alike], what: str, change: str) -> None:
    assert copies[what].change == change


def _dark(random: np.random.Generator) -> np.ndarray:
    return random.normal(6, 2, (96, 96, 3))


def _plain(random: np.random.Generator) -> np.ndarray:
    return random.normal(random.integers(20, 235), 3, (96, 96, 3))


def _gradient(random: np.random.Generator) -> np.ndarray:
    return np.linspace(random.integers(0, 90), random.integers(160, 255), 96)[:, None, None] + random.normal(0, 3, (96, 96, 3))


@pytest.mark.parametrize("draw", [_dark, _plain, _gradient])
def test_pictures_without_structure_that_look_alike_are_no_copies(
    tmp_path: Path, draw: Callable[[np.random.Generator], np.ndarray]
) -> None:
    random = np.random.default_rng(0)
    paths = [
        save(tmp_path / f"{number}.jpg", Image.fromarray(draw(random).clip(0, 255).astype(np.uint8)), quality=85)
        for number in range(30)
    ]
    assert pairs_of(paths) == []


def test_something_painted_on_makes_another_picture(tmp_path: Path) -> None:
    picture = photograph(4, (320, 240))
    painted = picture.copy()
    ImageDraw.Draw(painted).ellipse((120, 90, 200, 170), fill=(120, 160, 220))
    assert pairs_of([save(tmp_path / "a.png", picture), save(tmp_path / "b.png", painted)]) == []


def test_different_things_with_the_same_black_corners_are_no_copies(tmp_path: Path) -> None:
    paths = []
    for number, colour in enumerate([(150, 110, 60), (60, 140, 120)]):
        picture = Image.new("RGB", (224, 224), "white")
        pen = ImageDraw.Draw(picture)
        for corner in ((0, 0), (224, 0), (0, 224), (224, 224)):
            pen.polygon([corner, (corner[0], abs(corner[1] - 90)), (abs(corner[0] - 60), corner[1])], fill="black")
        pen.line((50, 120, 175, 100), fill=colour, width=9)
        for hole in range(60 + 15 * number, 170, 18 + 9 * number):
            pen.ellipse((hole, 112 - hole // 20, hole + 5, 117 - hole // 20), fill="black")
        paths.append(save(tmp_path / f"{number}.png", picture))
    assert pairs_of(paths) == []


def _bar(holes: Sequence[int]) -> Image.Image:
    """A flute on white: only its holes tell it from another."""
    picture = Image.new("RGB", (640, 640), "white")
    pen = ImageDraw.Draw(picture)
    pen.polygon([(90, 330), (100, 300), (560, 400), (550, 430)], fill=(120, 90, 60))
    for hole in holes:
        pen.ellipse((hole, 308 + hole // 6, hole + 13, 321 + hole // 6), fill="black")
    return picture


def test_thin_things_on_white_are_told_apart_by_a_closer_look(tmp_path: Path) -> None:
    paths = [save(tmp_path / "a.png", _bar(range(130, 500, 45))), save(tmp_path / "b.png", _bar(range(150, 420, 30)))]
    assert pairs_of(paths) == []


def test_a_thin_thing_on_white_is_the_same_when_flipped_and_cropped(tmp_path: Path) -> None:
    picture = _bar(range(130, 500, 45))
    flipped = cropped(picture).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    ((_, _, pair),) = pairs_of([save(tmp_path / "a.png", picture), save(tmp_path / "b.jpg", flipped, quality=85)])
    assert "flipped left to right" in pair.change


@pytest.mark.parametrize("size", [(96, 128), (107, 80), (150, 200)])
def test_the_square_of_a_flipped_picture_is_its_square_flipped(size: tuple[int, int]) -> None:
    picture = photograph(3, size)
    straight, flipped = (square_of(one, 64).astype(int) for one in (picture, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    assert np.abs(straight - flipped[:, ::-1]).max() <= 1


def test_every_way_to_lay_a_picture_is_a_candidate_and_named_right() -> None:
    random = np.random.default_rng(0)
    values = random.normal(0, 30, (200, 64)).astype(np.float32)
    laid = [turned(values[number : number + 1], orientation)[0] for number, orientation in enumerate(ORIENTATIONS)]
    prints = np.concatenate([values, laid]).clip(-127, 127).astype(np.int8)
    pairs, ways = closest(prints)
    found = {(int(first), int(second)): orientation_of(int(way)) for (first, second), way in zip(pairs, ways, strict=True)}
    assert found == {(number, 200 + number): orientation for number, orientation in enumerate(ORIENTATIONS)}


def test_a_large_family_of_one_picture_hangs_together_after_work_that_grows_with_its_number() -> None:
    prints = np.repeat(np.random.default_rng(0).normal(0, 30, (1, 64)).astype(np.int8), 3_000, axis=0)
    pairs, _ = closest(prints)
    assert len(pairs) <= 3 * len(prints)
    assert len(Forest((int(first), int(second)) for first, second in pairs).groups()) == 1


def test_groups_join_chains_of_pairs() -> None:
    pairs = [Alike(4, 7, "near"), Alike(1, 2, "near"), Alike(7, 9, "near"), Alike(2, 0, "same bytes")]
    assert groups(pairs) == [(0, 1, 2), (4, 7, 9)]
