"""``vggdoctor audit``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vggdoctor.cli.application import app
from vggdoctor.cli.arguments import (
    BaselineFile,
    Budget,
    Data,
    Fail,
    FailOn,
    Ignore,
    Out,
    PathArgument,
    Select,
    WrittenBaseline,
    formats_of,
    given,
    ids,
)
from vggdoctor.cli.fix import write_patch
from vggdoctor.cli.status import status_of
from vggdoctor.cli.terminal import open_console
from vggdoctor.errors import InputError

if TYPE_CHECKING:
    from vggdoctor.options import Options

REPORT_FOLDER = Path("vggdoctor-report")


@app.command()
def audit(
    context: typer.Context,
    path: PathArgument,
    entry: Annotated[str | None, typer.Option(metavar="FILE", help="The file to run, relative to PATH.")] = None,
    args: Annotated[str, typer.Option(metavar="ARGUMENTS", help="The command line of that file, as one word.")] = "",
    data: Data = None,
    static: Annotated[bool, typer.Option("--static", help="Run nothing: read the source and scan the pictures.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Your code gets no network.")] = False,
    budget: Budget = 180.0,
    seed: Annotated[int, typer.Option(metavar="NUMBER", help="Of the probe, and of scripts that set none.")] = 0,
    patch: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all recommended fixes as one patch for git apply.")
    ] = None,
    out: Out = REPORT_FOLDER,
    format: Annotated[
        str, typer.Option(metavar="FORMATS", help="What is written: html, json, sarif, markdown, junit, separated by commas.")
    ] = "html,json",
    select: Select = None,
    ignore: Ignore = None,
    baseline: BaselineFile = None,
    write_baseline: WrittenBaseline = None,
    scan_cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask scheduler (tcp://host:8786) that looks at every picture.")
    ] = "",
    scan_data: Annotated[
        str, typer.Option(metavar="URL", help="Pictures to scan that lie elsewhere: s3://bucket/folder, gs://... (fsspec).")
    ] = "",
    fail_on: Fail = FailOn.ERROR,
) -> int:
    """Read, run and probe a training; write a report of what holds it back."""
    from vggdoctor.options import Options

    formats = formats_of(format)
    options = Options(
        path=path,
        entry=entry,
        arguments=args,
        data=data,
        static=static,
        offline=offline,
        budget=budget,
        seed=seed,
        select=ids(select),
        ignore=ids(ignore),
        baseline=baseline,
        write_baseline=write_baseline,
        scan_cluster=scan_cluster,
        scan_data=scan_data,
    )
    return audit_and_write(options, out, formats, fail_on, given(context), patch)


def audit_and_write(
    options: Options, out: Path, formats: Sequence[str], fail_on: FailOn, command: str, patch: Path | None = None
) -> int:
    from vggdoctor.auditing import audit as run_audit
    from vggdoctor.project import Project
    from vggdoctor.report import text, write
    from vggdoctor.report.progress import Display

    _ask_writable(out)
    with Display(open_console(stderr=True)) as display:
        result = run_audit(options, display.update)
    result.command = command
    try:
        paths = write(result, out, formats)
    except OSError as error:
        raise InputError(f"the report cannot be written to {out}: {error.strerror or error}") from error
    text.show(result, open_console())
    for path in paths:
        typer.echo(f"report: {path}")
    if patch is not None:
        write_patch(result, Project(options.path), patch)
    return status_of(result, fail_on)


def _ask_writable(folder: Path) -> None:
    """Refuse before the audit, not after minutes of it."""
    nearest = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    if not nearest.is_dir():
        raise InputError(f"--out: {nearest} is not a folder")
    if not os.access(nearest, os.W_OK):
        raise InputError(f"--out: {nearest} cannot be written to")
