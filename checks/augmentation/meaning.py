"""What a transform may do to the meaning of a picture, by the names of the classes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vggdoctor.evidence import DatasetEvidence, Fact, Pipeline, known

SIDED_WORDS = {"horizontal": {"left", "right"}, "vertical": {"up", "down", "upward", "downward", "upside"}}
"""Words in names of classes that a flip in this direction turns into one another."""


def class_names(pipeline: Pipeline, dataset: DatasetEvidence | None) -> Fact[tuple[str, ...]]:
    """The names of the classes: as given in the code, else those of the class folders on disk."""
    if pipeline.class_names.known:
        return pipeline.class_names
    split = dataset.split_for(pipeline.directory.value) if dataset and pipeline.directory.value else None
    return pipeline.class_names if split is None else known(tuple(folder.name for folder in split.classes))


def words_of(name: str) -> list[str]:
    """The words of a name: ``left_hand``, ``LeftHand`` and ``left-hand`` alike."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[^A-Za-z0-9]+", parts.lower()) if word]


def sided(names: Sequence[str], direction: str) -> set[str]:
    """The words that a flip in ``direction`` turns round, where the classes have at least two of them."""
    found = {word for name in names for word in words_of(name)} & SIDED_WORDS[direction]
    return found if len(found) > 1 else set()


def are_characters(names: Sequence[str]) -> bool:
    """Whether the names are single letters or digits: perhaps the pictures show them, perhaps they only number the classes."""
    return bool(names) and all(len(name) == 1 for name in names)
