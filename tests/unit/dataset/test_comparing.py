from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path

import msgspec
import pytest
from picture_sets import DATASET, photograph, pipeline, recipe, scanned, write
from PIL import Image, ImageOps

from vggdoctor.evidence import DatasetEvidence, Recipe, known
from vggdoctor.gather.dataset import scan
from vggdoctor.gather.dataset.thumbnails import thumbnail
from vggdoctor.project import Project


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 training pictures (10 a class) and 10 validation pictures, of which 4 were trained on."""
    root = tmp_path_factory.mktemp("planted")
    train, val = root / "train", root / "val"
    for number in range(10):
        write(train / "gulls" / f"{number}.jpg", number)
        write(train / "terns" / f"{number}.jpg", 100 + number)
    for number in range(3):
        write(val / "gulls" / f"{number}.jpg", 200 + number)
        write(val / "terns" / f"{number}.jpg", 300 + number)
    shutil.copy(train / "gulls" / "0.jpg", val / "gulls" / "copy.jpg")
    shutil.copy(train / "gulls" / "1.jpg", val / "terns" / "moved.jpg")
    ImageOps.mirror(Image.open(train / "terns" / "2.jpg")).save(val / "terns" / "mirrored.png")
    Image.open(train / "terns" / "3.jpg").save(val / "terns" / "small.jpg", quality=60)
    shutil.copy(train / "gulls" / "4.jpg", train / "gulls" / "4 copy.jpg")
    shutil.copy(train / "gulls" / "4.jpg", train / "gulls" / "4 copy 2.jpg")
    shutil.copy(train / "gulls" / "5.jpg", train / "terns" / "5x.jpg")
    return root


@pytest.fixture(scope="module")
def evidence(planted: Path) -> DatasetEvidence:
    return scanned(planted, recipe(pipeline("train"), pipeline("val", line=2)))


def test_what_validation_shares_with_training_is_counted_by_kind(evidence: DatasetEvidence) -> None:
    train, validation = evidence.selections
    found = evidence.overlap_of(train, validation)
    assert found is not None
    assert (found.learned, found.judged, found.examined) == ("train", "val", 10)
    assert (found.files, found.exact, found.near, found.relabelled) == (0, 2, 2, 1)
    assert found.shared == 4
    assert {(pair.first.path, pair.second.path, pair.likeness) for pair in found.pairs} == {
        ("train/gulls/0.jpg", "val/gulls/copy.jpg", "same bytes"),
        ("train/gulls/1.jpg", "val/terns/moved.jpg", "same bytes"),
        ("train/terns/2.jpg", "val/terns/mirrored.png", "near"),
        ("train/terns/3.jpg", "val/terns/small.jpg", "near"),
    }
    assert "flipped left to right" in {pair.change for pair in found.pairs if pair.second.path.endswith("mirrored.png")}
    assert [pair.likeness for pair in found.pairs] == ["same bytes", "same bytes", "near", "near"]


def test_evidence_can_be_written_down_and_read_again(evidence: DatasetEvidence) -> None:
    assert msgspec.json.decode(msgspec.json.encode(evidence), type=DatasetEvidence, strict=False) == evidence


def test_copies_and_conflicts_within_a_split(evidence: DatasetEvidence) -> None:
    train, val = evidence.duplicates_in("train"), evidence.duplicates_in("val")
    assert train is not None
    assert val is not None
    assert (train.examined, train.groups, train.exact, train.near, train.conflicts) == (23, {2: 1, 3: 1}, 3, 0, 1)
    (conflict,) = train.conflicting
    assert {conflict.first.path, conflict.second.path} == {"train/gulls/5.jpg", "train/terns/5x.jpg"}
    assert {conflict.first.label, conflict.second.label} == {"gulls", "terns"}
    (pair,) = train.pairs
    assert pair.first.path == "train/gulls/4 copy 2.jpg"
    assert (val.groups, val.exact, val.near, val.conflicts) == ({}, 0, 0, 0)


def test_pairs_come_with_pictures_to_look_at(evidence: DatasetEvidence) -> None:
    named = {file.path for overlap in evidence.overlaps for pair in overlap.pairs for file in (pair.first, pair.second)}
    twice = [pair for each in evidence.duplicates for pair in (*each.pairs, *each.conflicting)]
    named |= {file.path for pair in twice for file in (pair.first, pair.second)}
    assert evidence.thumbnails.keys() == named
    picture = Image.open(io.BytesIO(base64.b64decode(evidence.thumbnails["val/gulls/copy.jpg"])))
    assert (picture.format, picture.size) == ("JPEG", (112, 84))
    assert max(map(len, evidence.thumbnails.values())) < 8_000


def test_folders_beside_each_other_are_compared_where_the_program_reads_one_of_them(planted: Path) -> None:
    found = scanned(planted, recipe(pipeline("train"))).overlaps
    assert [(each.learned, each.judged, each.selections, each.shared) for each in found] == [("train", "val", None, 4)]
    nothing_read = scanned(planted, Recipe()).overlaps
    assert [(each.learned_role, each.judged_role, each.shared) for each in nothing_read] == [("train", "validation", 4)]


def test_one_folder_under_two_roles_is_no_matter_of_the_files(planted: Path) -> None:
    read = pipeline("train")
    evidence = scanned(planted, recipe(read, None, read))
    assert all(each.selections is None for each in evidence.overlaps)


def test_the_same_files_in_two_cuts_are_told_from_copies(planted: Path) -> None:
    train, validation = (
        pipeline("train", DATASET, subset=known(subset), validation_split=known(0.4), seed=known(seed))
        for subset, seed in (("training", 1), ("validation", 2))
    )
    evidence = scanned(planted, recipe(train, validation))
    found = evidence.overlap_of(*evidence.selections)
    assert found is not None
    assert found.examined == int(0.4 * 23)
    assert found.files > 0
    assert found.pairs[0].likeness in ("same file", "same bytes")
    assert found.shared <= found.examined


def test_a_file_of_two_nested_folders_is_one_file(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "set" / "train" / "gulls" / f"{number}.jpg", number)
        write(tmp_path / "set" / "train" / "terns" / f"{number}.jpg", 50 + number)
    evidence = scanned(tmp_path, recipe(pipeline("set/train"), pipeline("set", line=2)))
    assert evidence.pictures == 8
    found = evidence.overlap_of(*evidence.selections)
    assert found is not None
    assert (found.files, found.exact, found.near) == (8, 0, 0)
    assert [each.groups for each in evidence.duplicates] == [{}, {}]


def test_different_photographs_are_not_the_same(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path / "train" / "gulls" / f"{number}.jpg", number)
        write(tmp_path / "val" / "gulls" / f"{number}.jpg", 1000 + number)
        for split in ("train", "val"):
            plain = tmp_path / split / "terns" / f"{number}.png"
            plain.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (60, 60), (number + (30 if split == "val" else 0),) * 3).save(plain)
    evidence = scanned(tmp_path, recipe(pipeline("train"), pipeline("val", line=2)))
    assert evidence.overlaps == ()
    assert [each.groups for each in evidence.duplicates] == [{}, {}]


def test_where_the_time_is_over_copies_are_a_lower_bound(planted: Path) -> None:
    found, report = scan(Project(planted), recipe(pipeline("train")), None, 0)
    assert found is not None
    assert not found.compared
    assert "lower bound" in report.reason


def test_pictures_are_upright_in_their_thumbnails(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    photograph(1, (200, 100)).save(tmp_path / "turned.jpg", exif=exif)
    assert Image.open(io.BytesIO(base64.b64decode(thumbnail(str(tmp_path / "turned.jpg"))))).size == (56, 112)
    (tmp_path / "text.jpg").write_text("no picture")
    assert thumbnail(str(tmp_path / "text.jpg")) == ""


def test_names_of_augmented_copies_are_understood(tmp_path: Path) -> None:
    for number, name in enumerate(("a", "b", "crop_1", "c_rot90", "d")):
        write(tmp_path / "train" / "gulls" / f"{name}.jpg", number)
    for number, name in enumerate(("a_flipped", "aug_3_b", "1", "c", "d_1", "e_aug")):
        write(tmp_path / "val" / "gulls" / f"{name}.jpg", 100 + number)
    for split in ("train", "val"):  # each has an original of its own, or none has
        for name in ("1", "1_flipped", "2_flipped"):
            write(tmp_path / split / "terns" / f"{name}.jpg", sum(map(ord, split + name)))
    evidence = scanned(tmp_path, recipe(pipeline("train"), pipeline("val", line=2)))
    (found,) = evidence.overlaps
    assert (found.shared, found.by_name) == (0, 3)
    assert {(pair.first.path, pair.second.path) for pair in found.pairs} == {
        ("train/gulls/a.jpg", "val/gulls/a_flipped.jpg"),
        ("train/gulls/b.jpg", "val/gulls/aug_3_b.jpg"),
        ("train/gulls/c_rot90.jpg", "val/gulls/c.jpg"),
    }
