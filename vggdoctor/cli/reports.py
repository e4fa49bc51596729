"""Reads the JSON report of an earlier audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vggdoctor.errors import InputError

if TYPE_CHECKING:
    from vggdoctor.schema import AuditResult

Report = Annotated[Path, typer.Argument(metavar="JSON", exists=True, dir_okay=False, help="report.json of an audit.")]


def read_report(path: Path) -> AuditResult:
    """The result that ``path`` holds.

    Raises InputError if it is none, or of another major version of the format.
    """
    import msgspec

    from vggdoctor.schema import SCHEMA_VERSION, AuditResult

    try:
        result = msgspec.json.decode(path.read_bytes(), type=AuditResult)
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path} is not the JSON report of an audit: {error}") from error
    if result.schema_version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise InputError(f"{path} has report format {result.schema_version}; this version reads {SCHEMA_VERSION}")
    return result
