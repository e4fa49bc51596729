"""How many pictures of each class reach training."""

from __future__ import annotations

import math

from msgspec import Struct

from vggdoctor.evidence import DatasetEvidence, Origin, Pipeline, SourceKind, Split
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


def class_counts(train: Pipeline, dataset: DatasetEvidence | None) -> ClassCounts | None:
    """Counts of the training set: those seen at fit, else those of its folder; None where neither is known."""
    if train.class_counts.value:
        counts = train.class_counts.value
        expected = train.pictures.get(0) or 0
        return _of(
            counts,
            sampled=sum(counts.values()) < expected,
            observed=train.class_counts.origin is Origin.OBSERVED,
            confidence=train.class_counts.confidence,
        )
    split, confidence = _training_split(train, dataset)
    if split is None or train.kind.is_(SourceKind.DATAFRAME):  # the labels stand in the table, not in the folders' names
        return None
    wanted = train.class_names.get(None)
    counts = {folder.name: folder.files for folder in split.classes if not wanted or folder.name in wanted}
    return _of(counts, sampled=False, observed=False, confidence=confidence)


def _training_split(train: Pipeline, dataset: DatasetEvidence | None) -> tuple[Split | None, Confidence]:
    if dataset is None:
        return None, Confidence.LOW
    if train.directory.known and train.directory.value:
        return dataset.split_for(train.directory.value), train.directory.confidence
    candidates = [split for split in dataset.splits if split.role == "train"] or list(dataset.splits)
    return (candidates[0] if len(candidates) == 1 else None), Confidence.MEDIUM


def _of(counts: dict[str, int], *, sampled: bool, observed: bool, confidence: Confidence) -> ClassCounts | None:
    present = {name: count for name, count in counts.items() if count > 0}
    return ClassCounts(counts=present, sampled=sampled, observed=observed, confidence=confidence) if len(present) > 1 else None
