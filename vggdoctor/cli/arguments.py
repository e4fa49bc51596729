"""The arguments and options that several commands share, and how they are read."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from vggdoctor.errors import InputError


class FailOn(str, Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


PathArgument = Annotated[Path, typer.Argument(metavar="PATH", help="A folder, a script or a notebook.")]
PathArguments = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Folders, scripts and notebooks.")]
Select = Annotated[list[str] | None, typer.Option(metavar="IDS", help="Only these checks (ids, separated by commas).")]
Ignore = Annotated[list[str] | None, typer.Option(metavar="IDS", help="All checks but these.")]
Fail = Annotated[FailOn, typer.Option("--fail-on", help="Exit with 1 if a finding is at least this severe.")]
BaselineFile = Annotated[
    Path | None, typer.Option("--baseline", metavar="FILE", help="Findings that are known: only others are shown and count.")
]
WrittenBaseline = Annotated[
    Path | None, typer.Option("--write-baseline", metavar="FILE", help="Write down all findings of now as known.")
]
Data = Annotated[
    Path | None,
    typer.Option(metavar="DIR", exists=True, file_okay=False, help="Pictures, where the paths in the code do not exist."),
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where the report is written.")]
Budget = Annotated[float, typer.Option(metavar="SECONDS", min=1, help="Time for all that runs your code.")]


def formats_of(text: str) -> tuple[str, ...]:
    from vggdoctor.report import FORMATS

    names = ids([text])
    strangers = [name for name in names if name not in FORMATS]
    if strangers or not names:
        raise InputError(f"--format: {', '.join(strangers) or 'nothing'} is not one of {', '.join(FORMATS)}")
    return names


def ids(words: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for word in words or () for name in word.split(",") if name.strip()))


def given(context: typer.Context) -> str:
    """The command line that was given, to repeat it."""
    return shlex.join(["vggdoctor", *context.obj])


def of_one_project(paths: Sequence[Path]) -> tuple[Path, tuple[Path, ...]]:
    """The folder to read, and what of it was asked for (nothing: all).

    Raises InputError if a path does not exist.
    """
    if len(paths) == 1 and not paths[0].is_file():
        return paths[0], ()
    from vggdoctor.project import home_of

    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise InputError(f"{missing} does not exist")
    return home_of(paths), tuple(paths)
