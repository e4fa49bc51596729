"""Counts every file of a split, class by class, and keeps a fair sample of the paths."""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Iterator
from pathlib import Path

from vggdoctor.evidence import BrokenFile, ClassFolder, Split
from vggdoctor.gather.dataset.folders import Folder
from vggdoctor.gather.dataset.loaders import LITTER, Loader

SAMPLE = 50_000
"""Paths kept for decoding, so that memory stays constant; a uniform sample of this size fixes a share to within 0.5 % (ours)."""

LISTED = 1_000
"""Broken files named in the evidence; more are counted but not named (ours)."""


class Census:
    """What the walk over all splits has seen: exact counts, and a uniform sample of the paths (Vitter 1985, algorithm R)."""

    def __init__(self, seed: int = 0) -> None:
        self.pictures = 0
        self.bytes = 0
        self.sample: list[str] = []
        self.broken: list[BrokenFile] = []
        self.broken_count = 0
        self.candidates = 0
        self._random = random.Random(seed)

    def count(self, folder: Folder) -> Split:
        """Walk one split. Never raises: what cannot be read is listed in ``broken``."""
        names = self._class_names(folder)
        classes = [self._class(folder.path / name, printable(name), folder.loader) for name in names]
        if not names:
            classes = [self._class(folder.path, "", folder.loader)]
        return Split(path=printable(folder.shown), role=folder.role, classes=tuple(classes))

    def note(self, path: str, reason: str) -> None:
        self.broken_count += 1
        if len(self.broken) < LISTED:
            self.broken.append(BrokenFile(printable(path), reason))

    def _class_names(self, folder: Folder) -> list[str]:
        try:
            names = sorted(os.listdir(folder.path))
        except OSError as error:
            self.note(str(folder.path), f"folder not readable: {error.strerror}")
            return []
        return [name for name in names if folder.loader.is_class(name) and os.path.isdir(folder.path / name)]

    def _class(self, path: Path, name: str, loader: Loader) -> ClassFolder:
        files = ignored = 0
        for file in self._walk(path):
            base = os.path.basename(file)
            if loader.takes(base):
                files += 1
                self._take(file)
            elif base.lower() not in LITTER:
                ignored += 1
        return ClassFolder(name=name, files=files, ignored=ignored)

    def _walk(self, path: Path) -> Iterator[str]:
        """As Keras walks: into subfolders, not through links below the class folder."""

        def note(error: OSError) -> None:
            self.note(str(error.filename), f"folder not readable: {error.strerror}")

        for folder, _, files in os.walk(path, onerror=note):
            for name in files:
                yield os.path.join(folder, name)

    def _take(self, file: str) -> None:
        self.pictures += 1
        try:
            status = os.stat(file)
        except OSError as error:
            self.note(file, "link to nowhere" if os.path.islink(file) else f"not readable: {error.strerror}")
            return
        if not stat.S_ISREG(status.st_mode):
            self.note(file, "not a regular file")
            return
        self.bytes += status.st_size
        if status.st_size == 0:
            self.note(file, "empty file (0 bytes)")
            return
        self._keep(file)

    def _keep(self, file: str) -> None:
        self.candidates += 1
        if len(self.sample) < SAMPLE:
            self.sample.append(file)
        else:
            position = self._random.randrange(self.candidates)
            if position < SAMPLE:
                self.sample[position] = file


def printable(name: str) -> str:
    """A name that JSON can carry: bytes that are no text are shown as escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
