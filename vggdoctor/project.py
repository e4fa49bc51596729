"""The user's project as text: which files are read, and what they say."""

from __future__ import annotations

import json
import os
import tokenize
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from vggdoctor.errors import InputError
from vggdoctor.schema import Location

SKIPPED_FOLDERS = {
    "__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist", "vggdoctor-report",
}  # fmt: skip
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


class Project:
    """A folder, a script or a notebook that is examined.

    ``root`` is the folder that paths are relative to; ``only`` the single file asked for, None for a folder. Nothing here writes.
    ``changed`` puts other texts in the place of files, by relative path: a patched project that is not on disk. They are whole
    texts with the line endings, and the byte order mark, that the file would have; ``sources`` has neither, as when read.

    Raises InputError if the path does not exist, or is a file that is neither Python nor a notebook.
    """

    def __init__(self, path: Path, changed: dict[str, str] | None = None) -> None:
        if not path.exists():
            raise InputError(f"{path} does not exist")
        if path.is_file() and path.suffix not in {".py", ".ipynb"}:
            raise InputError(f"{path} is neither a folder, a Python script nor a notebook")
        self.root = (path if path.is_dir() else path.parent).resolve()
        self.only = None if path.is_dir() else path.name
        self.changed = changed or {}

    def with_changes(self, changed: dict[str, str]) -> Project:
        """The same project with other texts (whole files, notebooks as JSON) in the place of some."""
        return Project(self.root / self.only if self.only else self.root, {**self.changed, **changed})

    @cached_property
    def sources(self) -> dict[str, SourceText]:
        """Every script and notebook by relative path, in order; with ``only`` also its neighbours, which it may import."""
        return {path: self._read(path) for path in sorted(self._paths())}

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

    def _paths(self) -> list[str]:
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if self._is_entered(Path(folder), name)]
            relative = Path(folder).relative_to(self.root)
            found += [(relative / name).as_posix() for name in files if name.endswith((".py", ".ipynb"))]
        return found

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
