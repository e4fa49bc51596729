"""The command line: handles arguments, and nothing else. What a command needs is imported when it runs."""

from __future__ import annotations

import difflib
import io
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vggdoctor.errors import InputError, VggDoctorError
from vggdoctor.report.text_safety import visible

if TYPE_CHECKING:
    from rich.console import Console

    from vggdoctor.options import Options
    from vggdoctor.schema import AuditResult

OK, FOUND, BAD_INPUT, AUDIT_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
REPORT_FOLDER = Path("vggdoctor-report")
DEMO_FOLDER = Path("vggdoctor-demo")
USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""Click's UsageError, whether Typer brings its own copy of Click or uses the installed one."""

app = typer.Typer(
    name="vggdoctor",
    help="Why is my VGG16 underperforming? An audit of Keras image classifiers: source, data, model and a short probe training.",
    epilog="Exit status: 0 no finding at or above --fail-on, 1 findings, 2 bad usage or input, 3 the audit itself failed.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


class FailOn(str, Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


class Printed(str, Enum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


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
        return _complain(error.format_message(), BAD_INPUT)  # type: ignore[attr-defined]
    except VggDoctorError as error:
        return _complain(str(error), BAD_INPUT)
    except (typer.Abort, KeyboardInterrupt):
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nothing more can be said
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a defect of the tool is one line for the user, too
        return _complain(f"the audit itself failed: {type(error).__name__}: {error}", AUDIT_FAILED)
    return status if isinstance(status, int) else OK


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(installed("vggdoctor"))
        raise typer.Exit


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
    out: Out = REPORT_FOLDER,
    format: Annotated[
        str, typer.Option(metavar="FORMATS", help="What is written: html, json, sarif, separated by commas.")
    ] = "html,json",
    select: Select = None,
    ignore: Ignore = None,
    baseline: BaselineFile = None,
    write_baseline: WrittenBaseline = None,
    fail_on: Fail = FailOn.ERROR,
) -> int:
    """Read, run and probe a training; write a report of what holds it back."""
    from vggdoctor.options import Options

    formats = _formats(format)
    options = Options(
        path=path,
        entry=entry,
        arguments=args,
        data=data,
        static=static,
        offline=offline,
        budget=budget,
        select=_ids(select),
        ignore=_ids(ignore),
        baseline=baseline,
        write_baseline=write_baseline,
    )
    return _audit_and_write(options, out, formats, fail_on, _command(context))


@app.command()
def lint(
    context: typer.Context,
    paths: PathArguments,
    format: Annotated[Printed, typer.Option(help="text, or the JSON or SARIF document and nothing else.")] = Printed.TEXT,
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

    path, files = _of_one_project(paths)
    options = Options(
        path=path,
        files=files,
        static=True,
        pictures=False,
        fixes=Fixes.NAMED if format is Printed.TEXT else Fixes.PLANNED,
        select=_ids(select),
        ignore=_ids(ignore),
        baseline=baseline,
        write_baseline=write_baseline,
    )
    result = run_audit(options)
    result.command = _command(context)
    if format is Printed.TEXT:
        text.show(result, _console())
    else:
        typer.echo(render(result, format.value), nl=False)
    return _status(result, fail_on)


@app.command()
def demo(out: Out = DEMO_FOLDER, budget: Budget = 120.0) -> int:
    """Audit a small faulty VGG16 project that ships with the tool; it is put into --out, too. Findings are no failure here."""
    from vggdoctor.demo import create
    from vggdoctor.options import Options

    project = create(out / "project")
    return _audit_and_write(
        Options(path=project, budget=budget), out, ("html", "json"), FailOn.NEVER, f"vggdoctor audit {project}"
    )


@app.command()
def checks() -> int:
    """List the installed checks, and the plugins that were refused."""
    from rich.table import Table

    from vggdoctor import registry

    installed = registry.load()
    table = Table("id", "severity", "area", "title", box=None, pad_edge=False, header_style="bold")
    for check in sorted(installed.checks.values(), key=lambda check: (check.area, check.id)):
        table.add_row(check.id, check.severity.value, check.area, check.title)
    console = _console()
    if not console.is_terminal:  # one line a check, however long, so that it can be searched
        console.width = 1000
    console.print(table)
    for name, reason in installed.broken.items():
        _complain(f"plugin {name} was refused: {reason}", OK)
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
    known, console = installed[check], _console()
    console.print(Text.assemble((known.id, "bold"), f"  {known.severity.value}, {known.area}"), soft_wrap=True)
    console.print(Text(known.title), soft_wrap=True)
    for heading, body in known.about().items():
        console.print()
        if heading != "summary":
            console.print(Text(heading, "bold"))
        console.print(Text(body), soft_wrap=True)
    return OK


def _audit_and_write(options: Options, out: Path, formats: Sequence[str], fail_on: FailOn, command: str) -> int:
    from vggdoctor.auditing import audit as run_audit
    from vggdoctor.report import text, write
    from vggdoctor.report.progress import Display

    _ask_writable(out)
    with Display(_console(stderr=True)) as display:
        result = run_audit(options, display.update)
    result.command = command
    try:
        paths = write(result, out, formats)
    except OSError as error:
        raise InputError(f"the report cannot be written to {out}: {error.strerror or error}") from error
    text.show(result, _console())
    for path in paths:
        typer.echo(f"report: {path}")
    return _status(result, fail_on)


def _status(result: AuditResult, fail_on: FailOn) -> int:
    """1 for findings at or above the threshold; else 3 if a check crashed or the source could not be read: that is no pass."""
    from vggdoctor.schema import Severity, Status

    worst = result.worst()
    if fail_on is not FailOn.NEVER and worst is not None and worst.rank <= Severity(fail_on.value).rank:
        return FOUND
    crashed = any(outcome.status is Status.ERRORED for outcome in result.outcomes)
    return AUDIT_FAILED if crashed or result.gather["source"].status == "failed" else OK


def _of_one_project(paths: Sequence[Path]) -> tuple[Path, tuple[Path, ...]]:
    """The folder to read, and what of it was asked for (nothing: all)."""
    if len(paths) == 1 and not paths[0].is_file():
        return paths[0], ()
    from vggdoctor.project import home_of

    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise InputError(f"{missing} does not exist")
    return home_of(paths), tuple(paths)


def _formats(text: str) -> tuple[str, ...]:
    from vggdoctor.report import FORMATS

    names = _ids([text])
    strangers = [name for name in names if name not in FORMATS]
    if strangers or not names:
        raise InputError(f"--format: {', '.join(strangers) or 'nothing'} is not one of {', '.join(FORMATS)}")
    return names


def _ids(words: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for word in words or () for name in word.split(",") if name.strip()))


def _ask_writable(folder: Path) -> None:
    """Refuse before the audit, not after minutes of it."""
    nearest = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    if not nearest.is_dir():
        raise InputError(f"--out: {nearest} is not a folder")
    if not os.access(nearest, os.W_OK):
        raise InputError(f"--out: {nearest} cannot be written to")


def _command(context: typer.Context) -> str:
    """The command line that was given, to repeat it."""
    return shlex.join(["vggdoctor", *context.obj])


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def _complain(message: str, status: int) -> int:
    """One line on standard error."""
    if os.environ.get("VGGDOCTOR_DEBUG") and sys.exc_info()[1] is not None:
        traceback.print_exc()
    typer.echo(f"vggdoctor: {visible(' '.join(message.split()))}", err=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
