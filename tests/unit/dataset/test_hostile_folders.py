"""Folders as they are found: what systems leave behind, what is no file, and any mixture of faults."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from picture_sets import DATASET, GENERATOR, pipeline, recipe, scanned, write
from PIL import Image

from tests.benchmarks.pictures.planting import plant_broken
from vggdoctor.evidence import Recipe
from vggdoctor.gather.dataset.counting import printable

MANY = 40


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """Every planted fault, and whether it is broken or only odd."""
    return [(one.path, one.kind) for one in plant_broken(tmp_path_factory.mktemp("faults"))]


@pytest.mark.parametrize("seed", range(6))
def test_in_any_mixture_of_faults_every_file_is_examined_or_broken_and_the_counts_add_up(
    tmp_path: Path, faults: list[tuple[Path, str]], seed: int
) -> None:
    chance = random.Random(seed)
    broken = set()
    loader = chance.choice((DATASET, GENERATOR))
    for name in ("gulls", "terns"):
        (tmp_path / "train" / name).mkdir(parents=True)
        for number in range(MANY // 4):
            write(tmp_path / "train" / name / f"{number}.jpg", chance.randrange(10**6))
    for number, (source, kind) in enumerate(chance.choices(faults, k=MANY)):
        folder = tmp_path / "train" / chance.choice(("gulls", "terns", "gulls/deep/er"))
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{number} {source.name}"
        if source.is_symlink():
            target.symlink_to(target.name if "circle" in source.name else "nothing")
        elif source.is_fifo():
            os.mkfifo(target)
        else:
            shutil.copy(source, target)
        if kind == "broken":
            broken.add(f"train/{printable(target.relative_to(tmp_path / 'train').as_posix())}")
    files = sum(path.is_symlink() or not path.is_dir() for path in (tmp_path / "train").rglob("*"))
    evidence = scanned(tmp_path, recipe(pipeline("train", loader)))
    (split,) = evidence.splits
    assert sum(each.files + each.ignored for each in split.classes) == files
    assert evidence.examined == evidence.pictures == split.pictures
    assert sum(evidence.broken_kinds.values()) == len(evidence.broken)
    named = {file.path for file in evidence.broken if file.kind != "over 8 bits a channel"}
    taken = {path for path in broken if path.endswith((".jpg", ".png")) or loader == DATASET}
    assert taken <= named <= broken
    assert all(file.reason and file.kind for file in evidence.broken)


def test_what_systems_leave_beside_a_set_is_not_taken_for_one(tmp_path: Path) -> None:
    for name in ("gulls", "terns"):
        write(tmp_path / "birds" / name / "1.jpg", len(name))
        (tmp_path / "__MACOSX" / "birds" / name).mkdir(parents=True)
        (tmp_path / "__MACOSX" / "birds" / name / "._1.jpg").write_bytes(b"\x00\x05\x16\x07")
    assert [split.path for split in scanned(tmp_path, Recipe()).splits] == ["birds"]


def test_folders_within_a_class_do_not_make_it_a_set_nor_does_a_link_to_the_folder_above(tmp_path: Path) -> None:
    for name in ("gulls", "terns"):
        for place in ("1.jpg", "flying/2.jpg", "sitting/3.jpg"):
            write(tmp_path / "birds" / name / place, len(name + place))
    (tmp_path / "birds" / "gulls" / "again").symlink_to(tmp_path / "birds", target_is_directory=True)
    evidence = scanned(tmp_path, Recipe())
    assert [(split.path, split.pictures) for split in evidence.splits] == [("birds", 6)]


def test_files_that_are_no_pictures_are_no_copies_of_each_other(tmp_path: Path) -> None:
    for seed, name in enumerate(("gulls", "terns")):
        write(tmp_path / "birds" / name / "1.jpg", seed)
        (tmp_path / "birds" / name / "empty.jpg").write_bytes(b"")
        (tmp_path / "birds" / name / "page.jpg").write_text("<html>not found</html>")
    (found,) = scanned(tmp_path, Recipe()).duplicates
    assert (found.groups, found.conflicts) == ({}, 0)


@pytest.mark.skipif(not os.path.exists("/proc/kmsg"), reason="there is no file that never ends")
def test_what_the_kernel_makes_up_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "birds" / "gulls" / "1.jpg", 1)
    write(tmp_path / "birds" / "terns" / "1.jpg", 2)
    (tmp_path / "birds" / "terns" / "kernel.jpg").symlink_to("/proc/kmsg")
    (tmp_path / "birds" / "terns" / "zero.jpg").symlink_to("/dev/zero")
    assert {file.path: file.reason for file in scanned(tmp_path, Recipe()).broken} == {
        "birds/terns/kernel.jpg": "empty file (0 bytes)",
        "birds/terns/zero.jpg": "not a regular file",
    }


def test_formats_are_told_by_what_is_in_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "birds" / "gulls"
    write(tmp_path / "birds" / "terns" / "1.jpg", 1)
    write(folder / "1.JPG", 2)
    write(folder / "3.jpg", 3).rename(folder / ".jpg")
    Image.open(folder / "1.JPG").save(folder / "icon.jpg", "TGA")
    (folder / "page.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n")
    assert {file.path: file.reason for file in scanned(tmp_path, Recipe()).broken} == {
        "birds/gulls/icon.jpg": "is TGA, named .jpg",
        "birds/gulls/page.jpg": "not decoded: EPS",
    }
