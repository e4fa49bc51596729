from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from vggdoctor.evidence import Pipeline, Recipe, Stage, known
from vggdoctor.evidence.model import Model
from vggdoctor.evidence.pipeline import Call
from vggdoctor.gather.dataset import scan
from vggdoctor.project import Project
from vggdoctor.schema import Location

PLACE = Location("train.py", 1, 1)


def paint(path: Path, size: tuple[int, int] = (24, 16), kind: str | None = None, mode: str = "RGB") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, 90).save(path, kind)
    return path


def paint_classes(root: Path, **counts: int) -> None:
    for name, count in counts.items():
        for index in range(count):
            paint(root / name / f"{index}.jpg")


def pipeline(directory: str, loader: str = "keras.utils.image_dataset_from_directory") -> Pipeline:
    return Pipeline(directory=known(directory, PLACE), loader=Call(function=loader, place=PLACE))


def recipe(train: Pipeline, validation: Pipeline | None = None) -> Recipe:
    return Recipe(stages=(Stage(place=PLACE, model=Model(), train=train, validation=known(validation)),))


def counts(root: Path, facts: Recipe, data: Path | None = None) -> dict[str, tuple[str, dict[str, int]]]:
    evidence, _ = scan(Project(root), facts, data, 30)
    assert evidence is not None
    return {split.path: (split.role, {c.name: c.files for c in split.classes}) for split in evidence.splits}


def test_directories_of_the_recipe_are_counted_class_by_class_with_their_roles(tmp_path: Path) -> None:
    paint_classes(tmp_path / "pics" / "a", cats=3, dogs=2)
    paint_classes(tmp_path / "pics" / "b", cats=1, dogs=4)
    found = counts(tmp_path, recipe(pipeline("pics/a"), pipeline("./pics/b")))
    assert found == {"pics/a": ("train", {"cats": 3, "dogs": 2}), "pics/b": ("validation", {"cats": 1, "dogs": 4})}


def test_a_directory_of_another_machine_is_matched_by_its_tail_and_its_unused_sibling_is_seen(tmp_path: Path) -> None:
    paint_classes(tmp_path / "input" / "pets" / "train", cats=2, dogs=2)
    paint_classes(tmp_path / "input" / "pets" / "val", cats=1, dogs=1)
    paint_classes(tmp_path / "other", x=1, y=1)
    found = counts(tmp_path, recipe(pipeline("C:\\Users\\me\\pets\\train")))
    assert found == {
        "input/pets/train": ("train", {"cats": 2, "dogs": 2}),
        "input/pets/val": ("validation", {"cats": 1, "dogs": 1}),
    }


def test_an_ambiguous_tail_is_not_guessed(tmp_path: Path) -> None:
    paint_classes(tmp_path / "one" / "train", cats=2, dogs=2)
    paint_classes(tmp_path / "two" / "train", cats=2, dogs=2)
    evidence, report = scan(Project(tmp_path), recipe(pipeline("/content/train")), None, 30)
    assert evidence is None
    assert report.status == "failed"
    assert "'/content/train'" in report.reason
    assert "--data" in report.reason


def test_the_data_folder_given_is_shown_as_given_and_serves_the_directories_of_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    data = tmp_path / "elsewhere"
    paint_classes(data / "pets" / "train", cats=2, dogs=1)
    found = counts(tmp_path / "project", recipe(pipeline("../input/pets/train")), data)
    assert found == {(data / "pets/train").as_posix(): ("train", {"cats": 2, "dogs": 1})}
    assert counts(tmp_path / "project", Recipe(), data / "pets" / "train") == {
        (data / "pets/train").as_posix(): ("train", {"cats": 2, "dogs": 1})
    }


def test_without_directories_in_the_recipe_sets_of_classes_are_searched_and_program_pictures_left_out(tmp_path: Path) -> None:
    paint_classes(tmp_path / "dataset" / "test", cats=1, dogs=2)
    paint_classes(tmp_path / "dataset", mixed=1, more=1)
    paint_classes(tmp_path / "static", icons=3, photos=3)
    paint(tmp_path / "plot.png")
    assert counts(tmp_path, Recipe()) == {"dataset/test": ("test", {"cats": 1, "dogs": 2})}


def test_no_pictures_at_all_is_said(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("pass")
    evidence, report = scan(Project(tmp_path), Recipe(), None, 30)
    assert evidence is None
    assert report.status == "skipped"
    assert "--data" in report.reason


@pytest.mark.parametrize(
    ("loader", "files", "classes"),
    [
        ("keras.utils.image_dataset_from_directory", 3, ["cats", "dogs"]),
        ("ImageDataGenerator.flow_from_directory", 3, [".cache", "cats", "dogs"]),
    ],
)
def test_files_are_taken_as_the_users_loader_takes_them(tmp_path: Path, loader: str, files: int, classes: list[str]) -> None:
    keras = pytest.importorskip("keras")
    folder = tmp_path / "set"
    for name in ("a.JPG", "deep/b.jpeg", "c.gif" if "dataset" in loader else "c.tif", "d.webp"):
        paint(folder / "cats" / name)
    (folder / "cats" / "labels.csv").write_text("x")
    (folder / "cats" / "Thumbs.db").write_text("x")
    paint_classes(folder, dogs=1)
    paint_classes(folder, **{".cache": 1})
    evidence, _ = scan(Project(tmp_path), recipe(pipeline("set", loader)), None, 30)
    assert evidence is not None
    split = evidence.splits[0]
    assert [c.name for c in split.classes] == classes
    cats = next(c for c in split.classes if c.name == "cats")
    assert (cats.files, cats.ignored) == (files, 2)
    if "dataset" in loader:
        taken = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), verbose=False).file_paths
    else:
        taken = keras.src.legacy.preprocessing.image.ImageDataGenerator().flow_from_directory(folder).filepaths
    assert len(taken) == split.pictures


