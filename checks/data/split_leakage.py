"""split-leakage: pictures that the model learns from are among those that it is judged by."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks import leaks
from vggdoctor.checks.judged import JudgedOn, judged_on
from vggdoctor.checks.pictures import counted, pairs_shown, share
from vggdoctor.checks.same_files import cut_differs, cut_from_a_shuffle, same_pictures
from vggdoctor.checks.training.programs import DATASETS, GENERATORS
from vggdoctor.evidence import (
    ClassFolder,
    DatasetEvidence,
    Evidence,
    Overlap,
    Pair,
    PictureFile,
    Pipeline,
    Selection,
    SourceKind,
    WatchedRun,
)
from vggdoctor.schema import Confidence, Finding, Location, Measure, NotApplicable, Repair, SetArgument, Severity

TEST = re.compile(r"(?i)(?<![a-z])(test|val|valid|validation|holdout|eval)(?![a-z])|(test|val|holdout)_|_(test|val)")
"""Names that say that pictures are not those of training."""


SMALL = 0.01
"""Part of the judged pictures below which a leak is a warning: it cannot move an accuracy by more than that (ours)."""


class SplitLeakage(Check):
    """The judged pictures, or a part of them, are training pictures.

    What it finds
        The same picture in training and in validation or test: the file itself, a copy of it, or a near copy (another encoding
        or size, flipped, rotated, cropped). Training and validation calls of image_dataset_from_directory on one folder
        whose seed, split or shuffle differ, so that both parts overlap; validation or test data read from the training folder
        itself, or cut with take and skip from a dataset that is shuffled anew in every epoch; an evaluation on the training data
        whose result is called a test; rows that are duplicated before they are
        split; and a random split of a set in which pictures are there several times.

    Why it hurts
        A network of millions of weights recognizes pictures that it has seen. The accuracy on them says how well it
        remembers, and hides that it does not generalize: the number that decides is wrong, always upwards, by up to the
        share of the judged pictures that were trained on.

    How it is measured
        Which files each loader takes is worked out as Keras 3.15.1 does: it shuffles the files of
        image_dataset_from_directory with the seed and cuts afterwards, so that two seeds give two unrelated cuts, while
        ImageDataGenerator cuts each class in the order of the names, where the seed does not matter. Copies are certain, near
        copies confirmed by their pixels. Names alone (a_flipped.jpg of a.jpg) make a warning. It is an error from 1 % of the
        judged pictures on. Folders beside each other that are named as training and validation or test are compared too, as a
        warning, where the program does not use them so. Of a random split whose rows are not known, the expected share is given.
        Oversampling counts where its rows reach the split that follows it.

    The fix
        One seed for both calls. Take the copies out of the training set, or split by what was photographed instead of by
        picture; augment after the split. Where a folder is named twice, the right one is for you to name.

    References
        Kaufman et al., 2012, Leakage in data mining: https://doi.org/10.1145/2382577.2382579
        Barz and Denzler, 2020, Do we train on test data? https://doi.org/10.3390/jimaging6060041
        Keras, image_dataset_from_directory: https://keras.io/api/data_loading/image/
    """

    id = "split-leakage"
    title = "Training pictures among the judged ones"
    area = "data"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for sampled, split in evidence.recipe.copied_before_split:
            yield self.finding(
                "Rows are duplicated before the split, so the same pictures are on both sides of it.", sampled, split
            )
        judged = list(judged_on(evidence.recipe))
        if not judged:
            yield NotApplicable("no other pictures than those of training are read")
        found: dict[object, Finding] = {}
        for each in judged:
            key = _pictures_of(each.stage.train), _pictures_of(each.pipeline)
            if key not in found:
                finding = self._read_twice(each, evidence) or self._shared(each, evidence) or self._cut_at_random(each, evidence)
                if finding:
                    found[key] = finding
        yield from found.values()
        yield from self._beside(evidence.dataset)

    def _read_twice(self, each: JudgedOn, evidence: Evidence) -> Finding | None:
        """Two calls that read the same files, as the program says it."""
        train = each.stage.train
        names = {evaluation.place: evaluation.assigned_to for evaluation in evidence.recipe.evaluations}
        name = " ".join((names.get(each.place, ""), each.pipeline.x_source, _name(each.pipeline)))
        fault = cut_differs(train, each.pipeline) or cut_from_a_shuffle(train, each.pipeline)
        is_judged = each.role == "validation" or (each.role == "evaluation" and TEST.search(name))
        if not fault and is_judged and same_pictures(train, each.pipeline):
            fault = f"The {each.role} pictures are the training pictures ({train.directory.value})"
        if not fault:
            return None
        shared = leaks.overlap(evidence.dataset, train, each.pipeline, ("train", _role(each)))
        much = ""
        if shared and shared.shared:
            much = f": {share(shared.shared, shared.examined)} {each.role} pictures were trained on"
        measured = {"folder": Measure(str(train.directory.value))} | (leaks.measures(shared) if shared else {})
        return self.finding(f"{fault}{much}.", *_loaders(each), each.place, measured=measured)

    def _shared(self, each: JudgedOn, evidence: Evidence) -> Finding | None:
        """Two sets of files that hold the same pictures."""
        found = leaks.overlap(evidence.dataset, each.stage.train, each.pipeline, ("train", _role(each)))
        if found is None or evidence.dataset is None:
            return None
        if not found.shared:
            message, severity, confidence = leaks.by_name(found), Severity.WARNING, Confidence.MEDIUM
        else:
            message = leaks.how_shared(found)
            severity = Severity.ERROR if found.shared >= SMALL * found.examined else Severity.WARNING
            confidence = Confidence.HIGH if found.files + found.exact else Confidence.MEDIUM
        return self.finding(
            f"{message}: {leaks.example(found)}.",
            *_loaders(each),
            each.place,
            severity=severity,
            confidence=confidence,
            measured=leaks.measures(found),
            exhibits=leaks.exhibits(found, evidence.dataset),
        )

    def _cut_at_random(self, each: JudgedOn, evidence: Evidence) -> Finding | None:
        """A split of rows that are not known, in a set that holds pictures several times."""
        dataset, train = evidence.dataset, each.stage.train
        if dataset is None or not (_is_cut_at_random(train) or _is_cut_at_random(each.pipeline)):
            return None
        learned, judged = dataset.selection_for(train, "train"), dataset.selection_for(each.pipeline, _role(each))
        expected, pictures = leaks.in_a_random_cut(dataset, learned, judged)
        duplicates = dataset.duplicates_in(learned.split) if learned else None
        if not expected or learned is None or duplicates is None:
            return None
        pairs = (*duplicates.pairs, *duplicates.conflicting)
        cuts = [cut.place for cut in train.cuts.get(())]
        return self.finding(
            f"{counted(pictures, 'picture is', 'pictures are')} in {learned.split} more than once, and a random split deals the "
            f"copies out to both sides: about {100 * expected:.{0 if expected >= 0.1 else 1}f} % of the {each.role} pictures are "
            "trained on as well.",
            *cuts,
            each.place,
            severity=Severity.ERROR if expected >= SMALL else Severity.WARNING,
            confidence=Confidence.MEDIUM,
            measured={"pictures with copies": Measure(pictures), "expected share": Measure(round(expected, 4))},
            exhibits=(pairs_shown(f"Copies in {learned.split}", pairs, pictures, dataset),),
        )

    def _beside(self, dataset: DatasetEvidence | None) -> Iterator[Finding]:
        """Folders that are named as parts of one set, which the program does not use as such."""
        for found in dataset.overlaps if dataset else ():
            if found.selections is None and found.shared and found.learned_role == "train" and dataset is not None:
                yield self.finding(
                    f"{leaks.how_shared(found)}, though the program does not use the two so: {leaks.example(found)}.",
                    severity=Severity.WARNING,
                    confidence=Confidence.MEDIUM,
                    measured=leaks.measures(found),
                    exhibits=leaks.exhibits(found, dataset),
                )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        if "different seed" not in finding.message:
            return None
        for each in judged_on(evidence.recipe):
            first, second = each.stage.train, each.pipeline
            if second.loader and second.loader.place in finding.locations and first.seed.value is not None:
                return Repair("Split with one seed", (SetArgument(second.loader.place, "seed", str(first.seed.value)),))
        return None


def _pictures_of(pipeline: Pipeline) -> object:
    """What tells one set of pictures from another: what is validated and evaluated on one is told once."""
    loader = pipeline.loader.place if pipeline.loader else pipeline.picture_loop
    cuts = tuple((cut.place, cut.held_back) for cut in pipeline.cuts.get(()))
    return loader, pipeline.directory.value, pipeline.subset.value, cuts or (loader is None and pipeline.x_source)


def _role(each: JudgedOn) -> str:
    return "validation" if each.role == "validation" else "test"


def _loaders(each: JudgedOn) -> list[Location]:
    return [pipeline.loader.place for pipeline in (each.pipeline, each.stage.train) if pipeline.loader]


def _is_cut_at_random(pipeline: Pipeline) -> bool:
    """Whether the rows are known to be dealt out by chance: by train_test_split, or after a shuffle."""
    cuts = pipeline.cuts.get(())
    by_fit = bool(pipeline.validation_split.value) and pipeline.kind.is_(SourceKind.ARRAYS) and pipeline.order.is_("mixed")
    return by_fit or any(not cut.shuffled.is_(False) for cut in cuts)


def _name(pipeline: Pipeline) -> str:
    return pipeline.loader.assigned_to if pipeline.loader else ""


PARTS = (
    DATASETS.replace('"shells/train", ', '"shells", validation_split=0.2, subset="training", seed=1, ').replace(
        '"shells/val", ', '"shells", validation_split=0.2, subset="validation", seed=2, '
    )
    + """\
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=20)
"""
)
FIT = "model.fit(train, validation_data=val, epochs=20)\n"

CLASSES = (ClassFolder(name="gulls", files=200), ClassFolder(name="terns", files=200))
SETS = tuple(
    Selection(role=role, split=path, loader="flow_from_directory", directory=path, classes=CLASSES)
    for role, path in (("train", "birds/train"), ("validation", "birds/validation"))
)
COPY = Pair(
    first=PictureFile("birds/train/gulls/7.jpg", "birds/train", "gulls"),
    second=PictureFile("birds/validation/gulls/1.jpg", "birds/validation", "gulls"),
    likeness="same bytes",
)


def _sharing(exact: int, near: int = 0, relabelled: int = 0, selections: tuple[int, int] | None = (0, 1)) -> Overlap:
    return Overlap(
        learned="birds/train",
        judged="birds/validation",
        learned_role="train",
        judged_role="validation",
        selections=selections,
        examined=400,
        exact=exact,
        near=near,
        relabelled=relabelled,
        pairs=(COPY,),
    )


def _scanned(found: Overlap | None = None, selections: tuple[Selection, ...] = SETS) -> DatasetEvidence:
    overlaps = (found,) if found else ()
    return DatasetEvidence(splits=(), pictures=800, examined=800, compared=True, selections=selections, overlaps=overlaps)


SKIPPED = DATASETS.replace(
    'train = tf.keras.utils.image_dataset_from_directory("shells/train"',
    'ds = tf.keras.utils.image_dataset_from_directory("shells"',
).replace(
    'val = tf.keras.utils.image_dataset_from_directory("shells/val", image_size=(224, 224), batch_size=32)',
    "train = ds.take(80)\nval = ds.skip(80)",
)
COMPILED = 'model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])\n' + FIT

SplitLeakage.GOOD = (
    Case(
        name="take and skip of a cache, which keeps its order",
        source=SKIPPED.replace("32)\ntrain", "32).cache()\ntrain") + COMPILED,
    ),
    Case(name="two folders without a common picture", source=GENERATORS + FIT, dataset=_scanned()),
    Case(name="one seed for both parts", source=PARTS.replace("seed=2", "seed=1")),
    Case(name="two folders", source=GENERATORS + FIT + "test_loss, test_accuracy = model.evaluate(val)\n"),
    Case(
        name="the training accuracy, called by its name",
        source=GENERATORS + FIT + "train_loss, train_accuracy = model.evaluate(train)\n",
    ),
    Case(
        name="trap 14: better on validation than in training, under augmentation and dropout",
        source=GENERATORS + FIT,
        runs=(
            WatchedRun(
                stage=Location("train.py", 16, 16),
                planned=3,
                ended="finished",
                logs={"accuracy": (0.55, 0.68, 0.74), "val_accuracy": (0.71, 0.80, 0.83)},
            ),
        ),
    ),
    Case(
        name="trap 11: two generators cut one folder alike",
        source=GENERATORS.replace("rotation_range=15", "validation_split=0.2")
        .replace("plain = ImageDataGenerator(", "plain = ImageDataGenerator(validation_split=0.2, ")
        .replace('"birds/train", ', '"birds", subset="training", seed=1, ')
        .replace('"birds/validation", ', '"birds", subset="validation", ')
        + FIT,
    ),
)
SplitLeakage.BAD = (
    Case(
        name="two seeds",
        source=PARTS,
        lines=(3, 4, 13),
        fixed=PARTS.replace("seed=2", "seed=1"),
        severity=Severity.ERROR,
        says="different seed (1, 2)",
    ),
    Case(
        name="take and skip of a dataset that is shuffled anew in every epoch",
        source=SKIPPED + COMPILED,
        lines=(3, 14),
        severity=Severity.ERROR,
        says="shuffled anew in every epoch",
    ),
    Case(
        name="validation from the training folder",
        source=GENERATORS.replace("birds/validation", "birds/train") + FIT,
        lines=(9, 10, 16),
        says="validation pictures are the training pictures",
    ),
    Case(
        name="a test on the training data",
        source=GENERATORS + FIT + "test_loss, test_accuracy = model.evaluate(train)\n",
        lines=(9, 17),
        says="evaluation pictures are the training pictures",
    ),
    Case(
        name="rows are duplicated before the split",
        source="""\
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.utils import resample

