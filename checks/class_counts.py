"""How many pictures of each class reach training."""

from __future__ import annotations

import math

from msgspec import Struct

from vggdoctor.evidence import ClassFolder, DatasetEvidence, Origin, Pipeline, SourceKind, Split
from vggdoctor.schema import Confidence

MAXIMUM_RATIO = 3.0
"""Largest to smallest class above which a set counts as imbalanced (ours: Keras and scikit-learn name no figure)."""

Z_95 = 1.959964
"""Normal quantile of a two-sided 95 % interval."""


class ClassCounts(Struct, kw_only=True, frozen=True):
    """Pictures a class, empty classes left off, two classes at least.

    ``sampled``: they were counted on a part of the set. ``observed``: counted on what really reached fit.
    """

    counts: dict[str, int]
    sampled: bool
    observed: bool
    confidence: Confidence

    @property
    def largest(self) -> str:
        return max(self.counts, key=self.counts.__getitem__)

    @property
    def smallest(self) -> str:
        return min(self.counts, key=self.counts.__getitem__)

    @property
    def ratio(self) -> float:
        """Pictures of the largest class over those of the smallest."""
        return self.counts[self.largest] / self.counts[self.smallest]

    @property
    def majority_share(self) -> float:
        """The part of all pictures that the largest class has, 0..1."""
        return self.counts[self.largest] / sum(self.counts.values())

    @property
    def minority_share(self) -> float:
        """The part of all pictures that the smallest class has, 0..1."""
        return self.counts[self.smallest] / sum(self.counts.values())

    def ratio_interval(self) -> tuple[float, float]:
        """95 % interval of the ratio in the whole set, from Wilson's interval of the smallest class' share of the two.

        The upper end is infinite where the share's lower end is 0.
        """
        low, high = wilson(self.counts[self.smallest], self.counts[self.smallest] + self.counts[self.largest])
        return (1 - high) / high, (1 - low) / low if low > 0 else math.inf


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson, 1927). ``trials`` is at least 1."""
    share = successes / trials
    scale = 1 + Z_95**2 / trials
    middle = (share + Z_95**2 / (2 * trials)) / scale
    half = Z_95 / scale * math.sqrt(share * (1 - share) / trials + Z_95**2 / (4 * trials**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def class_counts(pipeline: Pipeline, dataset: DatasetEvidence | None, role: str = "train") -> ClassCounts | None:
    """Counts of the pictures that a pipeline takes in its ``role`` (train, validation or test): those seen at fit, else those
    that its loader takes of its folder; None where neither is known.

    Where only its share of the folder is known they are estimates of medium confidence, and where not even that, those of the
    whole folder (training alone).
    """
    if pipeline.class_counts.value:
        counts = pipeline.class_counts.value
        expected = pipeline.pictures.get(0) or 0
        return _of(
            counts,
            sampled=sum(counts.values()) < expected,
            observed=pipeline.class_counts.origin is Origin.OBSERVED,
            confidence=pipeline.class_counts.confidence,
        )
    if dataset is None or pipeline.kind.is_(SourceKind.DATAFRAME):  # the labels stand in the table, not in the folders' names
        return None
    selection = dataset.selection_for(pipeline, role)
    if selection is not None and not selection.undetermined:
        return _of(_wanted(selection.classes, pipeline), confidence=pipeline.directory.confidence)
    split, confidence = _split(pipeline, dataset, role)
    if split is None:
        return None
    counts = _wanted(split.classes, pipeline)
    if selection is not None and selection.share is not None:
        return _of({name: round(count * selection.share) for name, count in counts.items()}, confidence=Confidence.MEDIUM)
    return _of(counts, confidence=confidence) if role == "train" else None


def _wanted(folders: tuple[ClassFolder, ...], pipeline: Pipeline) -> dict[str, int]:
    """Files of the classes that the pipeline names, of all where it names none."""
    names = pipeline.class_names.get(None)
    return {folder.name: folder.files for folder in folders if not names or folder.name in names}


def _split(pipeline: Pipeline, dataset: DatasetEvidence, role: str) -> tuple[Split | None, Confidence]:
    if pipeline.directory.known and pipeline.directory.value:
        return dataset.split_for(pipeline.directory.value), pipeline.directory.confidence
    candidates = [split for split in dataset.splits if split.role == role] or list(dataset.splits)
    return (candidates[0] if len(candidates) == 1 else None), Confidence.MEDIUM


def _of(counts: dict[str, int], *, confidence: Confidence, sampled: bool = False, observed: bool = False) -> ClassCounts | None:
    present = {name: count for name, count in counts.items() if count > 0}
    return ClassCounts(counts=present, sampled=sampled, observed=observed, confidence=confidence) if len(present) > 1 else None
