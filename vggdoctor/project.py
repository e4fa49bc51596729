"""The user's project as text: which files are read, and what they say."""

from __future__ import annotations

import json
import os
import re
import tokenize
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from vggdoctor.errors import InputError
from vggdoctor.schema import Location

SKIPPED_FOLDERS = {
    "__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist", "vggdoctor-report",
}  # fmt: skip
MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
SUFFIXES = (".py", ".ipynb")
SETTINGS = (".yaml", ".yml", ".json", ".toml")
MAXIMUM_SETTINGS_BYTES = 64_000
"""Files of settings are written by hand; larger ones of these kinds are data (ours)."""
_SETTINGS_NAME = re.compile(r"[\w-][\w.-]*\.(?:ya?ml|json|toml)\b")
MAXIMUM_BYTES = 20_000_000
"""Notebooks carry pictures in their outputs, so this is generous; larger files are listed as not read (ours)."""


class SourceText(Struct, frozen=True):
    """One file. ``cells``: the sources of a notebook's cells by index, code cells only; None for a script.

    ``problem`` says why the file could not be read; then ``text`` is empty.
    """

    path: str
    text: str
    cells: dict[int, str] | None = None
    problem: str = ""

    def part(self, cell: int | None) -> str:
        """The text that locations with this ``cell`` count in."""
        return self.text if cell is None or self.cells is None else self.cells[cell]


def home_of(paths: Sequence[Path]) -> Path:
    """The folder of the project that all these files and folders belong to: the nearest one that holds them all and has a
    pyproject.toml, setup.py, setup.cfg or .git; without such a one, the nearest that holds them all.

    Raises InputError if there is none but the root of the file system.
    """
    folders = [path.resolve() if path.is_dir() else path.resolve().parent for path in paths]
    try:
        shared = Path(os.path.commonpath(folders))
    except ValueError:  # on several drives
        shared = Path(folders[0].anchor)
    marked = (folder for folder in (shared, *shared.parents) if any((folder / name).exists() for name in MARKERS))
    home = next(marked, shared)
    if home.parent == home and len(folders) > 1:
        raise InputError("the paths have no folder in common; lint them one by one")
    return home


