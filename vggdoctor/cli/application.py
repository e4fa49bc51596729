"""The application that the commands register with."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    name="vggdoctor",
    help="Why is my VGG16 underperforming? An audit of Keras image classifiers: source, data, model and a short probe training.",
    epilog="Exit status: 0 no finding at or above --fail-on, 1 findings, 2 bad usage or input, 3 the audit itself failed.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(installed("vggdoctor"))
        raise typer.Exit
