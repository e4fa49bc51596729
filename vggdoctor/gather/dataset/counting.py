"""Walks the splits: every file that counts goes into one table, class by class, in the order in which Keras reads them."""

from __future__ import annotations

import os
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from vggdoctor.evidence import BrokenFile, ClassFolder, Split
from vggdoctor.gather.dataset.facts import Files
from vggdoctor.gather.dataset.folders import Folder
from vggdoctor.gather.dataset.loaders import LITTER, PICTURES

LISTED = 1_000
"""Broken files named in the evidence; more are counted but not named (ours)."""


class Walked(Struct, frozen=True):
    """A folder that was gone through. ``classes``: class -> places of its files in the table, in the order of Keras' loaders: by
    folder, then by name."""

    folder: Folder
    split: Split
    classes: dict[str, array[int]]


class Census:
    """What the walk over all splits has seen. A file of two nested splits has one place in the table, that of the first."""

    def __init__(self, folders: list[Folder]) -> None:
        self.files = Files()
        self.unreadable: list[BrokenFile] = []
        self._nested = _have_nested(folders)
        self._known: dict[str, int] = {}
        self.walked = [self._walk(folder) for folder in folders]

    def _walk(self, folder: Folder) -> Walked:
        """Never raises: what cannot be read is listed in ``unreadable``."""
        found: dict[str, array[int]] = {}
        ignored: Counter[str] = Counter()
        passed_over: Counter[str] = Counter()
        names = self._class_names(folder)
        for name in names or [""]:
            found[name] = array("L")
            for path in self._files(folder.path / name):
                base = os.path.basename(path)
                if folder.loader.takes(base):
                    found[name].append(self._place(path, folder, name))
                elif base.lower() not in LITTER:
                    ignored[name] += 1
                    if base.lower().endswith(PICTURES):
                        passed_over[os.path.splitext(base)[1].lower()] += 1
        split = Split(
            path=printable(folder.shown),
            role=folder.role,
            classes=tuple(ClassFolder(name=printable(n), files=len(found[n]), ignored=ignored[n]) for n in found),
            passed_over=dict(passed_over.most_common()),
        )
        return Walked(folder, split, found)

    def _class_names(self, folder: Folder) -> list[str]:
        try:
            names = sorted(os.listdir(folder.path))
        except OSError as error:
            self._note(error)
            return []
        return [name for name in names if folder.loader.is_class(name) and os.path.isdir(folder.path / name)]

    def _files(self, path: Path) -> Iterator[str]:
        """As Keras walks: into subfolders, not through links below the class folder, all folders sorted by their whole path."""
        for folder, _, files in sorted(os.walk(path, onerror=self._note), key=lambda step: step[0]):
            for name in sorted(files):
                yield os.path.join(folder, name)

    def _place(self, path: str, folder: Folder, label: str) -> int:
        place = self._known.get(path, len(self.files)) if self._nested else len(self.files)
        if place == len(self.files):
            self.files.add(path, printable(folder.shown), printable(label), _status(path))
            if self._nested:
                self._known[path] = place
        return place

    def _note(self, error: OSError) -> None:
        reason = "folder not readable"
        self.unreadable.append(BrokenFile(printable(str(error.filename)), f"{reason}: {error.strerror}", reason))


def printable(name: str) -> str:
    """A name that JSON can carry: bytes that are no text are shown as escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def _have_nested(folders: list[Folder]) -> bool:
    paths = {folder.path.resolve() for folder in folders}
    return any(parent in paths for path in paths for parent in path.parents)
