"""What an audit is asked to do."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from msgspec import Struct

Progress = Callable[[str, str, float | None], None]
"""Called with the stage's name, what it does now, and the seconds left of the budget (None where nothing is bounded)."""


def silent(stage: str, message: str, left: float | None) -> None:
    """The Progress that shows nothing."""


class Fixes(str, Enum):
    """How far fixes are worked out: only named (fast: nothing of LibCST is loaded), as diffs, or as diffs that were tried."""

    NAMED = "named"
    PLANNED = "planned"
    TRIED = "tried"


class Options(Struct, kw_only=True, frozen=True):
    """What is to be audited, and how.

    ``path``: a folder, a script or a notebook. ``files``: only findings that these files and folders of it take part in, all if
    empty. ``entry``: the file to run, relative to the folder, None to choose.
    ``arguments``: its command line. ``data``: a folder of pictures, where the project's own paths do not exist here.
    ``static``: nothing runs; ``pictures``: even then the picture folders are scanned. ``budget``: seconds for all
    that runs the user's code. ``safe_only``: fixes that a person should read first are shown, but not put into the joint one.
    ``select`` and ``ignore``: ids of checks. ``baseline``: the file of known findings;
    ``write_baseline``: where those of this audit are written down as known.
    ``scan_cluster``: the address of a Dask scheduler that looks at all pictures, without a limit of time. ``scan_data``: a URL of
    the pictures to scan, where they do not lie here.
    """

    path: Path
    files: tuple[Path, ...] = ()
    entry: str | None = None
    arguments: str = ""
    data: Path | None = None
    static: bool = False
    pictures: bool = True
    offline: bool = False
    budget: float = 180.0
    fixes: Fixes = Fixes.TRIED
    safe_only: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    baseline: Path | None = None
    write_baseline: Path | None = None
    scan_cluster: str = ""
    scan_data: str = ""
    seed: int = 0
