"""Two calls of a program that read the same files, as its text says it."""

from __future__ import annotations

from typing import Any

from vggdoctor.evidence import Fact, Pipeline, SourceKind

LOADER = "image_dataset_from_directory"
CHOOSING = {"take", "skip", "shard", "filter"}
"""Methods of a dataset that leave some of its pictures out."""


def _same(first: Fact[Any], second: Fact[Any]) -> bool | None:
    """Whether two facts have one value; None if one of them is not known."""
    return first.value == second.value if first.known and second.known else None


def cut_differs(train: Pipeline, judged: Pipeline) -> str:
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
            return f"The two parts of {train.directory.value} are cut with different {values} and overlap"
    return ""


def same_pictures(train: Pipeline, judged: Pipeline) -> bool:
    """Whether both are known to read the same files of one folder."""
    folders = (SourceKind.DIRECTORY,)
    if not (train.kind.is_(*folders) and judged.kind.is_(*folders) and _same(train.directory, judged.directory)):
        return False
    if any(call.function.rpartition(".")[2] in CHOOSING for pipeline in (train, judged) for call in pipeline.chain):
        return False
    if train.loader is not None and train.loader == judged.loader:
        return train.subset == judged.subset
    whole = all(pipeline.subset.is_(None) for pipeline in (train, judged))
    return whole or bool(_same(train.subset, judged.subset) and _same(train.validation_split, judged.validation_split))


def cut_from_a_shuffle(train: Pipeline, judged: Pipeline) -> str:
    """How two parts are taken from one dataset that changes its order with every pass, empty if they are not."""
    loader = train.loader
    if loader is None or loader != judged.loader or not loader.function.endswith(LOADER) or train.subset != judged.subset:
        return ""
    ends = [_cut_by(pipeline) for pipeline in (train, judged)]
    if set(ends) != {"take", "skip"} or not train.shuffle.is_(True):
        return ""
    return "take and skip cut a dataset that is shuffled anew in every epoch: what is held back in one is trained on in the next"


def _cut_by(pipeline: Pipeline) -> str:
    """The first of take, skip and cache on the way from the loader; a cache keeps the order of its first pass."""
    names = (call.function.rpartition(".")[2] for call in pipeline.chain)
    return next((name for name in names if name in ("take", "skip", "cache")), "")
