"""``vggdoctor compare``."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vggdoctor.cli.application import app
from vggdoctor.cli.arguments import Fail, FailOn
from vggdoctor.cli.status import FOUND, OK
from vggdoctor.cli.terminal import open_console
from vggdoctor.errors import InputError

if TYPE_CHECKING:
    from vggdoctor.schema import AuditResult


class Printed(str, Enum):
    TEXT = "text"
    MARKDOWN = "markdown"


Report = Annotated[Path, typer.Argument(metavar="JSON", exists=True, dir_okay=False, help="report.json of an audit.")]


@app.command()
def compare(
    before: Report,
    after: Report,
    format: Annotated[Printed, typer.Option(help="text, or Markdown for a comment.")] = Printed.TEXT,
    fail_on: Fail = FailOn.ERROR,
) -> int:
    """Say what got better and what got worse between two audits; exit with 1 for new findings at or above --fail-on."""
    from vggdoctor.report import markdown, text
    from vggdoctor.report.comparison import compare as compare_results
    from vggdoctor.schema import Severity

    found = compare_results(_read(before), _read(after))
    if format is Printed.MARKDOWN:
        typer.echo(markdown.render_comparison(found), nl=False)
    else:
        text.show_comparison(found, open_console())
    worst = found.worst_new()
    is_worse = fail_on is not FailOn.NEVER and worst is not None and worst.rank <= Severity(fail_on.value).rank
    return FOUND if is_worse else OK


def _read(path: Path) -> AuditResult:
    import msgspec

    from vggdoctor.schema import SCHEMA_VERSION, AuditResult

    try:
        result = msgspec.json.decode(path.read_bytes(), type=AuditResult)
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path} is not the JSON report of an audit: {error}") from error
    if result.schema_version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise InputError(f"{path} has report format {result.schema_version}; this version reads {SCHEMA_VERSION}")
    return result
