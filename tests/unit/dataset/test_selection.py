from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from picture_sets import DATASET, GENERATOR, at, pipeline, recipe, scanned, write

from vggdoctor.evidence import Call, Cut, Listing, Pipeline, Recipe, SourceKind, Table, known, unknown
from vggdoctor.gather.dataset.counting import Census
from vggdoctor.gather.dataset.folders import find
from vggdoctor.gather.dataset.selection import divided, select

NAMES = ("1.jpg", "10.JPG", "2.jpeg", "a-b/1.png", "a b/1.png", "a/1.png", "a/b/2.png", "a.b/1.bmp", "é.jpg", "deep/er/3.jpg")
"""Names whose order depends on what is sorted: whole paths, or folder by folder."""


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("birds")
    for seed, label in enumerate(("gulls", "terns", "Auks")):
        for number, name in enumerate((*NAMES, *(f"p{n}.jpg" for n in range(3 + 4 * seed)))):
            write(root / "set" / label / name, 100 * seed + number)
    (root / "set" / ".hidden").mkdir()
    write(root / "set" / ".hidden" / "1.jpg", 999)
    (root / "set" / "gulls" / "notes.txt").write_text("x")
    return root


def chosen(root: Path, read: Pipeline) -> dict[str, list[str]]:
    """Files by class, as the selection has them."""
    given = recipe(read)
    census = Census(find(root, given, None)[0])
    (taken,) = select(given, census.walked, census.files)
    assert taken.places is not None, taken.selection.undetermined
    found: dict[str, list[str]] = {folder.name: [] for folder in taken.selection.classes}
    for place in taken.places:
        found[census.files.labels[census.files.label[place]]].append(census.files.paths[place])
    assert {name: len(files) for name, files in found.items()} == {c.name: c.files for c in taken.selection.classes}
    return {name: sorted(files) for name, files in found.items()}


def by_class(paths: list[str], labels: Any, names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in names}
    for path, label in zip(paths, labels, strict=True):
        found[names[int(label)]].append(path)
    return {name: sorted(files) for name, files in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("subset", ["training", "validation"])
@pytest.mark.parametrize(
    "given",
    [
        {"validation_split": 0.2, "seed": 1},
        {"validation_split": 0.37, "seed": 123456},
        {"validation_split": 0.2, "shuffle": False},
        {"validation_split": 0.5, "seed": 0, "class_names": ["terns", "Auks"]},
    ],
    ids=str,
)
def test_a_cut_of_image_dataset_from_directory_is_that_of_keras(birds: Path, subset: str, given: dict[str, Any]) -> None:
    keras = pytest.importorskip("keras")
    made = keras.utils.image_dataset_from_directory(birds / "set", image_size=(8, 8), verbose=False, subset=subset, **given)
    labels = [int(label) for _, batch in made for label in batch]
    facts = {"class_names": known(tuple(given["class_names"]), at(1))} if "class_names" in given else {}
    read = pipeline(
        "set",
        DATASET,
        subset=known(subset),
        validation_split=known(given["validation_split"]),
        seed=known(given.get("seed")),
        shuffle=known(given.get("shuffle", True)),
        **facts,
    )
    found = chosen(birds, read)
    assert sorted(path for files in found.values() for path in files) == sorted(made.file_paths)
    assert Counter(labels) == Counter({i: len(found[name]) for i, name in enumerate(made.class_names) if found[name]})
    assert list(found) == made.class_names


@pytest.mark.slow
@pytest.mark.parametrize("subset", ["training", "validation", None])
@pytest.mark.parametrize("share", [0.2, 0.25, 0.9])
def test_a_cut_of_a_generator_is_that_of_keras(birds: Path, subset: str | None, share: float) -> None:
    image = pytest.importorskip("keras.src.legacy.preprocessing.image")
    flow = image.ImageDataGenerator(validation_split=share).flow_from_directory(birds / "set", subset=subset, seed=7)
    read = pipeline("set", GENERATOR, subset=known(subset), validation_split=known(share), seed=known(7))
    assert chosen(birds, read) == by_class(flow.filepaths, flow.classes, list(flow.class_indices))


def test_shuffling_places_is_shuffling_paths() -> None:
    """Keras shuffles a list of paths; the selection shuffles an array of their places."""
    places, paths = np.arange(997), [str(number) for number in range(997)]
    np.random.RandomState(5).shuffle(places)
    np.random.RandomState(5).shuffle(paths)
    assert [int(path) for path in paths] == places.tolist()


def test_both_parts_of_one_seed_are_the_whole_and_those_of_two_overlap(birds: Path) -> None:
    def part(subset: str, seed: int) -> set[str]:
        facts = {"validation_split": known(0.3), "seed": known(seed), "subset": known(subset)}
        return {path for files in chosen(birds, pipeline("set", DATASET, **facts)).values() for path in files}

    assert not part("training", 3) & part("validation", 3)
    assert len(part("training", 3) | part("validation", 3)) == 3 * len(NAMES) + 3 + 7 + 11
    assert part("training", 3) & part("validation", 4)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"subset": unknown("x")}, "subset is not known"),
        ({"subset": known("training")}, "validation_split is not known"),
        ({"subset": known("training"), "validation_split": known(0.2)}, "the seed of the split is not known"),
        (
            {"subset": known("training"), "validation_split": known(0.2), "shuffle": unknown("x")},
            "whether the files are shuffled before they are cut is not known",
        ),
        ({"class_names": known(("gulls", "owls"), at(1))}, "there is no folder 'owls' in set"),
    ],
)
def test_what_is_not_known_is_not_guessed(birds: Path, facts: dict[str, Any], reason: str) -> None:
    given = recipe(pipeline("set", DATASET, **facts))
    (selection,) = scanned(birds, given).selections
    assert selection.undetermined == reason
    assert selection.classes == ()


