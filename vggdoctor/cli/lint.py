"""``vggdoctor lint``."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from vggdoctor.cli.application import app
from vggdoctor.cli.arguments import (
    BaselineFile,
    Fail,
    FailOn,
    Ignore,
    PathArguments,
    Select,
    WrittenBaseline,
    given,
    ids,
    of_one_project,
)
from vggdoctor.cli.status import status_of
from vggdoctor.cli.terminal import open_console


class Printed(str, Enum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    MARKDOWN = "markdown"
    JUNIT = "junit"


@app.command()
def lint(
    context: typer.Context,
    paths: PathArguments,
    format: Annotated[Printed, typer.Option(help="text, or the document in that format and nothing else.")] = Printed.TEXT,
    select: Select = None,
    ignore: Ignore = None,
    baseline: BaselineFile = None,
    write_baseline: WrittenBaseline = None,
    fail_on: Fail = FailOn.ERROR,
) -> int:
    """Audit the source alone, without running anything; the findings go to the terminal.

    Each file is read with the project around it: what it imports, and what imports it. One result for all.
    """
    from vggdoctor.auditing import audit as run_audit
    from vggdoctor.options import Fixes, Options
    from vggdoctor.report import render, text

    path, files = of_one_project(paths)
    options = Options(
        path=path,
        files=files,
        static=True,
        pictures=False,
        fixes=Fixes.NAMED if format is Printed.TEXT else Fixes.PLANNED,
        select=ids(select),
        ignore=ids(ignore),
        baseline=baseline,
        write_baseline=write_baseline,
    )
    result = run_audit(options)
    result.command = given(context)
    if format is Printed.TEXT:
        text.show(result, open_console())
    else:
        typer.echo(render(result, format.value), nl=False)
    return status_of(result, fail_on)
