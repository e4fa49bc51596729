"""The command line: one file a command, which handles arguments and nothing else; what it needs is imported when it runs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import typer

from vggdoctor.cli import audit, checks, compare, demo, fix, lint, new_check, tensorboard  # noqa: F401 - each registers its commands
from vggdoctor.cli.application import app
from vggdoctor.cli.status import AUDIT_FAILED, BAD_INPUT, INTERRUPTED, OK
from vggdoctor.cli.terminal import complain
from vggdoctor.errors import VggDoctorError

__all__ = ["app", "main"]

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""Click's UsageError, whether Typer brings its own copy of Click or uses the installed one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. Errors are one line on standard error; VGGDOCTOR_DEBUG=1 adds the traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a narrow encoding must not cost the report
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        status = typer.main.get_command(app).main(words, prog_name="vggdoctor", standalone_mode=False, obj=words)
        sys.stdout.flush()
    except USAGE_ERROR as error:
        return complain(error.format_message(), BAD_INPUT)  # type: ignore[attr-defined]
    except VggDoctorError as error:
        return complain(str(error), BAD_INPUT)
    except (typer.Abort, KeyboardInterrupt):
        return complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nothing more can be said
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a defect of the tool is one line for the user, too
        return complain(f"the audit itself failed: {type(error).__name__}: {error}", AUDIT_FAILED)
    return status if isinstance(status, int) else OK
