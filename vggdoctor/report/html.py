"""The HTML form of an audit: one file that needs no network and no script to be read."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import Struct

from vggdoctor.report import diff, wording
from vggdoctor.report.gallery import Gallery
from vggdoctor.report.text_safety import visible
from vggdoctor.schema import AuditResult, Confidence, Outcome, Safety, Severity, Status, Trial

POLICY = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'"
MAXIMUM_BYTES = 2_000_000
CONFIDENCE_WORDS = {
    Confidence.HIGH: "high: observed, or read through a chain that is known in every link",
    Confidence.MEDIUM: "medium: one of several possible values, or inferred from a short measurement",
    Confidence.LOW: "low: an extrapolation",
}
SAFETY_WORDS = {
    Safety.SAFE: "Safe: keeps what the program does but for the fault",
    Safety.REVIEW: "To review: read it before you apply it",
}


class Limits(Struct, frozen=True):
    """What is shown in full: findings unfolded, findings with details, figures, photographs (and their rows before the rest is
    folded), lines of a diff, rows of a table; and up to how many tables there are links to each."""

    unfolded: int
    detailed: int
    figures: int
    photographs: int
    picture_rows: int
    diff_lines: int
    rows: int
    sections: int = 8


LEVELS = (
    Limits(unfolded=12, detailed=400, figures=40, photographs=300, picture_rows=4, diff_lines=400, rows=400),
    Limits(unfolded=12, detailed=300, figures=12, photographs=60, picture_rows=4, diff_lines=80, rows=100),
    Limits(unfolded=12, detailed=60, figures=4, photographs=16, picture_rows=4, diff_lines=40, rows=40),
    Limits(unfolded=12, detailed=12, figures=0, photographs=0, picture_rows=4, diff_lines=20, rows=12),
)
"""Tried in turn until the file is within MAXIMUM_BYTES; what is left out is said, and is in the JSON."""


def render(result: AuditResult) -> str:
    """The whole document, under MAXIMUM_BYTES of UTF-8. All text of the result is escaped."""
    document = ""
    environment, drawn = _environment(), dict[tuple[str, str], Markup]()
    for limits in LEVELS:
        document = _render(result, limits, environment, drawn)
        if len(document.encode()) <= MAXIMUM_BYTES:
            break
    return document


def _render(result: AuditResult, limits: Limits, environment: Environment, drawn: dict[tuple[str, str], Markup]) -> str:
    style, script = _resource("report.css"), _resource("report.js")
    ranked = wording.causes(result)
    return environment.get_template("report.html").render(
        result=result,
        limits=limits,
        causes=ranked,
        verdict=wording.verdict(result),
        notices=list(dict.fromkeys(result.notices)),
        tally=wording.tally(result),
        stage_times=wording.times(result),
        passed=wording.of_status(result, Status.PASSED),
        beside=by_reason(wording.of_status(result, Status.NOT_APPLICABLE)),
        unexamined=by_reason(wording.unexamined(result)),
        gathered_badly={name: report for name, report in result.gather.items() if report.status != "ok"},
        first_of_check={cause.finding.check: cause.rank for cause in reversed(ranked)},
        gallery=Gallery(limits.figures, limits.photographs, drawn),
        style=Markup(style),
        script=Markup(script),
        policy=f"{POLICY}; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
    )


def by_reason(outcomes: list[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    """Outcomes that share a status and a reason, together."""
    grouped: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        grouped.setdefault((outcome.status.value, outcome.reason), []).append(outcome)
    return grouped


def prose(text: str) -> Markup:
    """A docstring's section as paragraphs, lists and code, escaped."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        if lines and all(line.startswith(("- ", "  ")) for line in lines):
            items = re.split(r"\n(?=- )", block)
            blocks.append(Markup("<ul>%s</ul>") % Markup("").join(Markup("<li>%s</li>") % inline(item[2:]) for item in items))
        else:
            blocks.append(Markup("<p>%s</p>") % inline(block))
    return Markup("").join(blocks)


def references(text: str) -> list[str]:
    """One reference an item: each ends with its address, or starts with a dash."""
    parts = [
        part for line in re.split(r"(?:^|\n)- ", text) for part in re.findall(r".*?https?://\S+|.+$", " ".join(line.split()))
    ]
    return [part.strip() for part in parts if part.strip()]


def inline(text: str) -> Markup:
    """One line of text, escaped: backticks become code, line breaks spaces."""
    escaped = str(escape(visible(" ".join(text.split()))))
    return Markup(re.sub(r"``?([^`]+)``?", r"<code>\1</code>", escaped))


def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "prose": prose,
        "references": references,
        "inline": inline,
        "number": wording.number,
        "duration": wording.duration,
        "reasons": wording.reasons,
        "sentence": wording.sentence,
        "silencer": wording.silencer,
        "stopped": wording.stopped,
        "measurement": wording.measurement,
        "measures": wording.measures,
    }
    environment.globals |= {
        "parse_diff": functools.cache(diff.parse),
        "confidence_words": CONFIDENCE_WORDS,
        "safety_words": SAFETY_WORDS,
        "trial_words": wording.TRIAL_WORDS,
        "Severity": Severity,
        "Trial": Trial,
    }
    return environment


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) else visible(str(value))


def _resource(name: str) -> str:
    return files("vggdoctor.templates").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
