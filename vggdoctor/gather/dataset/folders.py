"""Finds the folders of pictures: those that the recipe names, or those that look like a set of classes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.evidence import Pipeline, Recipe
from vggdoctor.gather.dataset.loaders import ANY, Loader, loader_of
from vggdoctor.project import SKIPPED_FOLDERS

MAXIMUM_DEPTH = 8
MAXIMUM_FOLDERS = 20_000
"""Folders looked at in a search, so that a home folder given by mistake does not take for ever (ours)."""

GLANCE = 200
"""Entries looked at to decide whether a folder holds pictures (ours)."""

LEFT_BEHIND = {"__macosx", "@eadir", "$recycle.bin", "lost+found"}
"""Folders that systems make among others."""

NOT_DATA = SKIPPED_FOLDERS | LEFT_BEHIND | {"static", "assets", "docs", "doc", "screenshots", "templates"}
"""Folders of pictures that belong to a program, not to a set."""

ROLES = {
    "train": re.compile(r"^train(ing)?([_-]?(set|data|ds|dir|images))?$", re.IGNORECASE),
    "validation": re.compile(r"^(val|valid|validation|dev)([_-]?(set|data|ds|dir|images))?$", re.IGNORECASE),
    "test": re.compile(r"^(test|testing|eval|evaluation|holdout)([_-]?(set|data|ds|dir|images))?$", re.IGNORECASE),
}


class Folder(Struct, frozen=True):
    """A split on disk: ``shown`` is its name in the report, ``role`` as in :class:`vggdoctor.evidence.Split`.

    ``named``: how the program writes it, each way once; empty for a folder that it does not name.
    """

    path: Path
    shown: str
    role: str
    loader: Loader
    named: tuple[str, ...] = ()


class Named(Struct, frozen=True):
    """A directory that the recipe names."""

    directory: str
    role: str
    loader: Loader
    script_folder: str


def role_of(name: str) -> str:
    """train, validation or test where a folder's name says so, else unknown."""
    return next((role for role, pattern in ROLES.items() if pattern.match(name)), "unknown")


def find(root: Path, recipe: Recipe, data: Path | None) -> tuple[list[Folder], list[str]]:
    """The splits to scan, and the directories that the recipe names but that are not here.

    Several ways of writing one folder are one split, which takes what any of its loaders takes.
    """
    bases = [base for base in (data, root) if base is not None]
    found: dict[Path, Folder] = {}
    missing = []
    for named in named_in(recipe):
        path = _resolve(named, root, bases)
        if path is None:
            missing.append(named.directory)
            continue
        for split in _splits_at(path, named):
            first = found.get(split.resolve()) or Folder(split, _shown(split, root, data), named.role, named.loader)
            names = tuple(dict.fromkeys((*first.named, named.directory)))
            found[split.resolve()] = replace(first, loader=first.loader | named.loader, named=names)
    if found:
        for folder in list(found.values()):
            for sibling in _sibling_splits(folder.path):
                new = Folder(sibling, _shown(sibling, root, data), role_of(sibling.name), folder.loader)
                found.setdefault(sibling.resolve(), new)
    elif data is not None or not missing:
        base = data or root
        searched = list(search(base)) or ([base] if data is not None and _has_pictures(base) else [])
        for path in searched:
            found.setdefault(path.resolve(), Folder(path, _shown(path, root, data), role_of(path.name), ANY))
    return list(found.values()), sorted(set(missing))


def named_in(recipe: Recipe) -> list[Named]:
    """Every known directory of the recipe, once for each loader that reads it, in the order of use."""
    named: dict[Named, None] = {}

    def add(pipeline: Pipeline, role: str) -> None:
        directory = directory_of(pipeline)
        if not directory:
            return
        place = pipeline.directory.place or (pipeline.loader.place if pipeline.loader else pipeline.picture_loop)
        loader = loader_of(pipeline.loader.function) if pipeline.loader else ANY
        folder = place.path.rpartition("/")[0] if place else ""
        named[Named(directory, role, loader, folder)] = None

    for stage in recipe.stages:
        add(stage.train, "train")
    for stage in recipe.stages:
        if stage.validation.known and stage.validation.value is not None:
            add(stage.validation.value, "validation")
    for evaluation in recipe.evaluations:
        if evaluation.pipeline.known and evaluation.pipeline.value is not None:
            add(evaluation.pipeline.value, "test")
    return list(named)


