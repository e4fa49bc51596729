"""``vggdoctor new-check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vggdoctor.cli.application import app
from vggdoctor.cli.status import OK
from vggdoctor.errors import InputError

HERE = Path()


@app.command("new-check")
def new_check(
    check: Annotated[str, typer.Argument(metavar="ID", help="Its id: words with hyphens that name the fault.")],
    area: Annotated[str, typer.Option(metavar="AREA", help="Where it belongs: training, model, data ...")] = "training",
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder that the package's folder is made in.")] = HERE,
) -> int:
    """Start a package with a check of your own, and its test; both work from the first minute."""
    from vggdoctor.scaffold import create

    try:
        files = create(check, area, out)
    except OSError as error:
        raise InputError(f"--out: {error.filename} cannot be written: {error.strerror}") from error
    for file in files:
        typer.echo(f"wrote {file}")
    folder = files[0].parent
    typer.echo(f'next: pip install -e "{folder}[test]" and pytest {folder}')
    return OK
