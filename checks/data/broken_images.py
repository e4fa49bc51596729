"""broken-images: files that cannot be used as what they seem to be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.pictures import counted, files_shown, share
from vggdoctor.checks.training.programs import DATASETS, GENERATORS
from vggdoctor.evidence import BrokenFile, ClassFolder, DatasetEvidence, Evidence, Pipeline, Selection, Split
from vggdoctor.evidence.dataset import TOO_DEEP, WRONG_SUFFIX
from vggdoctor.schema import Finding, Location, Measure, Severity

TENSORFLOW = "image_dataset_from_directory"
DECODED = {"JPEG", "MPO", "PNG", "GIF", "BMP"}
"""What tf.io.decode_image, behind image_dataset_from_directory, tells by its content, whatever the name (TensorFlow 2.21)."""
ROLES = {"train": "training", "validation": "validation"}
KINDS = 4
"""Kinds of faults that the message names, the most frequent first."""


class BrokenImages(Check):
    """Some picture files cannot be used as what they seem to be.

    What it finds
        Files that are empty, cut off, not readable or no pictures at all; files of another format than their name says; grey
        pictures of 16 bits; pictures of a type that the loader silently passes over; and rows of a table whose file is not there.

    Why it hurts
        One file that does not decode ends the training when its batch is drawn, which may be hours after the start. Pillow
        cuts 16-bit values at 255, so that all but the darkest pixels turn white (99.6 % of an even ramp). Pictures that are
        passed over are missing from training without a word.

    How it is measured
        Every file is decoded, those of one size too: a header alone does not show that the end is missing. Where the time does
        not reach all files, the message says how many were examined. Suffixes are those that Keras 3.15.1 takes. A wrong name
        alone is a note: decoders look at the content, but TensorFlow's does not know WebP and TIFF.

    The fix
        Remove the listed files, or write them anew: Image.open(path).convert("RGB").save(path). Types that are passed over
        have to be converted. Which pictures may go is for you to say.

    References
        Keras, image_dataset_from_directory: https://keras.io/api/data_loading/image/
        Pillow, Image.convert and its modes: https://pillow.readthedocs.io/en/stable/handbook/concepts.html#modes
    """

    id = "broken-images"
    title = "Picture files that cannot be used"
    area = "data"
    severity = Severity.WARNING
    requires = ("dataset",)

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        dataset = evidence.dataset
        assert dataset is not None
        by_kind: dict[str, list[BrokenFile]] = {}
        for file in dataset.broken:
            by_kind.setdefault(file.kind, []).append(file)
        unusable = {kind: files for kind, files in by_kind.items() if kind not in (WRONG_SUFFIX, TOO_DEEP)}
        if unusable:
            yield self._unusable(unusable, evidence, dataset)
        if WRONG_SUFFIX in by_kind:
            yield self._misnamed(by_kind[WRONG_SUFFIX], evidence, dataset)
        if TOO_DEEP in by_kind and not _all_by_tensorflow(evidence):
            yield self._deep(by_kind[TOO_DEEP], evidence, dataset)
        yield from self._rows(evidence, dataset)
        for split in dataset.splits:
            loaders = _loaders(evidence, dataset, split.path)
            if split.passed_over and loaders:
                yield self._passed_over(split, loaders)

    def _rows(self, evidence: Evidence, dataset: DatasetEvidence) -> Iterator[Finding]:
        """Rows of tables that name files that are not there."""
        for role, pipeline in _pipelines(evidence):
            selection, table = dataset.selection_for(pipeline, role), pipeline.table.value
            if selection and selection.absent and table:
                left_out = share(selection.absent, selection.absent + selection.pictures)
                yield self.finding(
                    f"{left_out} {ROLES[role]} rows of {table.file} name files that are not in {selection.split}: they are left "
                    "out.",
                    pipeline.loader.place if pipeline.loader else None,
                    measured={"rows without a file": Measure(selection.absent), "files": Measure(selection.pictures)},
                )

    def _unusable(self, found: dict[str, list[BrokenFile]], evidence: Evidence, dataset: DatasetEvidence) -> Finding:
        kinds = Counter({kind: dataset.broken_kinds.get(kind, len(files)) for kind, files in found.items()})
        named = ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common(KINDS))
        rest = ", ..." if len(kinds) > KINDS else ""
        files = [file for each in found.values() for file in each]
        return self.finding(
            f"{share(kinds.total(), dataset.examined)} picture files cannot be read: {named}{rest}; the first is "
            f"{files[0].path}.",
            *_places(evidence, dataset, files),
            measured={kind: Measure(number, "files") for kind, number in kinds.most_common()}
            | {"examined": Measure(dataset.examined, "files")},
            exhibits=(files_shown("Files that cannot be read", files, kinds.total(), dataset),),
        )

    def _misnamed(self, files: list[BrokenFile], evidence: Evidence, dataset: DatasetEvidence) -> Finding:
        number = dataset.broken_kinds.get(WRONG_SUFFIX, len(files))
        unknown = [file for file in files if not re.match(rf"is ({'|'.join(DECODED)}),", file.reason)]
        stops = bool(unknown) and any(_loaders(evidence, dataset, split.path).get(TENSORFLOW) for split in dataset.splits)
        first = unknown[0] if stops else files[0]
        end = ", which image_dataset_from_directory cannot decode" if stops else ""
        return self.finding(
            f"{counted(number, 'file is', 'files are')} not of the format that the name says: {first.path} {first.reason}{end}.",
            *_places(evidence, dataset, files),
            severity=Severity.WARNING if stops else Severity.NOTE,
            measured={"files": Measure(number, "files")},
            exhibits=(files_shown("Files with the name of another format", unknown if stops else files, number, dataset),),
        )

    def _deep(self, files: list[BrokenFile], evidence: Evidence, dataset: DatasetEvidence) -> Finding:
        number = dataset.broken_kinds.get(TOO_DEEP, len(files))
        return self.finding(
            f"{counted(number, 'picture has', 'pictures have')} {files[0].reason} (the first is {files[0].path}): Pillow, with "
            "which Keras' generators and load_img read, cuts all values above 255.",
            *_places(evidence, dataset, files),
            measured={"files": Measure(number, "files")},
            exhibits=(files_shown("Pictures of over 8 bits, as Pillow shows them", files, number, dataset),),
        )

    def _passed_over(self, split: Split, loaders: dict[str, list[Location]]) -> Finding:
        number = sum(split.passed_over.values())
        suffixes = ", ".join(f"{count:,} {suffix}" for suffix, count in split.passed_over.items())
        return self.finding(
            f"{' and '.join(loaders)} passes over {counted(number, 'picture')} in {split.path}, without a word: {suffixes}.",
            *(place for places in loaders.values() for place in places),
            measured={"passed over": Measure(number, "files"), "taken": Measure(split.pictures, "files")},
        )


def _loaders(evidence: Evidence, dataset: DatasetEvidence, split: str) -> dict[str, list[Location]]:
    """The functions of Keras that read a split, with their calls."""
    found: dict[str, list[Location]] = {}
    for role, pipeline in _pipelines(evidence):
        selection = dataset.selection_for(pipeline, role)
        if pipeline.loader and selection and selection.split == split and selection.loader:
            found.setdefault(selection.loader, []).append(pipeline.loader.place)
    return found


def _pipelines(evidence: Evidence) -> Iterator[tuple[str, Pipeline]]:
    """Training and validation of every stage, with the role."""
    for stage in evidence.recipe.stages:
        yield "train", stage.train
        if stage.validation.value is not None:
            yield "validation", stage.validation.value


def _places(evidence: Evidence, dataset: DatasetEvidence, files: list[BrokenFile]) -> list[Location]:
    """The calls that read the splits of these files."""
    paths = [split.path for split in dataset.splits if any(file.path.startswith(split.path.rstrip("/") + "/") for file in files)]
    return [place for path in paths for places in _loaders(evidence, dataset, path).values() for place in places]


def _all_by_tensorflow(evidence: Evidence) -> bool:
    loaders = [stage.train.loader.function for stage in evidence.recipe.stages if stage.train.loader]
    return bool(loaders) and all(name.endswith(TENSORFLOW) or name.startswith("tensorflow.data.") for name in loaders)


FIT = "model.fit(train, validation_data=val, epochs=20)\n"
COMPILED = 'model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])\n' + FIT
CLASSES = (ClassFolder(name="gulls", files=200), ClassFolder(name="terns", files=200))


def _scanned(*broken: BrokenFile, passed_over: dict[str, int] | None = None, loader: str = "") -> DatasetEvidence:
    split = Split(path="birds/train", role="train", classes=CLASSES, passed_over=passed_over or {})
    selection = Selection(role="train", split="birds/train", loader=loader, directory="birds/train", classes=CLASSES)
    kinds = dict(Counter(file.kind for file in broken))
    return DatasetEvidence(
        splits=(split,), pictures=400, examined=400, broken=broken, broken_kinds=kinds, selections=(selection,) if loader else ()
    )


FRAME = "import pandas as pd\n" + GENERATORS.replace(
    'flow_from_directory("birds/train"', 'flow_from_dataframe(pd.read_csv("birds.csv"), "birds/train", "name", "kind"'
)
CUT = BrokenFile("birds/train/gulls/7.jpg", "truncated: image file is truncated (12 bytes not processed)", "truncated")
WEBP = BrokenFile("birds/train/terns/3.jpg", "is WEBP, named .jpg", WRONG_SUFFIX)

BrokenImages.GOOD = (
    Case(name="every file decodes", source=GENERATORS + FIT, dataset=_scanned(loader="flow_from_directory")),
    Case(
        name="16 bits, read by TensorFlow",
        source=DATASETS.replace("shells/train", "birds/train") + COMPILED,
        dataset=_scanned(BrokenFile("birds/train/gulls/1.png", "16 bits a channel", TOO_DEEP), loader=TENSORFLOW),
    ),
)
BrokenImages.BAD = (
    Case(
        name="cut off and empty files",
        source=GENERATORS + FIT,
        dataset=_scanned(
            CUT, BrokenFile("birds/train/gulls/8.jpg", "empty file (0 bytes)", "empty"), loader="flow_from_directory"
        ),
        lines=(9,),
        severity=Severity.WARNING,
        says="2 of 400 (0.5 %) picture files cannot be read: 1 truncated, 1 empty",
    ),
    Case(
        name="WebP under the name of JPEG, for TensorFlow",
        source=DATASETS.replace("shells/train", "birds/train") + COMPILED,
        dataset=_scanned(WEBP, loader=TENSORFLOW),
        lines=(3,),
        severity=Severity.WARNING,
        says="image_dataset_from_directory cannot decode",
    ),
    Case(
        name="WebP under the name of JPEG, for Pillow",
        source=GENERATORS + FIT,
        dataset=_scanned(WEBP, loader="flow_from_directory"),
        severity=Severity.NOTE,
        says="birds/train/terns/3.jpg is WEBP, named .jpg",
    ),
    Case(
        name="16 bits, read by Pillow",
        source=GENERATORS + FIT,
        dataset=_scanned(BrokenFile("birds/train/gulls/1.png", "16 bits a channel", TOO_DEEP), loader="flow_from_directory"),
        lines=(9,),
        says="cuts all values above 255",
    ),
    Case(
        name="a type that the generator does not take",
        source=GENERATORS + FIT,
        dataset=_scanned(passed_over={".webp": 40, ".gif": 2}, loader="flow_from_directory"),
        lines=(9,),
        says="flow_from_directory passes over 42 pictures in birds/train, without a word: 40 .webp, 2 .gif",
    ),
    Case(
        name="rows of a table that name no file",
        source=FRAME + FIT,
        dataset=DatasetEvidence(
            splits=(),
            pictures=400,
            examined=400,
            selections=(
                Selection(
                    role="train", split="birds", loader="flow_from_dataframe", directory="birds/train", classes=CLASSES, absent=12
                ),
            ),
        ),
        lines=(10,),
        says="12 of 412 (2.9 %) training rows of birds.csv name files that are not in birds: they are left out.",
    ),
)