def test_a_random_cut_of_a_hand_made_list_has_a_share_and_no_files(birds: Path) -> None:
    def rows(held_back: bool) -> Pipeline:
        cut = Cut(place=at(4), held_back=held_back, test_size=known(0.25), random_state=known(None), shuffled=known(True))
        return Pipeline(kind=known(SourceKind.ARRAYS), picture_loop=at(2), directory=known("set"), cuts=known((cut,)))

    train, validation = scanned(birds, recipe(rows(False), rows(True))).selections
    assert (train.share, validation.share) == (0.75, 0.25)
    assert train.undetermined == validation.undetermined == "the order of a hand-made list is not known"


def test_the_part_that_fit_holds_back_has_its_share(birds: Path) -> None:
    rows = Pipeline(kind=known(SourceKind.ARRAYS), picture_loop=at(2), directory=known("set"))
    held = Pipeline(
        kind=known(SourceKind.ARRAYS),
        picture_loop=at(2),
        directory=known("set"),
        validation_split=known(0.2),
        subset=known("validation"),
    )
    train, validation = scanned(birds, recipe(rows, held)).selections
    assert (train.share, validation.share) == (0.8, 0.2)


def test_a_selection_is_found_by_its_pipeline_until_the_program_changes(birds: Path) -> None:
    facts: dict[str, Any] = {"validation_split": known(0.3), "subset": known("training")}
    read = pipeline("./set/", DATASET, seed=known(3), **facts)
    evidence = scanned(birds, recipe(read))
    assert evidence.selection_for(read, "train") is evidence.selections[0]
    assert evidence.selection_for(pipeline("set", DATASET, seed=known(3), line=40, **facts), "train") is evidence.selections[0]
    assert evidence.selection_for(read, "validation") is None
    assert evidence.selection_for(pipeline("set", DATASET, seed=known(4), **facts), "train") is None


def test_a_dataset_that_chooses_anew_is_not_that_of_its_loader(birds: Path) -> None:
    read = pipeline("set", DATASET, chain=(Call(function="tf.data.Dataset.take", place=at(3)),))
    (selection,) = scanned(birds, Recipe(stages=recipe(read).stages)).selections
    assert selection.undetermined == "take chooses among the pictures of the loader"


@pytest.mark.parametrize(
    "given",
    [{"test_size": 0.2}, {"test_size": 7}, {"train_size": 0.5}, {"test_size": 0.3, "train_size": 0.3}, {}, {"shuffle": False}],
    ids=str,
)
@pytest.mark.parametrize("rows", [10, 51])
def test_rows_are_dealt_out_as_by_scikit_learn(rows: int, given: dict[str, Any]) -> None:
    model_selection = pytest.importorskip("sklearn.model_selection")
    shuffled = given.get("shuffle", True)
    seed = 42 if shuffled else None
    expected = model_selection.train_test_split(list(range(rows)), random_state=seed, **given)
    for part, held_back in zip(expected, (False, True), strict=True):
        cut = Cut(
            place=at(4),
            held_back=held_back,
            test_size=known(given.get("test_size")),
            train_size=known(given.get("train_size")),
            random_state=known(seed),
            shuffled=known(shuffled),
            stratified=known(False),
        )
        assert divided(rows, cut).tolist() == part


