"""What lies on disk."""

from __future__ import annotations

from msgspec import Struct


class BrokenFile(Struct, frozen=True):
    path: str
    reason: str


class ClassFolder(Struct, kw_only=True, frozen=True):
    """Pictures of one class of one split; ``files`` counts those that Keras' loaders would take."""

    name: str
    files: int
    ignored: int = 0


class Split(Struct, kw_only=True, frozen=True):
    """A folder of class folders. ``path`` is relative to the project (or as given with --data); ``role`` is what the recipe
    uses it for, or what its name says: train, validation, test, or unknown."""

    path: str
    role: str
    classes: tuple[ClassFolder, ...]

    @property
    def pictures(self) -> int:
        return sum(folder.files for folder in self.classes)


class DatasetEvidence(Struct, kw_only=True, frozen=True):
    """The scan of the picture folders. Sizes are pixels, quantiles at 10, 50 and 90 %, over the ``examined`` pictures.

    ``examined`` may be a sample of ``pictures``; counts are always of all files.
    """

    splits: tuple[Split, ...]
    pictures: int
    examined: int
    bytes_on_disk: int = 0
    broken: tuple[BrokenFile, ...] = ()
    widths: tuple[int, int, int] = (0, 0, 0)
    heights: tuple[int, int, int] = (0, 0, 0)
    modes: dict[str, int] = {}
    formats: dict[str, int] = {}

    def split_for(self, directory: str) -> Split | None:
        """The split whose path is ``directory``, or ends with it."""
        wanted = directory.strip("./").rstrip("/")
        for split in self.splits:
            if split.path.strip("./") == wanted or split.path.endswith("/" + wanted) or wanted.endswith("/" + split.path):
                return split
        return None
