"""``[tool.vggdoctor]`` of the project's pyproject.toml."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from vggdoctor.errors import InputError
from vggdoctor.schema import Severity

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Config(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What the project says about the audit itself.

    ``select`` and ``ignore``: ids of checks to run (all if empty) and to leave out. ``severity``: another severity for a check's
    findings. ``per_file_ignores``: ids by glob; ``*`` stays within a folder, ``**`` does not, and a glob without a slash is
    matched with the file's name alone. ``baseline``: the file of known findings. Globs and that file are relative to
    ``folder``, where the pyproject.toml is.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = {}
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    baseline: str | None = None
    folder: Path = Path()

    def ids(self) -> set[str]:
        """Every id that is mentioned."""
        ignored = [check for checks in self.per_file_ignores.values() for check in checks]
        return {*self.select, *self.ignore, *self.severity, *ignored}

    def ignored_in(self, file: Path) -> set[str]:
        """The ids that ``per-file-ignores`` silences in a file."""
        if not self.per_file_ignores or not file.is_relative_to(self.folder):
            return set()
        path = file.relative_to(self.folder).as_posix()
        return {check for glob, checks in self.per_file_ignores.items() if matches(glob, path) for check in checks}


def read_config(root: Path) -> Config:
    """The table of the nearest pyproject.toml that has one: in ``root`` or above it, up to the top of its git checkout.

    Raises InputError if a file on the way is not TOML, or the table has an unknown or mistyped key.
    """
    for folder in _upwards(root.resolve()):
        file = folder / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("vggdoctor")
            if table is not None:
                return msgspec.structs.replace(msgspec.convert(table, Config), folder=folder)
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
            raise InputError(f"{file}: {error}") from error
    return Config(folder=root.resolve())


def matches(glob: str, path: str) -> bool:
    """Whether a glob with forward slashes fits a relative path."""
    return _pattern(glob).fullmatch(path if "/" in glob else path.rsplit("/", 1)[-1]) is not None


@lru_cache
def _pattern(glob: str) -> re.Pattern[str]:
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob.removeprefix("./"))
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts))


def _upwards(folder: Path) -> Iterator[Path]:
    for place in (folder, *folder.parents):
        yield place
        if (place / ".git").exists():
            return
