"""What lies on disk, and which of it each pipeline of the program takes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from vggdoctor.evidence.pipeline import Pipeline

Likeness = Literal["same file", "same bytes", "same pixels", "near", "by name"]
"""How two pictures are the same: one file, a copy of it, all pixels, a near copy that was confirmed by its pixels; or only that
their names say that one was made of the other (``a_flipped.jpg`` of ``a.jpg``)."""


WRONG_SUFFIX, TOO_DEEP = "wrong suffix", "over 8 bits a channel"
"""Kinds of broken files that do decode; the others do not."""


class BrokenFile(Struct, frozen=True):
    """``kind`` is the reason in a few words that many files share, ``reason`` what is wrong with this one."""

    path: str
    reason: str
    kind: str = ""


class ClassFolder(Struct, kw_only=True, frozen=True):
    """Pictures of one class of one split; ``files`` counts those that Keras' loaders would take."""

    name: str
    files: int
    ignored: int = 0


class Split(Struct, kw_only=True, frozen=True):
    """A folder of class folders. ``path`` is relative to the project (or as given with --data); ``role`` is what the recipe
    uses it for, or what its name says: train, validation, test, or unknown.

    ``passed_over``: pictures that the loader of this folder does not take, by their suffix (``.webp``).
    """

    path: str
    role: str
    classes: tuple[ClassFolder, ...]
    passed_over: dict[str, int] = {}

    @property
    def pictures(self) -> int:
        return sum(folder.files for folder in self.classes)


class Selection(Struct, kw_only=True, frozen=True):
    """The files that one pipeline of the program takes, in the classes that its loader gives them.

    ``role``: train, validation or test. ``split``: the path of the folder on disk. ``loader`` is the name of the function that
    reads it, empty for a loop by hand; ``directory``, ``subset``, ``validation_split``, ``seed`` and ``shuffle`` are as the
    pipeline has them: all these decide which files it takes. ``classes`` are in the order of the loader's class numbers.
    ``absent``: rows of its table that name no file that is there. ``undetermined``: why it is not known which files these are,
    empty where it is; ``share`` is then the part of the folder that they are, where that is known.
    """

    role: str
    split: str
    loader: str = ""
    directory: str = ""
    pattern: str = ""
    subset: str | None = None
    validation_split: float | None = None
    seed: int | None = None
    shuffle: bool | None = None
    classes: tuple[ClassFolder, ...] = ()
    absent: int = 0
    undetermined: str = ""
    share: float | None = None

    @property
    def pictures(self) -> int:
        return sum(folder.files for folder in self.classes)

    @property
    def name(self) -> str:
        """The folder, and which part of it."""
        return self.split + {"training": " (training part)", "validation": " (validation part)"}.get(self.subset or "", "")

    def is_of(self, pipeline: Pipeline, role: str) -> bool:
        """Whether ``pipeline``, in its part as train, validation or test, takes these files."""
        loader = pipeline.loader.function.rpartition(".")[2] if pipeline.loader else ""
        subset = pipeline.subset.value
        if subset == "both":
            subset = "training" if role == "train" else "validation"
        if (role, loader, subset) != (self.role, self.loader, self.subset):
            return False
        pattern = pipeline.listing.value.pattern if pipeline.listing.value else ""
        if not _are_one(pipeline.directory.value or "", self.directory) or pattern != self.pattern:
            return False
        cut = (pipeline.validation_split.value, pipeline.seed.value, pipeline.shuffle.value)
        return subset is None or cut == (self.validation_split, self.seed, self.shuffle)


class PictureFile(Struct, frozen=True):
    """A picture on disk: its path as shown to people, the folder of its split, and its class there."""

    path: str
    split: str
    label: str


class Pair(Struct, kw_only=True, frozen=True):
    """Two files of one picture.

    Of a near copy, ``change`` says how the second comes from the first ("flipped left to right", "resized"), ``difference`` is
    the mean absolute difference of luma (0 to 255) once both are laid on each other, ``correlation`` that of their fine
    structure.
    """

    first: PictureFile
    second: PictureFile
    likeness: Likeness
    change: str = ""
    difference: float = 0.0
    correlation: float = 1.0


