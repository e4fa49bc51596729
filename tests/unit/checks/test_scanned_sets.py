from __future__ import annotations

import random
from typing import Any

import pytest
from training_recipes import FIT, LOADER, array_pipeline, at, dataset_pipeline, evidence, generator_pipeline, replaced, stage

from vggdoctor.check import Check
from vggdoctor.checks.class_counts import class_counts
from vggdoctor.checks.data import DuplicateImages, SmallDataset, SourceConfound, SplitLeakage
from vggdoctor.checks.preprocessing import LossyResizing
from vggdoctor.evidence import (
    Call,
    ClassFolder,
    Cut,
    DatasetEvidence,
    Duplicates,
    Evidence,
    Overlap,
    Pair,
    PictureFile,
    Pipeline,
    Selection,
    SourceKind,
    Split,
    Trait,
    known,
)
from vggdoctor.schema import Confidence, Finding, SetArgument, Severity, Undetermined

DATASET = "image_dataset_from_directory"
TWICE = Pair(
    first=PictureFile("shells/cowrie/1.jpg", "shells", "cowrie"),
    second=PictureFile("shells/cowrie/1 copy.jpg", "shells", "cowrie"),
    likeness="same bytes",
)


def folders(**classes: int) -> tuple[ClassFolder, ...]:
    return tuple(ClassFolder(name=name, files=files) for name, files in classes.items())


def scanned(**fields: Any) -> DatasetEvidence:
    return DatasetEvidence(**({"splits": (), "pictures": 200, "examined": 200, "compared": True} | fields))


def only(check: Check, given: Evidence) -> Finding:
    (said,) = (item for item in check.detect(given) if isinstance(item, Finding))
    return said


def rows(held_back: bool, random_state: int | None = None) -> Pipeline:
    cut = Cut(
        place=at(30),
        held_back=held_back,
        test_size=known(0.2),
        train_size=known(None),
        random_state=known(random_state),
        shuffled=known(True),
        stratified=known(True),
    )
    return array_pipeline(cuts=known((cut,)), picture_loop=at(5))


def a_random_cut(groups: dict[int, int]) -> Evidence:
    """200 files that train_test_split deals out, four fifths of them for training."""
    sides = (("train", 0.8), ("validation", 0.2))
    superfluous = sum((size - 1) * number for size, number in groups.items())
    found = Duplicates(split="shells", examined=200, groups=groups, exact=superfluous, near=0, pairs=(TWICE,))
    selections = tuple(Selection(role=role, split="shells", undetermined="x", share=share) for role, share in sides)
    return evidence(stage(rows(False), validation=known(rows(True))), dataset=scanned(selections=selections, duplicates=(found,)))


def test_a_random_split_of_copies_leaks_as_often_as_chance_has_it() -> None:
    finding = only(SplitLeakage(), a_random_cut({2: 20, 3: 5}))
    chance, judged, leaked = random.Random(0), 0, 0
    files = [number for number in range(20) for _ in range(2)] + [100 + number for number in range(5) for _ in range(3)]
    files += range(1000, 1000 + 200 - len(files))
    for _ in range(2000):
        held = set(chance.sample(range(200), 40))
        learned = {files[place] for place in range(200) if place not in held}
        judged += 40
        leaked += sum(files[place] in learned for place in held)
    assert finding.measured["expected share"].value == pytest.approx(leaked / judged, abs=0.005)
    assert finding.measured["pictures with copies"].value == 25
    assert finding.message == (
        "25 pictures are in shells more than once, and a random split deals the copies out to both sides: about 23 % of the "
        "validation pictures are trained on as well."
    )
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.MEDIUM)
    assert [place.line for place in finding.locations] == [30, FIT.line]


def test_a_random_split_of_different_pictures_is_fine() -> None:
    assert [item for item in SplitLeakage().detect(a_random_cut({})) if isinstance(item, Finding)] == []


def test_two_copies_in_two_hundred_pictures_are_a_warning() -> None:
    assert only(SplitLeakage(), a_random_cut({2: 1})).severity is Severity.WARNING


def parts(seeds: tuple[int, int], shared: int) -> Evidence:
    cut = {"directory": known("shells"), "validation_split": known(0.2), "shuffle": known(True)}
    train = dataset_pipeline(subset=known("training"), seed=known(seeds[0]), **cut)
    validation = dataset_pipeline(
        subset=known("validation"), seed=known(seeds[1]), loader=Call(function=f"keras.utils.{DATASET}", place=at(21)), **cut
    )
    common = {"split": "shells", "loader": DATASET, "directory": "shells", "validation_split": 0.2, "shuffle": True}
    selections = (
        Selection(role="train", subset="training", seed=seeds[0], classes=folders(cowrie=80, limpet=80), **common),
        Selection(role="validation", subset="validation", seed=seeds[1], classes=folders(cowrie=20, limpet=20), **common),
    )
    overlap = Overlap(
        learned="shells (training part)",
        judged="shells (validation part)",
        learned_role="train",
        judged_role="validation",
        selections=(0, 1),
        examined=40,
        files=shared,
    )
    found = (overlap,) if shared else ()
    return evidence(stage(train, validation=known(validation)), dataset=scanned(selections=selections, overlaps=found))


