"""Which file of the project an import means, and which files belong together because of it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from vggdoctor.gather.source.names import words
from vggdoctor.project import SourceText

DEEPEST = 12
"""Imports of imports; deeper files keep the order of their names (ours)."""
FOREIGN = words("keras tensorflow numpy cv2 torch sklearn pandas os sys json matplotlib PIL time random math glob pickle")
"""Names that are a library's though a file of the project, somewhere, is called the same."""

_IMPORT = re.compile(
    r"""(?mx) ^[ \t]* (?:
        from [ \t]+ (?P<dots>\.*) (?P<module>[\w.]*) [ \t]+ import [ \t]+ (?P<names> \([^)]*\) | [^\n\#;]* )
        | import [ \t]+ (?P<plain> [^\n\#;]* ) )"""
)
_BY_PART = re.compile(r"import(?:_module|__)\(\s*f[\"']([\w.]+)\.\w*\{")
"""``import_module(f"models.{name}")``: any module of the package."""
_BY_NAME = re.compile(r"import(?:_module|__)\(\s*[\"']([\w.]+)")
_NAME = re.compile(r"[\w.]+")


class Modules:
    """The files of a project that can be imported."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)
        self._by_tail: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            if path.endswith(".py"):
                self._by_tail.setdefault(path[:-3].rsplit("/", 1)[-1], []).append(path)

    def find(self, name: str, importer: str, level: int = 0) -> str | None:
        """The path of a module of the project as ``importer`` names it, None if it is not of the project."""
        folder = importer.rsplit("/", 1)[0] if "/" in importer else ""
        for _ in range(level - 1):
            folder = folder.rsplit("/", 1)[0] if "/" in folder else ""
        tail = name.replace(".", "/")
        starts = [folder] if level else [folder, ""]
        for start in starts:
            for candidate in _candidates(f"{start}/{tail}".strip("/")):
                if candidate in self.paths and candidate != importer:
                    return candidate
        if level or not name:
            return None
        last = tail.rsplit("/", 1)[-1]
        endings = tuple(f"/{candidate}" for candidate in _candidates(tail))
        found = [path for path in self._by_tail.get(last, []) if path.endswith(endings) and path != importer]
        return found[0] if (len(found) == 1 and "/" in tail) or (len(found) == 1 and last not in FOREIGN) else None

    def inside(self, package: str) -> set[str]:
        """The modules that lie directly in a package."""
        folder = package.replace(".", "/")
        holds = (path.rsplit("/", 1)[0] == folder or path.rsplit("/", 1)[0].endswith(f"/{folder}") for path in self.paths)
        return {path for path, is_inside in zip(self.paths, holds, strict=True) if is_inside and path.endswith(".py")}


class Graph:
    """Who imports whom. ``imports``: the files of the project that each file imports, as far as its text says so."""

    def __init__(self, sources: Mapping[str, SourceText]) -> None:
        modules = Modules(sources)
        self.imports = {path: _imported(source, modules) for path, source in sources.items()}
        self.importers: dict[str, set[str]] = {path: set() for path in sources}
        for path, others in self.imports.items():
            for other in others:
                self.importers[other].add(path)

    def with_imported(self, paths: Iterable[str]) -> set[str]:
        """These files, what they import, and so on."""
        return _reached(paths, self.imports)

    def with_importers(self, paths: Iterable[str]) -> set[str]:
        """These files, those that import them, and so on."""
        return _reached(paths, self.importers)

    def groups(self) -> list[list[str]]:
        """The files in groups that can be read apart: linked by imports, or in one folder (where scripts leave each other files).

        Sorted, and the files of each as well.
        """
        home: dict[str, str] = {}

        def top(path: str) -> str:
            while home.setdefault(path, path) != path:
                home[path] = path = home[home[path]]
            return path

        first_of: dict[str, str] = {}
        for path in sorted(self.imports):
            folder = path.rpartition("/")[0]
            for other in (first_of.setdefault(folder, path), *sorted(self.imports[path])):
                home[top(path)] = top(other)
        groups: dict[str, list[str]] = {}
        for path in sorted(self.imports):
            groups.setdefault(top(path), []).append(path)
        return sorted(groups.values())

    def importers_first(self, paths: Iterable[str]) -> list[str]:
        """Order by depth below files that nothing imports; in a cycle the order is fixed, but means nothing."""
        chosen = sorted(paths)
        depths = dict.fromkeys(chosen, 0)
        for _ in range(min(len(chosen), DEEPEST)):
            before = dict(depths)
            for path in chosen:
                for other in sorted(self.imports[path]):
                    if other in depths and other != path:
                        depths[other] = max(depths[other], min(depths[path] + 1, DEEPEST))
            if depths == before:
                break
        return sorted(chosen, key=lambda path: depths[path])


def _imported(source: SourceText, modules: Modules) -> set[str]:
    texts = [source.text] if source.cells is None else source.cells.values()
    found = set()
    for name, level in {request for text in texts for request in _requests(text)}:
        path = modules.find(name, source.path, level)
        if path is not None:
            found.add(path)
    for package in {match[1] for text in texts for match in _BY_PART.finditer(text)}:
        found |= modules.inside(package)
    return found


def _requests(text: str) -> Iterator[tuple[str, int]]:
    """Names that are imported, with their levels; ``from a import b`` may mean the module a.b, so that is asked for, too."""
    if "import" not in text:
        return
    yield from ((match[1].lstrip("."), 0) for match in _BY_NAME.finditer(text))
    for match in _IMPORT.finditer(text):
        if match["plain"] is not None:
            for item in match["plain"].split(","):
                if name := _NAME.search(item):
                    yield from ((part, 0) for part in _prefixes(name[0]))
            continue
        base, level = match["module"], len(match["dots"])
        yield from ((part, level) for part in _prefixes(base))
        for item in match["names"].strip("()").split(","):
            if name := _NAME.search(item):
                yield f"{base}.{name[0]}".strip("."), level


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[: length + 1]) for length in range(len(parts)))


def _reached(paths: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(paths), deque(paths)
    while waiting:
        new = edges[waiting.popleft()] - reached
        reached |= new
        waiting.extend(new)
    return reached


def _candidates(stem: str) -> Iterable[str]:
    return (f"{stem}.py", f"{stem}/__init__.py") if stem else ("__init__.py",)