rows = pd.read_csv("birds.csv")
parts = []
for name, group in rows.groupby("label"):
    parts.append(resample(group, n_samples=900, random_state=1))
rows = pd.concat(parts)
train_rows, val_rows = train_test_split(rows, test_size=0.2, random_state=1)

"""
        + GENERATORS.replace('flow_from_directory("birds/train"', 'flow_from_dataframe(train_rows, "birds"').replace(
            'flow_from_directory("birds/validation"', 'flow_from_dataframe(val_rows, "birds"'
        )
        + FIT,
        lines=(8, 10),
        says="duplicated before the split",
    ),
    Case(
        name="copies of training pictures in the validation folder",
        source=GENERATORS + FIT + "print(model.evaluate(val))\n",
        dataset=_scanned(_sharing(9, near=3, relabelled=1)),
        lines=(9, 10, 16),
        severity=Severity.ERROR,
        says="12 of 400 (3.0 %) validation pictures in birds/validation are among the training pictures in birds/train "
        "(9 exact copies, 3 near copies, 1 of them under another class): birds/validation/gulls/1.jpg is "
        "birds/train/gulls/7.jpg (the same bytes).",
    ),
    Case(
        name="one copy among many pictures",
        source=GENERATORS + FIT,
        dataset=_scanned(_sharing(1)),
        severity=Severity.WARNING,
        says="1 of 400 (0.2 %)",
    ),
    Case(
        name="augmented copies, by their names",
        source=GENERATORS + FIT,
        dataset=_scanned(replace(_sharing(0), by_name=20, pairs=(replace(COPY, likeness="by name"),))),
        lines=(9, 10, 16),
        severity=Severity.WARNING,
        says="20 of 400 (5.0 %) validation pictures in birds/validation are versions of training pictures in birds/train",
    ),
    Case(
        name="folders that the program does not use as parts of one set",
        source=GENERATORS.replace("birds/validation", "others") + FIT,
        dataset=_scanned(_sharing(9, selections=None), selections=SETS[:1]),
        severity=Severity.WARNING,
        says="though the program does not use the two so",
    ),
)
