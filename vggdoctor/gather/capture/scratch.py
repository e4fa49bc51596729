"""A copy of the project that a script may write to: sources copied, everything else linked."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path

from vggdoctor.gather.capture.view import is_picture, sample
from vggdoctor.project import Project

MANY = 5_000
"""Links from which deleting them is left to a thread (ours)."""
SKIPPED = {"__pycache__", "node_modules", "site-packages"}
MAXIMUM_LINKS = 500_000
"""Links made one by one (about 10 microseconds each); beyond this, whole folders are linked and can not be written to (ours)."""


class Scratch:
    """The folder of one run: ``copy`` mirrors the project (real folders, links to files), ``home``, ``temporary`` and ``keras``
    replace the user's. Of each folder ``pictures_a_folder`` pictures are shown, all if None. Nothing in it is needed afterwards:
    call :meth:`remove`.
    """

    def __init__(self, project: Project, pictures_a_folder: int | None = None) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="vggdoctor-")).resolve()
        self.copy = self.base / "copy" / (project.root.name or "project")
        self.home = self.base / "home"
        self.temporary = self.base / "tmp"
        self.keras = self.base / "keras"
        self.journal = self.base / "journal.jsonl"
        self.request = self.base / "request.json"
        self.notices: list[str] = []
        for folder in (self.copy, self.home, self.temporary, self.keras / "models"):
            folder.mkdir(parents=True)
        self._links = 0
        self._shown = pictures_a_folder
        self._mirror(project.root, self.copy)
        self._write_sources(project)
        self._mirror_home()

    def shelve(self, shelf: tuple[str, ...]) -> None:
        """Link the weights files that lie in the folders of ``shelf`` (best first) to where the child's Keras looks."""
        for folder in map(Path, shelf):
            for file in folder.iterdir() if folder.is_dir() else ():
                target = self.keras / "models" / file.name
                if file.is_file() and not target.is_symlink():
                    target.symlink_to(file.resolve())
        for folder in map(Path, shelf):
            self._show_datasets(folder.parent / "datasets")

    def _show_datasets(self, folder: Path) -> None:
        """Link what Keras downloaded before (cifar10 ...): the child does not download it again."""
        for entry in folder.iterdir() if folder.is_dir() else ():
            target = self.keras / "datasets" / entry.name
            target.parent.mkdir(exist_ok=True)
            if not target.is_symlink():
                target.symlink_to(entry.resolve())

    def seen(self, folder: Path, project: Project) -> Path:
        """Where the script sees a folder: in the copy, if it is the project's."""
        return self.copy / folder.relative_to(project.root) if folder.is_relative_to(project.root) else folder

    def remove(self) -> None:
        """Delete it all; many links beside what comes next, as a busy disk can take a minute for them. Folders that the script
        made unreadable stay behind rather than fail the audit.
        """
        if self._links < MANY:
            shutil.rmtree(self.base, ignore_errors=True)
        else:
            threading.Thread(target=shutil.rmtree, args=(self.base, True)).start()

    def _mirror(self, source: Path, target: Path) -> None:
        try:
            entries = list(os.scandir(source))
        except OSError as error:
            self.notices.append(f"{source} could not be read: {error.strerror}")
            return
        shown = self._seen_of([entry.name for entry in entries if is_picture(entry.name)])
        for entry in entries:
            if shown is not None and is_picture(entry.name) and entry.name not in shown:
                continue
            inside = target / entry.name
            try:
                if entry.is_dir(follow_symlinks=False):
                    self._mirror_folder(entry, inside)
                elif entry.is_symlink():
                    inside.symlink_to(os.path.realpath(entry.path))
                elif entry.is_file():
                    inside.symlink_to(entry.path)
                    self._links += 1
            except FileExistsError:
                continue

    def _seen_of(self, pictures: list[str]) -> set[str] | None:
        return None if self._shown is None else sample(pictures, self._shown)

    def _mirror_folder(self, entry: os.DirEntry[str], inside: Path) -> None:
        is_environment = os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
        if entry.name in SKIPPED or entry.name.startswith(".") or is_environment or self.base.is_relative_to(entry.path):
            return
        if self._links > MAXIMUM_LINKS:
            inside.symlink_to(entry.path)
            return
        inside.mkdir()
        self._mirror(Path(entry.path), inside)

    def _write_sources(self, project: Project) -> None:
        for path, source in project.sources.items():
            if source.problem:
                continue
            file = self.copy / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)
            file.write_text(source.text, encoding="utf-8")

    def _mirror_home(self) -> None:
        """What lies in the user's home folder can be read under the new one, and files written there stay in the scratch
        folder.
        """
        home = Path.home()
        if not home.is_dir():
            return
        for entry in os.scandir(home):
            if entry.name != ".keras":
                (self.home / entry.name).symlink_to(entry.path)
