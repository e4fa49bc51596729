"""What is printed: results to standard output, complaints as one line to standard error."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING

import typer

from vggdoctor.report.text_safety import visible

if TYPE_CHECKING:
    from rich.console import Console


def open_console(stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def complain(message: str, status: int) -> int:
    """One line on standard error."""
    if os.environ.get("VGGDOCTOR_DEBUG") and sys.exc_info()[1] is not None:
        traceback.print_exc()
    typer.echo(f"vggdoctor: {visible(' '.join(message.split()))}", err=True)
    return status