def directory_of(pipeline: Pipeline) -> str:
    """The folder that a pipeline reads, of a hand-made list the part of its pattern that is plain; empty where it is not
    known."""
    if pipeline.directory.value:
        return pipeline.directory.value
    listing = pipeline.listing.value
    parts = listing.pattern.split("/") if listing else []
    first = next((place for place, part in enumerate(parts) if "*" in part or "?" in part or "[" in part), 0)
    return "/".join(parts[:first])


def search(base: Path) -> Iterator[Path]:
    """Folders under ``base`` (itself included) with at least two class folders that hold pictures; of nested ones the inner, but
    not one that has pictures of its own: it is a class, with folders in it."""
    found = [path for path in _folders(base) if len(_class_folders(path)) >= 2]
    found = [path for path in found if not (_has_pictures(path) and any(parent in found for parent in path.parents))]
    outer = {parent for path in found for parent in path.parents}
    yield from (path for path in found if path not in outer)


def _resolve(named: Named, root: Path, bases: list[Path]) -> Path | None:
    for base in [root / named.script_folder, *bases]:
        candidate = base / named.directory
        if _is_folder(candidate):
            return candidate
    parts = [part for part in re.split(r"[/\\]", named.directory) if part not in {"", ".", ".."} and not part.endswith(":")]
    folders = [path for base in bases for path in _folders(base)]
    for length in range(len(parts), 0, -1):
        tail = tuple(part.casefold() for part in parts[-length:])
        matches = {p.resolve(): p for p in folders if tuple(part.casefold() for part in p.parts[-length:]) == tail}
        if matches:
            return next(iter(matches.values())) if len(matches) == 1 else None
    return None


def _splits_at(path: Path, named: Named) -> list[Path]:
    """The folder itself, or the splits inside where a hand-written way of reading was only seen to start there."""
    if named.loader is ANY and not _class_folders(path) and not _has_pictures(path):
        return list(search(path)) or [path]
    return [path]


def _sibling_splits(path: Path) -> list[Path]:
    """Folders beside a split that are named as splits and hold classes, used or not."""
    return [
        sibling
        for sibling in _subfolders(path.parent)
        if sibling != path and role_of(sibling.name) != "unknown" and role_of(path.name) != "unknown" and _class_folders(sibling)
    ]


def _class_folders(path: Path) -> list[Path]:
    return [
        folder
        for folder in _subfolders(path)
        if not folder.name.startswith(".")
        and folder.name.lower() not in LEFT_BEHIND
        and role_of(folder.name) == "unknown"
        and _has_pictures(folder)
        and not _is_loop(folder)
    ]


def _folders(base: Path) -> Iterator[Path]:
    """Folders under ``base``, breadth first, each real folder once, so that loops of links end."""
    queue = [(base, 0)]
    seen: set[Path] = set()
    while queue and len(seen) < MAXIMUM_FOLDERS:
        path, depth = queue.pop(0)
        try:
            real = path.resolve()
        except (OSError, RuntimeError):
            continue
        if real in seen:
            continue
        seen.add(real)
        yield path
        if depth < MAXIMUM_DEPTH:
            queue += [(folder, depth + 1) for folder in _subfolders(path) if _is_entered(folder)]


def _is_entered(folder: Path) -> bool:
    name = folder.name
    return not (name.lower() in NOT_DATA or name.startswith(".") or (folder / "pyvenv.cfg").exists())


def _subfolders(path: Path) -> list[Path]:
    try:
        with os.scandir(path) as entries:
            return sorted(Path(entry.path) for entry in entries if _is_folder(entry))
    except OSError:
        return []


def _is_folder(entry: Path | os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except (OSError, ValueError):
        return False


def _is_loop(folder: Path) -> bool:
    """Whether it is a link to a folder that it lies in."""
    within = folder.parent.resolve()
    return folder.is_symlink() and folder.resolve() in (within, *within.parents)


def _has_pictures(path: Path) -> bool:
    try:
        with os.scandir(path) as entries:
            return any(ANY.takes(entry.name) for entry, _ in zip(entries, range(GLANCE), strict=False))
    except OSError:
        return False


def _shown(path: Path, root: Path, data: Path | None) -> str:
    """Relative to the project; as given, below --data; absolute elsewhere."""
    if data is not None and path.is_relative_to(data):
        return path.as_posix()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
