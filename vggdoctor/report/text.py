"""The terminal form of an audit: coloured on a terminal, plain where it is piped."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from vggdoctor.report import wording
from vggdoctor.report.comparison import FATES, Differences, lists, tally
from vggdoctor.report.text_safety import visible
from vggdoctor.report.wording import Cause
from vggdoctor.schema import AuditResult, Fix, Location, Outcome, Pictures, Severity, Status

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}

LISTED = 20
"""Causes in the closing list; a terminal has some forty lines (ours)."""
FILES = 3
"""Rows of pictures whose paths are told."""


def show(result: AuditResult, console: Console) -> None:
    """Print the verdict, each finding with its place, and what could not be examined."""
    for cause in wording.causes(result):
        _finding(cause, console, result.base)
    _not_examined(result, console)
    for notice in dict.fromkeys(result.notices):
        _print(console, Text(visible(f"notice: {notice}"), "dim"))
    if result.notices:
        console.print()
    _verdict(result, console)


def _verdict(result: AuditResult, console: Console) -> None:
    """Last, because that is what stays in sight on a terminal."""
    ranked = wording.causes(result)
    if console.is_terminal and len(ranked) > 1:
        _closing_list(ranked, console)
    holding_back, gained = wording.verdict(result)
    _print(console, Text(visible(holding_back), "bold"))
    proved = any(cause.gain for cause in ranked) or wording.is_proved(result.combined_fix)
    _print(console, Text(visible(gained), "green" if proved else ""))
    _print(console, Text(wording.tally(result), "dim"))


def _closing_list(ranked: list[Cause], console: Console) -> None:
    """A line for each cause, cut off at the width of the terminal."""
    for cause in ranked[:LISTED]:
        level = cause.finding.severity
        line = Text.assemble((f"{cause.rank:>2} ", "dim"), (f"{level.value:<8}", STYLES[level]), visible(cause.name))
        line.append(f"  {visible(cause.place)}", "dim").append(f"  {visible(cause.gain)}" if cause.gain else "", "green")
        console.print(line, no_wrap=True, overflow="ellipsis")
    if len(ranked) > LISTED:
        console.print(Text(f"   and {len(ranked) - LISTED} more", "dim"))
    console.print()


def show_comparison(found: Differences, console: Console) -> None:
    """Print what got worse, what got better and what else changed."""
    for heading, (findings, changes) in lists(found).items():
        _print(console, Text(heading, "bold"))
        for finding in findings:
            where = f"{finding.locations[0]} " if finding.locations else ""
            fate = f"{FATES[heading]}: " if heading in FATES else ""
            line = Text.assemble(
                fate, visible(where), (finding.severity.value, STYLES[finding.severity]), f" {visible(finding.check)}: "
            )
            _print(console, line.append(visible(finding.message)), indent=4)
        for change in changes:
            _print(console, Text(visible(f"{change.name}: {change.before} → {change.after}")), indent=4)
        console.print()
    _print(console, Text("Nothing changed." if found.is_same() else tally(found) + ".", "bold"))


def place(location: Location, base: str = "") -> str:
    """``train.py:31:5``, which editors and terminals open from where the audit was started; a notebook's cell stands before the
    line."""
    return f"{base}{'/' if base else ''}{location}:{location.column}"


def _finding(cause: Cause, console: Console, base: str) -> None:
    finding = cause.finding
    where = place(finding.locations[0], base) + " " if finding.locations else ""
    _print(
        console, Text.assemble(visible(where), (finding.severity.value, STYLES[finding.severity]), f" {visible(finding.check)}")
    )
    _print(console, Text(visible(finding.message)), indent=4)
    if len(finding.locations) > 1:
        _print(
            console, Text(visible("also " + ", ".join(place(other, base) for other in finding.locations[1:])), "dim"), indent=4
        )
    for exhibit in finding.exhibits:
        if isinstance(exhibit, Pictures) and _files(exhibit):
            _print(console, Text(visible(_files(exhibit)), "dim"), indent=4)
    if finding.symptom_of:
        _print(console, Text(visible(f"follows from {finding.symptom_of}: correct that first"), "dim"), indent=4)
    if finding.fix:
        _print(console, _fix(finding.fix), indent=4)
    console.print()


def _files(exhibit: Pictures) -> str:
    """The first files that are shown, a row after the other; empty where the pictures are no files."""
    rows = [" = ".join(shown.path for shown in row.pictures if shown.path) for row in exhibit.rows[:FILES]]
    named = [row for row in rows if row]
    more = exhibit.total - len(named)
    return "; ".join(named) + (f"; and {more} more" if named and more > 0 else "")


def _fix(fix: Fix) -> Text:
    text = Text.assemble(("fix: ", "green"), visible(fix.title), (f" ({fix.safety.value})", "dim"))
    if fix.verdict:
        measured = wording.measurement(fix.verdict)
        text.append(f" - {wording.TRIAL_WORDS[fix.verdict.trial].lower()}" + (f": {visible(measured)}" if measured else ""))
    return text


def _not_examined(result: AuditResult, console: Console) -> None:
    items = [(f"{name} {stage.status}", [stage.reason]) for name, stage in result.gather.items() if stage.status != "ok"]
    grouped: dict[tuple[bool, str], list[Outcome]] = {}
    for outcome in wording.unexamined(result):
        grouped.setdefault((outcome.status is Status.ERRORED, outcome.reason), []).append(outcome)
    for (crashed, reason), outcomes in grouped.items():
        names = ", ".join(outcome.check for outcome in outcomes)
        items.append((f"{names} crashed" if crashed else names, [reason] if crashed else wording.reasons(reason)))
    if not items:
        return
    _print(console, Text("Could not be examined", "bold"))
    for name, reasons in items:
        _print(console, Text.assemble(visible(name), (f": {visible(reasons[0])}" if len(reasons) == 1 else ":", "dim")), indent=4)
        for reason in reasons if len(reasons) > 1 else ():
            _print(console, Text(visible(f"- {reason}"), "dim"), indent=8)
    console.print()


def _print(console: Console, text: Text, indent: int = 0) -> None:
    """On a terminal wrapped at its width, elsewhere one line whatever its length, so that it can be searched."""
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent)))
    else:
        console.print(Text(" " * indent).append_text(text), soft_wrap=True)
