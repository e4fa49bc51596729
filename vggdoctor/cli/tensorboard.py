"""``vggdoctor tensorboard``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vggdoctor.cli.application import app
from vggdoctor.cli.reports import Report, read_report
from vggdoctor.cli.status import OK
from vggdoctor.errors import InputError


@app.command()
def tensorboard(
    report: Report,
    logdir: Annotated[Path, typer.Argument(metavar="LOGDIR", help="The folder that TensorBoard looks into.")],
) -> int:
    """Write the numbers and figures of an audit as event files for TensorBoard."""
    result = read_report(report)
    try:
        from vggdoctor.report.tensorboard import write
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed: pip install tensorboard") from error
    try:
        write(result, logdir)
    except OSError as error:
        raise InputError(f"the events cannot be written to {logdir}: {error.strerror or error}") from error
    typer.echo(f"events: {logdir}")
    return OK