def test_a_sorted_list_of_a_folder_that_is_cut_with_a_seed_is_known_file_by_file(tmp_path: Path) -> None:
    model_selection = pytest.importorskip("sklearn.model_selection")
    paths = sorted(str(write(tmp_path / "set" / label / f"{n}.jpg", n)) for label in ("gulls", "terns") for n in range(12))

    def rows(held_back: bool) -> Pipeline:
        cut = Cut(
            place=at(4),
            held_back=held_back,
            test_size=known(0.2),
            train_size=known(None),
            random_state=known(5),
            shuffled=known(True),
            stratified=known(False),
        )
        return Pipeline(
            kind=known(SourceKind.ARRAYS),
            picture_loop=at(2),
            listing=known(Listing(pattern="set/**", ordered=known(True))),
            cuts=known((cut,)),
        )

    expected = model_selection.train_test_split(paths, test_size=0.2, random_state=5)
    given = recipe(rows(False), rows(True))
    census = Census(find(tmp_path, given, None)[0])
    for taken, files in zip(select(given, census.walked, census.files), expected, strict=True):
        assert taken.places is not None, taken.selection.undetermined
        assert sorted(census.files.paths[place] for place in taken.places) == sorted(files)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """labels.csv with names without an end, two of which are not there, and a file that no row names."""
    root = tmp_path_factory.mktemp("table")
    rows = ["id,kind", *(f"p{n},{('gull', 'tern')[n % 2]}" for n in range(20)), "gone,gull", "lost,tern"]
    (root / "labels.csv").write_text("\n".join(rows))
    for number in range(20):
        write(root / "images" / f"p{number}.png", number)
    write(root / "images" / "extra.png", 99)
    return root


def rows_of_table(**fields: Any) -> Pipeline:
    usual: dict[str, Any] = {
        "kind": known(SourceKind.DATAFRAME),
        "table": known(Table(file="labels.csv", files="id", labels="kind")),
        "cuts": known(()),
    }
    return pipeline("images", ".flow_from_dataframe", **(usual | fields))


@pytest.mark.slow
@pytest.mark.parametrize("subset", ["training", "validation", None])
def test_a_table_is_cut_as_keras_cuts_it(table: Path, subset: str | None) -> None:
    pandas, image = pytest.importorskip("pandas"), pytest.importorskip("keras.src.legacy.preprocessing.image")
    frame = pandas.read_csv(table / "labels.csv")
    frame["id"] += ".png"
    flow = image.ImageDataGenerator(validation_split=0.3).flow_from_dataframe(
        frame, table / "images", x_col="id", y_col="kind", subset=subset
    )
    given = recipe(rows_of_table(subset=known(subset), validation_split=known(0.3)))
    (selection,) = scanned(table, given).selections
    assert {folder.name: folder.files for folder in selection.classes} == dict(
        zip(flow.class_indices, np.bincount(flow.classes).tolist(), strict=True)
    )
    census = Census(find(table, given, None)[0])
    (taken,) = select(given, census.walked, census.files, [table])
    assert taken.places is not None
    assert sorted(census.files.paths[place] for place in taken.places) == sorted(flow.filepaths)


def test_rows_that_are_cut_with_a_seed_do_not_overlap(table: Path) -> None:
    def cut(held_back: bool) -> Pipeline:
        made = Cut(
            place=at(4),
            held_back=held_back,
            test_size=known(0.25),
            train_size=known(None),
            random_state=known(1),
            shuffled=known(True),
            stratified=known(False),
        )
        return rows_of_table(cuts=known((made,)))

    evidence = scanned(table, recipe(cut(False), cut(True)))
    train, validation = evidence.selections
    assert (train.undetermined, validation.undetermined) == ("", "")
    assert train.pictures + validation.pictures == 20
    assert train.absent + validation.absent == 2
    assert evidence.overlaps == ()


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        (Table(file="other.csv"), "the table other.csv is not here"),
        (Table(file="labels.csv"), "labels.csv has no column 'filename'"),
        (Table(file="labels.csv", files="kind", labels="id"), "the column 'kind' of labels.csv does not name files in images"),
    ],
)
def test_a_table_that_does_not_fit_is_not_guessed_at(table: Path, named: Table, reason: str) -> None:
    (selection,) = scanned(table, recipe(rows_of_table(table=known(named)))).selections
    assert selection.undetermined == reason