def test_every_broken_file_is_listed_with_its_reason_and_nothing_is_raised(tmp_path: Path) -> None:
    cats = tmp_path / "set" / "cats"
    paint_classes(tmp_path / "set", cats=2, dogs=2)
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    noise.save(cats / "cut.jpg")
    whole = (cats / "cut.jpg").read_bytes()
    (cats / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    noise.save(cats / "cut.png")
    whole = (cats / "cut.png").read_bytes()
    (cats / "cut.png").write_bytes(whole[: len(whole) // 2])
    (cats / "empty.jpg").write_bytes(b"")
    (cats / "text.jpg").write_text("no picture")
    paint(cats / "named.jpg", kind="PNG")
    Image.new("1", (12_000, 9_000)).save(cats / "bomb.png")
    (cats / "nowhere.jpg").symlink_to(cats / "gone.jpg")
    (cats / "loop").symlink_to(cats, target_is_directory=True)
    os.mkfifo(cats / "pipe.jpg")
    paint(cats / "new\nline 'quoted' \u732b.jpg")
    with open(os.fsencode(cats) + b"/\xff.jpg", "wb") as file:
        file.write(b"")
    evidence, report = scan(Project(tmp_path), Recipe(), None, 30)
    assert evidence is not None
    reasons = {file.path.removeprefix("set/cats/"): file.reason for file in evidence.broken}
    assert sorted(reasons) == sorted(
        ["cut.jpg", "cut.png", "empty.jpg", "text.jpg", "named.jpg", "bomb.png", "nowhere.jpg", "pipe.jpg", "\\udcff.jpg"]
    )
    assert reasons["cut.jpg"].startswith("truncated")
    assert reasons["cut.png"].startswith("truncated")
    assert reasons["empty.jpg"] == "empty file (0 bytes)"
    assert reasons["text.jpg"] == "not a picture that can be decoded"
    assert reasons["named.jpg"] == "is PNG, named .jpg"
    assert reasons["bomb.png"] == "not decoded: 12000 x 9000 pixels"
    assert reasons["nowhere.jpg"] == "link to nowhere"
    assert reasons["pipe.jpg"] == "not a regular file"
    assert evidence.splits[0].pictures == 14
    assert evidence.examined == evidence.pictures == 14
    assert report.status == "ok"


def test_an_unreadable_folder_is_listed(tmp_path: Path) -> None:
    paint_classes(tmp_path / "set", cats=2, dogs=2)
    (tmp_path / "set" / "dogs" / "locked").mkdir(mode=0)
    if os.access(tmp_path / "set" / "dogs" / "locked", os.R_OK):
        pytest.skip("permissions do not bind this user")
    evidence, _ = scan(Project(tmp_path), Recipe(), None, 30)
    assert evidence is not None
    assert [file.path for file in evidence.broken] == ["set/dogs/locked"]


def test_header_facts(tmp_path: Path) -> None:
    for index, width in enumerate([10, 20, 20, 30, 40, 40, 50, 60, 60, 90]):
        paint(tmp_path / "set" / "cats" / f"{index}.png", (width, 2 * width), mode="L" if index == 0 else "RGB")
    paint(tmp_path / "set" / "dogs" / "0.jpg", (40, 80))
    evidence, _ = scan(Project(tmp_path), Recipe(), None, 30)
    assert evidence is not None
    assert evidence.widths == (20, 40, 60)
    assert evidence.heights == (40, 80, 120)
    assert evidence.modes == {"RGB": 10, "L": 1}
    assert (evidence.odd["plain"], evidence.odd["grey"], evidence.grey) == (11, 1, 1)
    assert "light" not in evidence.odd
    assert evidence.formats == {"PNG": 10, "JPEG": 1}
    assert evidence.bytes_on_disk == sum(file.stat().st_size for file in tmp_path.rglob("*.*g"))


def test_without_time_the_counts_are_exact_and_the_report_says_how_many_were_decoded(tmp_path: Path) -> None:
    paint_classes(tmp_path / "set", cats=100, dogs=60)
    evidence, report = scan(Project(tmp_path), Recipe(), None, 0)
    assert evidence is not None
    assert evidence.pictures == 160
    assert evidence.examined == 0
    assert report.status == "partial"
    assert "0 of 160 pictures examined" in report.reason


def test_a_flat_folder_has_one_nameless_class(tmp_path: Path) -> None:
    paint(tmp_path / "all" / "1.jpg")
    paint(tmp_path / "all" / "2.jpg")
    assert counts(tmp_path, recipe(pipeline("all", "flow_from_dataframe"))) == {"all": ("train", {"": 2})}
