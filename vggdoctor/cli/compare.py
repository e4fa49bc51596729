"""``vggdoctor compare``."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from vggdoctor.cli.application import app
from vggdoctor.cli.arguments import Fail, FailOn
from vggdoctor.cli.reports import Report, read_report
from vggdoctor.cli.status import FOUND, OK
from vggdoctor.cli.terminal import open_console


class Printed(str, Enum):
    TEXT = "text"
    MARKDOWN = "markdown"


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

    found = compare_results(read_report(before), read_report(after))
    if format is Printed.MARKDOWN:
        typer.echo(markdown.render_comparison(found), nl=False)
    else:
        text.show_comparison(found, open_console())
    worst = found.worst_new()
    is_worse = fail_on is not FailOn.NEVER and worst is not None and worst.rank <= Severity(fail_on.value).rank
    return FOUND if is_worse else OK
