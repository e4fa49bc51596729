"""duplicate-images: one picture several times in a split, or under two classes."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.pictures import counted, how_alike, pairs_shown, share
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import DatasetEvidence, Duplicates, Evidence, Pair, PictureFile
from vggdoctor.schema import Confidence, Finding, Measure, Severity, Undetermined


class DuplicateImages(Check):
    """One picture is in a split several times, or stands under two classes.

    What it finds
        Files of one split that hold the same picture: copies, other encodings, other sizes, flipped or rotated versions. Where
        the classes of the two differ, one of the labels is wrong.

    Why it hurts
        A label conflict teaches the network two answers for one picture; in validation one of the two counts as wrong
        whatever it says. Plain copies weight one picture more than the others, make the set look larger than it is, and
        come to lie on both sides when the set is split at random.

    How it is measured
        Same bytes, or the same pixels, are certain. Near copies are proposed by the low frequencies of the picture and confirmed
        by laying both on each other at 64 x 64 pixels, in case of doubt at 128 x 128 as well; plain and dark pictures, which
        all look alike, are left alone. Of a picture that is there three times, two files count as superfluous.

    The fix
        Look at the pairs. Of each picture keep one file, and of a conflict the one with the right label; the list is yours
        to go through, since two photographs of one thing can both be wanted.

    References
        Barz and Denzler, 2020, Do we train on test data? https://doi.org/10.3390/jimaging6060041
        Northcutt et al., 2021, Pervasive label errors in test sets: https://arxiv.org/abs/2103.14749
    """

    id = "duplicate-images"
    title = "The same picture several times in one split"
    area = "data"
    severity = Severity.NOTE
    requires = ("dataset",)

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        dataset = evidence.dataset
        assert dataset is not None
        if not dataset.compared:
            yield Undetermined("the pictures were not compared with each other")
        for found in dataset.duplicates:
            if found.conflicts:
                yield self._conflict(found, dataset)
            if found.exact + found.near and len(found.pairs):
                yield self._copies(found, dataset)

    def _conflict(self, found: Duplicates, dataset: DatasetEvidence) -> Finding:
        pair = found.conflicting[0]
        sure = any(each.likeness != "near" for each in found.conflicting)
        return self.finding(
            f"{counted(found.conflicts, 'picture stands', 'pictures stand')} under two classes in {found.split}: {_named(pair)}, "
            f"{how_alike(pair)}.",
            severity=Severity.WARNING,
            confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
            measured={"pictures under two classes": Measure(found.conflicts), "examined": Measure(found.examined, "files")},
            exhibits=(pairs_shown("One picture, two classes", found.conflicting, found.conflicts, dataset),),
        )

    def _copies(self, found: Duplicates, dataset: DatasetEvidence) -> Finding:
        pair = found.pairs[0]
        return self.finding(
            f"{share(found.exact + found.near, found.examined)} files in {found.split} show a picture that is there already "
            f"({found.exact:,} exact, {found.near:,} near copies): {pair.first.path} and {pair.second.path}, {how_alike(pair)}.",
            confidence=Confidence.HIGH if found.exact else Confidence.MEDIUM,
            measured={
                "exact copies": Measure(found.exact, "files"),
                "near copies": Measure(found.near, "files"),
                "examined": Measure(found.examined, "files"),
            },
            exhibits=(pairs_shown("Copies", found.pairs, sum(found.groups.values()), dataset),),
        )


def _named(pair: Pair) -> str:
    return f"{pair.first.path} as {pair.first.label} and {pair.second.path} as {pair.second.label}"


FIT = "model.fit(train, validation_data=val, epochs=20)\n"


def _scanned(*found: Duplicates) -> DatasetEvidence:
    return DatasetEvidence(splits=(), pictures=500, examined=500, compared=True, duplicates=found)


def _pair(first: str, second: str, change: str = "") -> Pair:
    files = [PictureFile(f"birds/train/{path}", "birds/train", path.partition("/")[0]) for path in (first, second)]
    return Pair(first=files[0], second=files[1], likeness="near" if change else "same bytes", change=change)


DuplicateImages.GOOD = (
    Case(
        name="every picture once",
        source=GENERATORS + FIT,
        dataset=_scanned(Duplicates(split="birds/train", examined=500, groups={}, exact=0, near=0)),
    ),
)
DuplicateImages.BAD = (
    Case(
        name="copies of files",
        source=GENERATORS + FIT,
        dataset=_scanned(
            Duplicates(
                split="birds/train",
                examined=500,
                groups={2: 9, 3: 1},
                exact=10,
                near=1,
                pairs=(_pair("gulls/1.jpg", "gulls/1 copy.jpg"),),
            )
        ),
        severity=Severity.NOTE,
        says="11 of 500 (2.2 %) files in birds/train show a picture that is there already (10 exact, 1 near copies)",
    ),
    Case(
        name="one picture under two classes",
        source=GENERATORS + FIT,
        dataset=_scanned(
            Duplicates(
                split="birds/train",
                examined=500,
                groups={2: 1},
                exact=0,
                near=1,
                conflicts=1,
                conflicting=(_pair("gulls/1.jpg", "terns/9.png", change="resized"),),
            )
        ),
        severity=Severity.WARNING,
        says="birds/train/gulls/1.jpg as gulls and birds/train/terns/9.png as terns, resized",
    ),
)
