"""Markdown as GitHub and GitLab show it in the comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vggdoctor.report import wording
from vggdoctor.report.comparison import FATES, Differences, lists, tally
from vggdoctor.report.text_safety import visible
from vggdoctor.report.wording import Cause
from vggdoctor.schema import AuditResult, Finding, Fix, Severity, Trial

MAXIMUM_CHARACTERS = 60_000
"""GitHub refuses a comment of more than 65,536 characters; what a workflow puts around the report needs some of them."""
DETAILED = (40, 15, 5, 0)
"""Findings with details, tried in turn until the comment is short enough."""
LISTED = 100
LONGEST_DIFF = 120
"""Lines."""
MARKS = {Severity.ERROR: "🔴", Severity.WARNING: "🟠", Severity.NOTE: "🔵"}
_SPECIAL = re.compile(r"^(?=[-+])|(?<=^\d)(?=[.)](?: |$))|(?=[\\`*_\[\]#|~<>&$])")


def render(result: AuditResult) -> str:
    """Verdict, table of causes, each finding folded with its diff, and what could not be examined."""
    ranked = wording.causes(result)
    text = ""
    for detailed in DETAILED:
        text = "\n\n".join(_parts(result, ranked, detailed)) + "\n"
        if len(text) <= MAXIMUM_CHARACTERS:
            break
    return text


def render_comparison(found: Differences) -> str:
    """The same for two audits: what got worse, better, and what else changed."""
    parts = ["## vggdoctor: before and after", f"**{tally(found)}.**"]
    for heading, (findings, changes) in lists(found).items():
        rows = [f"- {FATES.get(heading, '')} {_one_line(finding)}" for finding in findings]
        rows += [f"- {escaped(change.name)}: {escaped(change.before)} → {escaped(change.after)}" for change in changes]
        more = [f"- and {len(rows) - LISTED} more"] if len(rows) > LISTED else []
        parts += [f"### {heading}", "\n".join(rows[:LISTED] + more)]
    return "\n\n".join(parts) + "\n"


def _one_line(finding: Finding) -> str:
    place = code(str(finding.locations[0])) if finding.locations else ""
    return f"{MARKS[finding.severity]} {place} {code(finding.check)}: {escaped(finding.message)}"


def escaped(text: str) -> str:
    """One line of text in which nothing is taken for Markdown, HTML or a mention; what stands in backticks is code."""
    parts = re.split(r"``?([^`]+)``?", " ".join(visible(text).split()))
    return "".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def code(text: str) -> str:
    """A code span, also for a table's cell. Whatever ``text`` is, it ends where it should."""
    line = " ".join(visible(text).split()).replace("|", "¦")
    ticks = _fence(line, 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}" if line else ""


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\", text).replace("@", "@\u200b")  # a backslash does not keep a name from being notified


def _fence(text: str, shortest: int) -> str:
    """More backticks than stand in a row anywhere in ``text``."""
    return "`" * max([shortest, *(len(run) + 1 for run in re.findall("`+", text) if len(run) >= shortest)])


def _parts(result: AuditResult, ranked: Sequence[Cause], detailed: int) -> list[str]:
    holding_back, gained = wording.verdict(result)
    parts = ["## vggdoctor", escaped(holding_back), f"**{escaped(gained)}**", escaped(wording.tally(result))]
    if ranked:
        parts.append(_table(ranked))
    parts += [_finding(cause) for cause in ranked[:detailed]]
    if 0 < detailed < len(ranked) or len(ranked) > LISTED:
        parts.append(f"The details of {len(ranked) - detailed} more are in the HTML report.")
    fix = result.combined_fix
    if fix and fix.diff and detailed:
        parts.append(_folded(f"<b>{_html(fix.title)}</b>", _fix(fix)))
    parts += _unexamined(result)
    parts += [f"> {escaped(notice)}" for notice in dict.fromkeys(result.notices)]
    if result.command:
        parts.append(f"{code(result.command)}, {escaped(result.tool.name)} {code(result.tool.version)}")
    return parts


def _table(ranked: Sequence[Cause]) -> str:
    rows = ["| | Cause | Where | Gain measured |", "|---|---|---|---|"]
    for cause in ranked[:LISTED]:
        level, worth = cause.finding.severity, cause.gain or cause.fate
        rows.append(f"| {MARKS[level]} {level.value} | {escaped(cause.name)} | {code(cause.place)} | {escaped(worth)} |")
    if len(ranked) > LISTED:
        rows.append(f"| | and {len(ranked) - LISTED} more | | |")
    return "\n".join(rows)


def _finding(cause: Cause) -> str:
    finding = cause.finding
    parts = [escaped(wording.stopped(finding.message))]
    if finding.locations:
        parts.append(", ".join(code(str(place)) for place in finding.locations[:12]))
    if finding.measured:
        rows = wording.measures(finding)
        parts.append("\n".join(f"- {escaped(name)}: {escaped(value)} {escaped(unit)}".rstrip() for name, value, unit in rows))
    if why := cause.outcome.about.get("Why it hurts"):
        parts.append("\n".join(f"> {escaped(block)}" for block in re.split(r"\n\s*\n", why.strip())[:1]))
    if finding.fix:
        parts.append(_fix(finding.fix))
    parts.append(f"To silence it: {code(wording.silencer(finding.check))}")
    level = finding.severity
    summary = f"{MARKS[level]} <b>{_html(cause.title)}</b> <code>{_html(finding.check)}</code>"
    return _folded(summary, "\n\n".join(parts))


def _fix(fix: Fix) -> str:
    parts = [f"**Fix:** {escaped(wording.sentence(fix.title))}"]
    shown = fix.readable or fix.diff
    if shown.count("\n") > LONGEST_DIFF:
        parts.append("The diff is long; it is in the HTML report.")
    elif shown:
        text = visible(shown).rstrip("\n")
        fence = _fence(text, 3)
        parts.append(f"{fence}diff\n{text}\n{fence}")
    trial = fix.verdict
    if trial:
        measured = wording.measurement(trial)
        said = f"**{wording.TRIAL_WORDS[trial.trial]}.**" + (f" {escaped(measured)}" if measured else "")
        reason = "" if trial.trial is Trial.PROVED else f" {escaped(wording.sentence(trial.reason))}"
        parts.append(said + reason)
    return "\n\n".join(parts)


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _html(text: str) -> str:
    line = " ".join(visible(text).split())
    for sign, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("@", "@\u200b"),
        ("`", "&#96;"),
        ("*", "&#42;"),
        ("_", "&#95;"),
    ):
        line = line.replace(sign, entity)
    return line


def _unexamined(result: AuditResult) -> list[str]:
    lines = [
        f"- {code(outcome.check)}: {escaped(wording.sentence(outcome.reason or 'no reason given'))}"
        for outcome in wording.unexamined(result)
    ]
    lines += [
        f"- {name} {stage.status}: {escaped(wording.sentence(stage.reason or 'no reason given'))}"
        for name, stage in result.gather.items()
        if stage.status != "ok"
    ]
    return [_folded(f"Could not be examined: {len(lines)}", "\n".join(lines[:LISTED]))] if lines else []
