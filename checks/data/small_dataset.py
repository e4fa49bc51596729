"""small-dataset: too few pictures to learn from, or to judge by."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.class_counts import ClassCounts, class_counts, wilson
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.pictures import counted
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.checks.trainings import takes_pictures, trainings
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, Pipeline, Predictions, Selection, Stage
from vggdoctor.schema import Bars, Finding, Location, Measure, NotApplicable, Severity, Undetermined

TRAINING, VALIDATION = 100, 30
"""Pictures a class below which the set is called small (catalogue, ours): with 30 of a class, the 95 % interval of its recall is
still some 20 points wide."""
ASSUMED = 0.9
"""Accuracy for which the interval is shown where none was measured (ours)."""
NAMED = 4
"""Classes that a message names (ours)."""


class SmallDataset(Check):
    """There are few pictures of some classes, for training or for validation.

    What it finds
        Under 100 training pictures of a class, or under 30 validation pictures of one.

    Why it hurts
        A network that has seen a class a few dozen times remembers these pictures instead of the class. And an accuracy
        that is measured on few pictures is a rough number: most changes from one training to the next are then chance, and
        whatever is chosen by it, an epoch or a setting, is chosen by chance as well.

    How it is measured
        Files of each class that the loaders take, the parts of validation_split counted as Keras cuts them. The interval is
        Wilson's at 95 %, of the accuracy that the probe met, else of 90 %: what another validation set of this size could as well
        have shown.

    The fix
        More pictures of the smallest classes; a frozen pretrained backbone, augmentation and a small head; cross-validation
        instead of one split, so that every picture is judged by once. None of it is a change of a line.

    References
        Wilson, 1927, Probable inference, the law of succession, and statistical inference: https://doi.org/10.2307/2276774
        Varoquaux, 2018, Cross-validation failure: small sample sizes lead to large error bars: https://arxiv.org/abs/1706.07581
    """

    id = "small-dataset"
    title = "Few pictures to learn from or to judge by"
    area = "data"
    severity = Severity.NOTE
    requires = ("recipe", "dataset")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(self._all(evidence))

    def _all(self, evidence: Evidence) -> Iterator[Said]:
        for training in trainings(evidence.recipe):
            stage = training[-1]
            if takes_pictures(stage) is False:
                yield NotApplicable("the network is not trained on pictures")
                continue
            train = class_counts(stage.train, evidence.dataset)
            validation = class_counts(stage.validation.value, evidence.dataset, "validation") if stage.validation.value else None
            if train is None:
                yield Undetermined("the number of training pictures in each class is not known")
            elif not train.sampled and (few := _under(train, TRAINING)):
                yield self._for_training(stage, train, few)
            if validation is not None and not validation.sampled and (few := _under(validation, VALIDATION)):
                yield self._for_validation(stage, validation, few, evidence)

    def _for_training(self, stage: Stage, counts: ClassCounts, few: dict[str, int]) -> Finding:
        return self.finding(
            f"{_classes(few, counts)} under {TRAINING} training pictures: {_listed(few)}.",
            *_places(stage, stage.train),
            confidence=counts.confidence,
            measured={
                "training pictures": Measure(sum(counts.counts.values()), "pictures"),
                "smallest class": Measure(min(few.values()), "pictures"),
            },
            exhibits=(Bars("Training pictures in each class", "pictures", {n: float(c) for n, c in counts.counts.items()}),),
        )

    def _for_validation(self, stage: Stage, counts: ClassCounts, few: dict[str, int], evidence: Evidence) -> Finding:
        pictures = sum(counts.counts.values())
        met = _accuracy(stage, evidence)
        accuracy = ASSUMED if met is None else met
        low, high = wilson(round(accuracy * pictures), pictures)
        measured = ", as the probe met it," if met is not None else ""
        return self.finding(
            f"{_classes(few, counts)} under {VALIDATION} validation pictures: {_listed(few)}; an accuracy of {accuracy:.0%} on "
            f"all {pictures:,}{measured} stands for anything between {low:.0%} and {high:.0%}.",
            *_places(stage, stage.validation.value),
            confidence=counts.confidence,
            measured={
                "validation pictures": Measure(pictures, "pictures"),
                "smallest class": Measure(min(few.values()), "pictures"),
                "accuracy, 95 % interval": Measure(f"{low:.3f} to {high:.3f}"),
            },
        )


def _under(counts: ClassCounts, least: int) -> dict[str, int]:
    """The classes with fewer pictures, smallest first."""
    return dict(sorted(((n, c) for n, c in counts.counts.items() if c < least), key=lambda item: item[1]))


def _classes(few: dict[str, int], counts: ClassCounts) -> str:
    return f"{len(few)} of {counted(len(counts.counts), 'class', 'classes')} {'has' if len(few) == 1 else 'have'}"


def _listed(few: dict[str, int]) -> str:
    shown = ", ".join(f"{name} {number}" for name, number in list(few.items())[:NAMED])
    return shown + (f" and {len(few) - NAMED} more" if len(few) > NAMED else "")


def _accuracy(stage: Stage, evidence: Evidence) -> float | None:
    found: Predictions | None = None
    for each in evidence.probe.predictions if evidence.probe else ():
        if (each.stage.path, each.stage.line) == (stage.place.path, stage.place.line) and each.right:
            found = each
    return sum(found.right) / len(found.right) if found else None


def _places(stage: Stage, pipeline: Pipeline | None) -> tuple[Location | None, Location]:
    return (pipeline.loader.place if pipeline and pipeline.loader else None), stage.place


FIT = "model.fit(train, validation_data=val, epochs=20)\n"


def _scanned(train: tuple[int, int], validation: tuple[int, int]) -> DatasetEvidence:
    sets = (("train", "birds/train", train), ("validation", "birds/validation", validation))
    selections = tuple(
        Selection(
            role=role,
            split=path,
            loader="flow_from_directory",
            directory=path,
            classes=tuple(ClassFolder(name=name, files=n) for name, n in zip(("gulls", "terns"), files, strict=True)),
        )
        for role, path, files in sets
    )
    return DatasetEvidence(splits=(), pictures=sum(train + validation), examined=0, selections=selections)


SmallDataset.GOOD = (
    Case(name="enough of every class", source=GENERATORS + FIT, dataset=_scanned((100, 400), (30, 80))),
    Case(
        name="no pictures",
        source="""\
import numpy as np
from tensorflow import keras

x, y = np.load("x.npy"), np.load("y.npy")
model = keras.Sequential([keras.layers.Input((20,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y, epochs=3)
""",
        dataset=DatasetEvidence(splits=(), pictures=0, examined=0),
    ),
)
SmallDataset.BAD = (
    Case(
        name="few of one class for training",
        source=GENERATORS + FIT,
        dataset=_scanned((99, 400), (30, 80)),
        lines=(9, 16),
        severity=Severity.NOTE,
        says="1 of 2 classes has under 100 training pictures: gulls 99.",
    ),
    Case(
        name="few for validation",
        source=GENERATORS + FIT,
        dataset=_scanned((400, 400), (8, 12)),
        lines=(10, 16),
        says="an accuracy of 90% on all 20 stands for anything between 70% and 97%",
    ),
)
