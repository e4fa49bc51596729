"""``vggdoctor checks`` and ``vggdoctor explain``."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from vggdoctor.cli.application import app
from vggdoctor.cli.status import OK
from vggdoctor.cli.terminal import complain, open_console
from vggdoctor.errors import InputError


@app.command()
def checks() -> int:
    """List the installed checks, and the plugins that were refused."""
    from rich.table import Table

    from vggdoctor import registry

    installed = registry.load()
    table = Table("id", "severity", "area", "title", box=None, pad_edge=False, header_style="bold")
    for check in sorted(installed.checks.values(), key=lambda check: (check.area, check.id)):
        table.add_row(check.id, check.severity.value, check.area, check.title)
    console = open_console()
    if not console.is_terminal:  # one line a check, however long, so that it can be searched
        console.width = 1000
    console.print(table)
    for name, reason in installed.broken.items():
        complain(f"plugin {name} was refused: {reason}", OK)
    return OK


@app.command()
def explain(check: Annotated[str, typer.Argument(metavar="ID", help="The id of a check.")]) -> int:
    """Say what a check looks for, why it matters, and what to do."""
    from rich.text import Text

    from vggdoctor import registry

    installed = registry.load().checks
    if check not in installed:
        near = difflib.get_close_matches(check, installed, n=3)
        raise InputError(
            f"no check is called {check}" + (f"; did you mean {' or '.join(near)}?" if near else " (see: vggdoctor checks)")
        )
    known, console = installed[check], open_console()
    console.print(Text.assemble((known.id, "bold"), f"  {known.severity.value}, {known.area}"), soft_wrap=True)
    console.print(Text(known.title), soft_wrap=True)
    for heading, body in known.about().items():
        console.print()
        if heading != "summary":
            console.print(Text(heading, "bold"))
        console.print(Text(body), soft_wrap=True)
    return OK
