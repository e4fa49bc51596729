"""split-leakage: pictures that the model learns from are among those that it is judged by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.judged import judged_on
from vggdoctor.checks.training.programs import DATASETS, GENERATORS
from vggdoctor.evidence import Evidence, Fact, Pipeline, SourceKind
from vggdoctor.schema import Finding, Location, Measure, NotApplicable, Repair, SetArgument, Severity

LOADER = "image_dataset_from_directory"
TEST = re.compile(r"(?i)(?<![a-z])(test|val|valid|validation|holdout|eval)(?![a-z])|(test|val|holdout)_|_(test|val)")
"""Names that say that pictures are not those of training."""


class SplitLeakage(Check):
    """The judged pictures, or a part of them, are training pictures.

    What it finds
        Training and validation calls of image_dataset_from_directory on one folder whose seed, split or shuffle differ, so
        that both parts overlap; validation or test data read from the training folder itself; an evaluation on the training
        data whose result is called a test; rows that are duplicated before they are split.

    Why it hurts
        A network of millions of weights recognizes pictures that it has seen. The accuracy on them says how well it
        remembers, and hides that it does not generalize: the number that decides is wrong, always upwards.

    How it is measured
        Folder, subset, validation_split, seed and shuffle of the loaders are compared: Keras shuffles the files with the
        seed and cuts afterwards, so that two seeds give two unrelated cuts. ImageDataGenerator cuts in the order of the
        files, where the seed does not matter. Oversampling counts where its rows reach the split that follows it.

    The fix
        One seed for both calls. Where a folder is named twice, the right one is for you to name.

    References
        Kaufman et al., 2012, Leakage in data mining: https://doi.org/10.1145/2382577.2382579
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
        names = {each.place: each.assigned_to for each in evidence.recipe.evaluations}
        if not judged:
            yield NotApplicable("no other pictures than those of training are read")
        found: dict[tuple[str, Location | None], Finding] = {}
        for each in judged:
            train = each.stage.train
            name = " ".join((names.get(each.place, ""), each.pipeline.x_source, _name(each.pipeline)))
            fault = _cut_differs(train, each.pipeline)
            is_judged = each.role == "validation" or (each.role == "evaluation" and TEST.search(name))
            if not fault and is_judged and _same_pictures(train, each.pipeline):
                fault = f"The {each.role} pictures are the training pictures ({train.directory.value})."
            if fault:
                place = each.pipeline.loader.place if each.pipeline.loader else None
                found.setdefault((fault, place), self._found(fault, train, each.pipeline, each.place))
        yield from found.values()

    def _found(self, fault: str, train: Pipeline, judged: Pipeline, call: Location) -> Finding:
        places = [pipeline.loader.place for pipeline in (judged, train) if pipeline.loader]
        return self.finding(fault, *places, call, measured={"folder": Measure(str(train.directory.value))})

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        if "seed" not in finding.message:
            return None
        for each in judged_on(evidence.recipe):
            first, second = each.stage.train, each.pipeline
            if second.loader and second.loader.place in finding.locations and first.seed.value is not None:
                return Repair("Split with one seed", (SetArgument(second.loader.place, "seed", str(first.seed.value)),))
        return None


def _name(pipeline: Pipeline) -> str:
    return pipeline.loader.assigned_to if pipeline.loader else ""


def _same(first: Fact[Any], second: Fact[Any]) -> bool | None:
    """Whether two facts have one value; None if one of them is not known."""
    return first.value == second.value if first.known and second.known else None


def _cut_differs(train: Pipeline, judged: Pipeline) -> str:
    """How two parts of one folder are cut differently, empty if they are not, or that is not known."""
    loaders = [pipeline.loader for pipeline in (train, judged)]
    if any(loader is None or not loader.function.endswith(LOADER) for loader in loaders) or loaders[0] == loaders[1]:
        return ""
    if not _same(train.directory, judged.directory) or {train.subset.value, judged.subset.value} != {"training", "validation"}:
        return ""
    for what, first, second in (
        ("seed", train.seed, judged.seed),
        ("validation_split", train.validation_split, judged.validation_split),
        ("shuffle", train.shuffle, judged.shuffle),
    ):
        if what == "seed" and (train.shuffle.is_(False) and judged.shuffle.is_(False)):
            continue
        if _same(first, second) is False:
            values = f"{what} ({first.value}, {second.value})"
            return f"The two parts of {train.directory.value} are cut with different {values}: they overlap."
    return ""


def _same_pictures(train: Pipeline, judged: Pipeline) -> bool:
    """Whether both are known to read the same files of one folder."""
    folders = (SourceKind.DIRECTORY,)
    if not (train.kind.is_(*folders) and judged.kind.is_(*folders) and _same(train.directory, judged.directory)):
        return False
    if train.loader is not None and train.loader == judged.loader:
        return train.subset == judged.subset
    whole = all(pipeline.subset.is_(None) for pipeline in (train, judged))
    return whole or bool(_same(train.subset, judged.subset) and _same(train.validation_split, judged.validation_split))


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

SplitLeakage.GOOD = (
    Case(name="one seed for both parts", source=PARTS.replace("seed=2", "seed=1")),
    Case(name="two folders", source=GENERATORS + FIT + "test_loss, test_accuracy = model.evaluate(val)\n"),
    Case(
        name="the training accuracy, called by its name",
        source=GENERATORS + FIT + "train_loss, train_accuracy = model.evaluate(train)\n",
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
)