class Overlap(Struct, kw_only=True, frozen=True):
    """Pictures by which a model is judged and that are among those that it learns from (or is chosen by) too.

    ``learned`` and ``judged`` name the two sets for people; their roles are train, validation or test. ``selections``: their
    places in ``DatasetEvidence.selections`` where the program itself reads them so, None for folders beside each other whose
    names say so. ``shared`` counts files of the judged set, of ``examined`` ones: the same ``files``, ``exact`` copies, and
    ``near`` copies add up to it. ``relabelled`` of them stand under another class in the learned set. ``pairs``: the first few,
    learned one first.
    """

    learned: str
    judged: str
    learned_role: str
    judged_role: str
    selections: tuple[int, int] | None = None
    examined: int
    files: int = 0
    exact: int = 0
    near: int = 0
    relabelled: int = 0
    by_name: int = 0
    pairs: tuple[Pair, ...] = ()

    @property
    def shared(self) -> int:
        return self.files + self.exact + self.near


class Duplicates(Struct, kw_only=True, frozen=True):
    """Pictures that are in one split more than once.

    ``groups``: how many pictures there are twice, three times, ... (size -> number of pictures), exact and near copies together;
    ``exact`` and ``near`` count the superfluous files. ``conflicts``: pictures that stand under several classes. ``pairs`` and
    ``conflicting`` are the first few of each; a pair stands for its whole group.
    """

    split: str
    examined: int
    groups: dict[int, int]
    exact: int
    near: int
    conflicts: int = 0
    pairs: tuple[Pair, ...] = ()
    conflicting: tuple[Pair, ...] = ()


class Trait(Struct, kw_only=True, frozen=True):
    """How a property of the files is spread over the classes of a split: class -> value -> number of pictures.

    ``name``: ``format``, ``colour mode``, ``size`` (width x height in pixels) or ``brightness`` (mean luma in sixteenths of
    0..255).
    """

    split: str
    name: str
    counts: dict[str, dict[str, int]]


class DatasetEvidence(Struct, kw_only=True, frozen=True):
    """The scan of the picture folders. Sizes are pixels, quantiles at 10, 50 and 90 %, over the ``examined`` pictures.

    ``examined`` may be a sample of ``pictures``; counts are always of all files. Of ``broken`` files the first are named,
    ``broken_kinds`` counts them all. ``aspects``: width over height. ``grey``: examined pictures whose three channels are equal.
    ``odd`` counts those that are dark, light, blurred, plain (one colour), grey or of an odd size, by this word.
    ``thumbnails``: a small JPEG in base64 of the files that pairs name, by path. ``compared``: whether copies were looked for.
    """

    splits: tuple[Split, ...]
    pictures: int
    examined: int
    bytes_on_disk: int = 0
    broken: tuple[BrokenFile, ...] = ()
    broken_kinds: dict[str, int] = {}
    widths: tuple[int, int, int] = (0, 0, 0)
    heights: tuple[int, int, int] = (0, 0, 0)
    aspects: tuple[float, float, float] = (0.0, 0.0, 0.0)
    modes: dict[str, int] = {}
    formats: dict[str, int] = {}
    grey: int = 0
    odd: dict[str, int] = {}
    compared: bool = False
    selections: tuple[Selection, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    duplicates: tuple[Duplicates, ...] = ()
    traits: tuple[Trait, ...] = ()
    thumbnails: dict[str, str] = {}

    def split_for(self, directory: str) -> Split | None:
        """The split whose path is ``directory``, or ends with it."""
        wanted = directory.strip("./").rstrip("/")
        for split in self.splits:
            if split.path.strip("./") == wanted or split.path.endswith("/" + wanted) or wanted.endswith("/" + split.path):
                return split
        return None

    def selection_for(self, pipeline: Pipeline, role: str) -> Selection | None:
        """The files that ``pipeline`` takes in its part as train, validation or test; None where its folder was not scanned, or
        where the program has changed since. They may be ``undetermined``."""
        return next((each for each in self.selections if each.is_of(pipeline, role)), None)

    def overlap_of(self, learned: Selection, judged: Selection) -> Overlap | None:
        """What two sets of the program share, None if nothing was found."""
        places = (self.selections.index(learned), self.selections.index(judged))
        return next((each for each in self.overlaps if each.selections == places), None)

    def duplicates_in(self, split: str) -> Duplicates | None:
        """The copies within the split at this path."""
        return next((each for each in self.duplicates if each.split == split), None)


def _are_one(first: str, second: str) -> bool:
    """Whether two ways of writing a folder can be one: equal, or one is the end of the other."""
    first, second = (path.replace("\\", "/").removeprefix("./").rstrip("/") for path in (first, second))
    if not first or not second:
        return first == second
    return first == second or first.endswith("/" + second) or second.endswith("/" + first)