class Project:
    """A folder, a script or a notebook that is examined.

    ``root`` is the folder that paths are relative to; ``only`` the single file asked for, None for a folder. Nothing here writes.
    ``files`` limits the interest to some files and folders below ``path``: ``asked`` are their relative paths (all if empty);
    the others are there to be imported, or to import them.
    ``changed`` puts other texts in the place of files, by relative path: a patched project that is not on disk. They are whole
    texts with the line endings, and the byte order mark, that the file would have; ``sources`` has neither, as when read.

    Raises InputError if a path does not exist, or is a file that is neither Python nor a notebook.
    """

    def __init__(self, path: Path, changed: dict[str, str] | None = None, files: Sequence[Path] = ()) -> None:
        for given in (path, *files):
            if not given.exists():
                raise InputError(f"{given} does not exist")
            if given.is_file() and given.suffix not in SUFFIXES:
                raise InputError(f"{given} is neither a folder, a Python script nor a notebook")
        self.root = (path if path.is_dir() else path.parent).resolve()
        self.only = None if path.is_dir() else path.name
        self.changed = changed or {}
        self.asked = tuple(dict.fromkeys(self._relative(file) for file in files))

    def with_changes(self, changed: dict[str, str]) -> Project:
        """The same project with other texts (whole files, notebooks as JSON) in the place of some."""
        return Project(self.root / self.only if self.only else self.root, {**self.changed, **changed}, self._files())

    def is_asked(self, path: str) -> bool:
        """Whether a file is one of those that the interest is limited to."""
        return not self.asked or any(path == asked or asked == "." or path.startswith(f"{asked}/") for asked in self.asked)

    @cached_property
    def sources(self) -> dict[str, SourceText]:
        """Every script and notebook by relative path, in order; with ``only`` also its neighbours, which it may import."""
        return {path: self._read(path) for path in sorted(self._paths())}

    @cached_property
    def settings(self) -> dict[str, str]:
        """Small YAML, JSON and TOML files whose names occur in the sources: whole texts by relative path, in order."""
        mentioned: set[str] = set()
        for source in self.sources.values():
            for text in source.cells.values() if source.cells is not None else (source.text,):
                if any(suffix in text for suffix in SETTINGS):
                    mentioned.update(_SETTINGS_NAME.findall(text))
        return {path: text for path in self._files_named(mentioned) if (text := self._setting(path))} if mentioned else {}

    def snippet(self, place: Location) -> str:
        """The source text of a span; empty if the file or the span is not there."""
        source = self.sources.get(place.path)
        if source is None or (place.cell is not None and place.cell not in (source.cells or {})):
            return ""
        lines = source.part(place.cell).splitlines()[place.line - 1 : place.end_line]
        if not lines:
            return ""
        if place.end_column > 1:
            lines[-1] = lines[-1][: place.end_column - 1]
        lines[0] = lines[0][place.column - 1 :]
        return "\n".join(lines)

    def _paths(self) -> set[str]:
        asked = {path for path in self.asked if path.endswith(SUFFIXES)}
        return asked.union(path for path in self._files_below if path.endswith(SUFFIXES))

    def _files_named(self, names: set[str]) -> list[str]:
        return sorted(path for path in self._files_below if path.rsplit("/", 1)[-1] in names)

    @cached_property
    def _files_below(self) -> list[str]:
        """Relative paths of all sources, and of what may be settings."""
        found: list[str] = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if self._is_entered(Path(folder), name)]
            relative = Path(folder).relative_to(self.root)
            found += [(relative / name).as_posix() for name in files if name.endswith(SUFFIXES + SETTINGS)]
        return found

    def _setting(self, path: str) -> str:
        """The text of a file of settings, empty where it is too large or cannot be read."""
        file = self.root / path
        try:
            return file.read_text(encoding="utf-8-sig") if file.stat().st_size <= MAXIMUM_SETTINGS_BYTES else ""
        except (OSError, ValueError):
            return ""

    def _relative(self, file: Path) -> str:
        # A link keeps its own name, wherever it leads: only its folder is resolved.
        place = file.resolve() if file.name in ("", "..") else file.parent.resolve() / file.name
        if not place.is_relative_to(self.root):
            raise InputError(f"{file} is not below {self.root}")
        return place.relative_to(self.root).as_posix()

    def _files(self) -> list[Path]:
        return [self.root / path for path in self.asked]

    @staticmethod
    def _is_entered(folder: Path, name: str) -> bool:
        is_environment = (folder / name / "pyvenv.cfg").exists()
        return not (name in SKIPPED_FOLDERS or name.startswith(".") or is_environment)

    def _read(self, path: str) -> SourceText:
        file = self.root / path
        try:
            if path in self.changed:
                text = self.changed[path].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
                return _notebook(path, text) if path.endswith(".ipynb") else SourceText(path, text)
            if file.stat().st_size > MAXIMUM_BYTES:
                return SourceText(path, "", problem=f"larger than {MAXIMUM_BYTES:,} bytes")
            if path.endswith(".ipynb"):
                return _notebook(path, file.read_text(encoding="utf-8-sig"))
            with tokenize.open(file) as stream:
                return SourceText(path, stream.read())
        except (OSError, SyntaxError, ValueError) as error:
            return SourceText(path, "", problem=f"{type(error).__name__}: {error}")


def _notebook(path: str, text: str) -> SourceText:
    document = json.loads(text)
    cells = document.get("cells") if isinstance(document, dict) else None
    if cells is None and isinstance(document, dict):  # nbformat 3
        cells = [cell for sheet in document.get("worksheets", []) for cell in sheet.get("cells", [])]
    if not isinstance(cells, list):
        return SourceText(path, "", problem="not a notebook: it has no cells")
    sources = {}
    for index, cell in enumerate(cells):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            sources[index] = "".join(source) if isinstance(source, list) else str(source)
    return SourceText(path, text, sources)