def test_two_seeds_are_told_with_what_they_share() -> None:
    finding = only(SplitLeakage(), parts((1, 2), 31))
    assert finding.message == (
        "The two parts of shells are cut with different seed (1, 2) and overlap: 31 of 40 (78 %) validation pictures "
        "were trained on."
    )
    assert finding.measured["the same files"].value == 31


def test_one_seed_is_fine() -> None:
    assert [item for item in SplitLeakage().detect(parts((1, 1), 0)) if isinstance(item, Finding)] == []


def test_what_the_loader_takes_is_counted_not_what_lies_on_disk() -> None:
    given = parts((1, 1), 0)
    (training,) = given.recipe.stages
    counts = class_counts(training.train, given.dataset)
    assert counts is not None
    assert counts.counts == {"cowrie": 80, "limpet": 80}
    assert training.validation.value is not None
    validation = class_counts(training.validation.value, given.dataset, "validation")
    assert validation is not None
    assert validation.counts == {"cowrie": 20, "limpet": 20}


def test_of_a_random_split_the_counts_are_estimates() -> None:
    given = a_random_cut({})
    assert given.dataset is not None
    on_disk = (Split(path="shells", role="unknown", classes=folders(cowrie=150, limpet=50)),)
    dataset = scanned(splits=on_disk, selections=given.dataset.selections)
    counts = class_counts(rows(True), dataset, "validation")
    assert counts is not None
    assert (counts.counts, counts.confidence) == ({"cowrie": 30, "limpet": 10}, Confidence.MEDIUM)


def test_the_folders_of_a_table_are_not_its_classes() -> None:
    frame = generator_pipeline(kind=known(SourceKind.DATAFRAME), directory=known("images"))
    on_disk = (Split(path="images", role="train", classes=folders(a=150, b=50)),)
    assert class_counts(frame, scanned(splits=on_disk)) is None


def test_small_sets_are_told_at_their_loaders() -> None:
    findings = [item for item in SmallDataset().detect(parts((1, 1), 0)) if isinstance(item, Finding)]
    assert [finding.locations[0].line for finding in findings] == [LOADER.line, 21]
    assert findings[1].message.endswith("an accuracy of 90% on all 40 stands for anything between 77% and 96%.")


def test_that_not_all_pictures_were_compared_is_said_beside_what_was_found() -> None:
    found = Duplicates(split="shells", examined=200, groups={2: 1}, exact=1, near=0, pairs=(TWICE,))
    said = list(DuplicateImages().detect(evidence(dataset=scanned(compared=False, duplicates=(found,)))))
    assert [type(item) for item in said] == [Undetermined, Finding]


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        ({"a": {"x": 20}, "b": {"y": 20}}, 1.0),
        ({"a": {"x": 20}, "b": {"x": 20}}, 0.5),
        ({"a": {"x": 10, "y": 10}, "b": {"x": 20}}, 0.75),
        ({"a": {"x": 20}, "b": {"x": 20}, "c": {"z": 20}}, 2 / 3),
    ],
)
def test_how_well_a_property_tells_the_classes_apart(counts: dict[str, dict[str, int]], share: float) -> None:
    on_disk = (Split(path="shells", role="train", classes=folders(**dict.fromkeys(counts, 20))),)
    trait = Trait(split="shells", name="format", counts=counts)
    found = [
        item
        for item in SourceConfound().detect(evidence(dataset=scanned(splits=on_disk, traits=(trait,))))
        if isinstance(item, Finding)
    ]
    chance = 1 / len(counts)
    if share > chance + 0.5 * (1 - chance) + 0.1:
        assert found[0].measured["right by format"].value == pytest.approx(share, abs=0.01)
    else:
        assert found == []


def test_too_few_pictures_to_tell_are_said() -> None:
    on_disk = (Split(path="shells", role="train", classes=folders(a=9, b=20)),)
    trait = Trait(split="shells", name="format", counts={"a": {"x": 9}, "b": {"y": 20}})
    (said,) = SourceConfound().detect(evidence(dataset=scanned(splits=on_disk, traits=(trait,))))
    assert isinstance(said, Undetermined)


def test_a_finding_that_the_audit_has_marked_is_still_mended() -> None:
    loader = dataset_pipeline(squashes=known(True), size=known((224, 224)), interpolation=known("area"))
    given = evidence(stage(loader, validation=known(None)), dataset=scanned(aspects=(0.7, 1.0, 1.5)))
    finding = replaced(only(LossyResizing(), given), fingerprint="1234")
    repair = LossyResizing().fix(finding, given)
    assert repair is not None
    assert repair.changes == (SetArgument(LOADER, "crop_to_aspect_ratio", "True"),)
