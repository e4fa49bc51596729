"""Pictures that two sets of a program share, as the scan found them."""

from __future__ import annotations

from vggdoctor.checks.pictures import counted, how_alike, pairs_shown, share
from vggdoctor.evidence import DatasetEvidence, Overlap, Pipeline, Selection
from vggdoctor.schema import Exhibit, Measure


def overlap(dataset: DatasetEvidence | None, learned: Pipeline, judged: Pipeline, roles: tuple[str, str]) -> Overlap | None:
    """What two pipelines of a training, in their ``roles``, share; None where nothing was found or it is not known."""
    if dataset is None:
        return None
    first, second = (dataset.selection_for(pipeline, role) for pipeline, role in zip((learned, judged), roles, strict=True))
    return dataset.overlap_of(first, second) if first and second else None


def how_shared(found: Overlap) -> str:
    """``3 of 215 (1.4 %) validation pictures in birds/val are among the training pictures in birds/train (3 exact copies)``."""
    return f"{_judged(found)} are among the {_name(found.learned_role)} pictures in {found.learned} ({_ways(found)})"


def by_name(found: Overlap) -> str:
    """``4 of 200 (2.0 %) validation pictures in birds/val were made of the same pictures as training pictures in
    birds/train``."""
    return (
        f"{share(found.by_name, found.examined)} {_name(found.judged_role)} pictures in {found.judged} are versions of "
        f"{_name(found.learned_role)} pictures in {found.learned}, as their names say"
    )


def example(found: Overlap) -> str:
    """The surest pair: ``birds/val/a.jpg is birds/train/b.jpg (the same bytes)``."""
    if not found.pairs:
        return ""
    pair = found.pairs[0]
    if pair.likeness == "same file":
        return f"{pair.second.path} is in both"
    return f"{pair.second.path} is {pair.first.path} ({how_alike(pair)})"


def measures(found: Overlap) -> dict[str, Measure]:
    counts = {
        "shared": found.shared,
        "the same files": found.files,
        "exact copies": found.exact,
        "near copies": found.near,
        "of them under another class": found.relabelled,
        "versions by their names": found.by_name,
        "examined": found.examined,
    }
    return {name: Measure(count, "files") for name, count in counts.items()}


def exhibits(found: Overlap, dataset: DatasetEvidence) -> tuple[Exhibit, ...]:
    """The pairs side by side; none where they are the same files, which one can look up."""
    pairs = [pair for pair in found.pairs if pair.likeness != "same file"]
    title = f"In {found.learned} and in {found.judged}"
    return (pairs_shown(title, pairs, found.shared - found.files, dataset),) if pairs else ()


def in_a_random_cut(dataset: DatasetEvidence | None, learned: Selection | None, judged: Selection | None) -> tuple[float, int]:
    """(expected share of the judged pictures that have a copy among the learned ones, pictures that are there several times).

    Of a picture that is there g times, each file that is held back has a copy on the other side with probability
    1 - (1 - s)^(g - 1), where s is the share that is learned from and every file is cut independently. (0.0, 0) where the two are
    not unknown parts of one folder.
    """
    if dataset is None or learned is None or judged is None or learned.split != judged.split or learned.share is None:
        return 0.0, 0
    duplicates = dataset.duplicates_in(learned.split)
    if not learned.undetermined or not judged.undetermined or not duplicates or not duplicates.examined:
        return 0.0, 0
    sizes = duplicates.groups.items()
    expected = sum(number * size * (1 - (1 - learned.share) ** (size - 1)) for size, number in sizes)
    return expected / duplicates.examined, sum(duplicates.groups.values())


def _judged(found: Overlap) -> str:
    return f"{share(found.shared, found.examined)} {_name(found.judged_role)} pictures in {found.judged}"


def _ways(found: Overlap) -> str:
    ways = (
        counted(found.files, "file itself", "files themselves"),
        counted(found.exact, "exact copy", "exact copies"),
        counted(found.near, "near copy", "near copies"),
    )
    named = [way for way in ways if not way.startswith("0 ")]
    moved = f", {found.relabelled:,} of them under another class" if found.relabelled else ""
    return ", ".join(named) + moved


def _name(role: str) -> str:
    return {"train": "training"}.get(role, role)
