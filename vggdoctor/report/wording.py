"""The words and the order that every form of the report shares: nothing here is said that the result does not hold."""

from __future__ import annotations

import math
import textwrap

from msgspec import Struct

from vggdoctor.schema import AuditResult, Comparison, Finding, Fix, Measure, Outcome, Severity, Status, Trial, Verdict

TRIAL_WORDS = {
    Trial.PROVED: "Proved",
    Trial.SILENCED: "Gone on a patched copy",
    Trial.NO_EFFECT: "No measurable effect",
    Trial.HARMFUL: "Made it worse",
    Trial.NOT_VERIFIABLE: "Could not be verified",
    Trial.FAILED: "The patched copy failed",
}

FATES = {
    Trial.PROVED: "fix proved",
    Trial.SILENCED: "fix checked, its own gain not measured",
    Trial.NO_EFFECT: "no gain that could be measured alone",
    Trial.HARMFUL: "fix did harm",
    Trial.NOT_VERIFIABLE: "fix could not be verified",
    Trial.FAILED: "fix failed",
}

PLAIN = "input value"
"""The unit of what enters a network: a number like any other."""
SHARES = ("balanced accuracy", "accuracy", "share")
"""Units of quantities between 0 and 1 that people know as percentages."""

LONGEST_NAME = 96
"""Characters of a cause's name."""
ENDS = {"min": "max", "low": "high", "minimum": "maximum"}


class Cause(Struct, frozen=True):
    """One finding with the outcome of the check that made it, and its rank from 1. ``is_alone``: no other of that check."""

    rank: int
    finding: Finding
    outcome: Outcome
    is_alone: bool = True

    @property
    def title(self) -> str:
        return self.outcome.title or self.finding.check

    @property
    def name(self) -> str:
        """What tells it from the others: the title, or the start of the message where a check found several."""
        return self.title if self.is_alone else _clipped(self.finding.message)

    @property
    def place(self) -> str:
        return str(self.finding.locations[0]) if self.finding.locations else ""

    @property
    def trial(self) -> Verdict | None:
        """The trial of its fix, where there was one."""
        return self.finding.fix.verdict if self.finding.fix else None

    @property
    def gain(self) -> str:
        """The measured gain of the fix in a few words, empty where none was proved."""
        return measurement(self.trial) if self.trial and self.trial.trial is Trial.PROVED else ""

    @property
    def fate(self) -> str:
        """What became of its fix, in a few words: for where no gain was proved."""
        if self.finding.fix is None:
            fate = "no automatic fix"
        elif self.trial is None:
            fate = "fix not tried"
        else:
            measured = measurement(self.trial)
            fate = FATES[self.trial.trial] + (f": {measured}" if measured else "")
        return f"{fate}; elsewhere {self.elsewhere}" if self.elsewhere else fate

    @property
    def elsewhere(self) -> str:
        """What correcting such a fault has gained in others' measurements, empty where none is known."""
        expected = self.outcome.expected
        return f"{_change(expected.gain, True)} points of accuracy" if expected else ""


def causes(result: AuditResult) -> list[Cause]:
    """All findings in the order of the result, numbered."""
    pairs = result.ranked()
    return [Cause(rank, finding, outcome, len(outcome.findings) == 1) for rank, (finding, outcome) in enumerate(pairs, 1)]


def verdict(result: AuditResult) -> tuple[str, str]:
    """Two sentences: what holds this model back, and what fixing it gained in the probe."""
    ranked = causes(result)
    return _holding_back(result, ranked), _gained(result, ranked)


def unexamined(result: AuditResult) -> list[Outcome]:
    """Checks that did not run, crashed, or left a part undecided: none of them is a pass."""
    return [
        o for o in result.outcomes if o.status in (Status.NOT_RUN, Status.ERRORED) or (o.status is Status.FAILED and o.reason)
    ]


def reasons(text: str) -> list[str]:
    """A reason that is several, joined with semicolons, as a list."""
    return list(dict.fromkeys(part.strip() for part in text.split("; ") if part.strip())) or ["no reason given"]


def of_status(result: AuditResult, status: Status) -> list[Outcome]:
    return [outcome for outcome in result.outcomes if outcome.status is status]


def tally(result: AuditResult) -> str:
    """``2 errors, 1 note; 14 checks passed, 3 do not apply, 2 could not be examined``."""
    found = [finding.severity for finding in result.findings()]
    faults = [count(found.count(severity), severity.value) for severity in Severity if severity in found]
    missing = len([o for o in unexamined(result) if o.status is not Status.FAILED])
    parts = [f"{count(len(of_status(result, Status.PASSED)), 'check')} passed"]
    if beside := len(of_status(result, Status.NOT_APPLICABLE)):
        parts.append(f"{beside} {'does' if beside == 1 else 'do'} not apply")
    if missing:
        parts.append(f"{missing} could not be examined")
    if result.suppressed:
        parts.append(f"{count(result.suppressed, 'finding')} silenced")
    if result.known:
        parts.append(f"{count(result.known, 'finding')} known from the baseline")
    return f"{', '.join(faults) or 'no findings'}; {', '.join(parts)}"


def measurement(trial: Verdict | Comparison) -> str:
    """``balanced accuracy 52 % → 81 % (+29 points, 95 % interval +24 to +34)``; empty where nothing was measured."""
    if trial.before is None or trial.after is None:
        return ""
    points = _in_percent(trial)
    text = f"{trial.metric or 'measured'} {_level(trial.before, points)} → {_level(trial.after, points)}"
    details = []
    if trial.gain is not None:
        details.append(f"{_change(trial.gain, True)} points" if points else _better(trial.gain))
    if trial.interval is not None:
        low, high = (_change(bound, points) for bound in trial.interval)
        details.append(f"95 % interval {low} to {high}")
    return f"{text} ({', '.join(details)})" if details else text


def silencer(check: str) -> str:
    """The comment that silences a finding of ``check``."""
    return f"# vggdoctor: ignore[{check}] your reason"


def number(value: float | int | str | bool | None) -> str:
    """A value as people write it: four significant digits, thousands separated, yes and no for truth values."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return f"{int(value):,}".replace("-", "−")
    if abs(value) >= 10_000:
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−")


def quantity(name: str, measure: Measure) -> tuple[str, str]:
    """Value and unit for people: bytes in the unit that fits, shares in percent, no unit where the name says it already."""
    value, unit = measure.value, measure.unit
    if unit in SHARES and isinstance(value, float) and abs(value) <= 1:
        return number(float(f"{100 * value:.3g}")), "%"
    if unit == "bytes" and isinstance(value, (int, float)) and abs(value) >= 10_000:
        power = min(4, int(math.log(abs(value), 1000)))
        return number(float(f"{value / 1000**power:.3g}")), ("bytes", "kB", "MB", "GB", "TB")[power]
    return number(value), "" if unit in (name, PLAIN) else unit


def times(result: AuditResult) -> list[tuple[str, str, float]]:
    """Each stage with its result and its own seconds: the probe runs within the capture, the trials after all of them."""
    spent = {name: stage.seconds for name, stage in result.gather.items()}
    rest = result.duration_s - sum(seconds for name, seconds in spent.items() if name != "probe")
    if "capture" in spent:
        spent["capture"] = max(0.0, spent["capture"] - spent.get("probe", 0.0))
    rows = [(name, result.gather[name].status, seconds) for name, seconds in spent.items()]
    return [*rows, ("checks, fixes and their trials", "", max(0.0, rest))]


def measures(finding: Finding) -> list[tuple[str, str, str]]:
    """What a finding measured, as (name, value, unit); two ends of a range as one line."""
    told: list[tuple[str, str, str]] = []
    open_end = ""
    for key, measure in finding.measured.items():
        name = key if " " in key else key.replace("_", " ")
        value, unit = quantity(key, measure)
        stem, end = name.rpartition(" ")[::2]
        if open_end and told[-1][0] == stem and end == ENDS[open_end]:
            told[-1] = (stem, f"{told[-1][1]} to {value}", unit)
            open_end = ""
            continue
        open_end = end if end in ENDS and f"{key[: -len(end)]}{ENDS[end]}" in finding.measured else ""
        told.append((stem if open_end else name, value, unit))
    return told


def duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def sentence(text: str) -> str:
    """``text`` with a full stop, unless it has an end already, and a capital unless it starts with what may be a name in code."""
    text = stopped(text)
    first = text.split(" ", 1)[0].rstrip(".,:;")
    return text[0].upper() + text[1:] if first.isalpha() and first.islower() else text


def stopped(text: str) -> str:
    """``text`` with a full stop, unless it is empty or has an end already."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…:" else text + "."


def _holding_back(result: AuditResult, ranked: list[Cause]) -> str:
    if ranked:
        return _worst_cause(ranked)
    passed = len(of_status(result, Status.PASSED))
    missing = len(unexamined(result))
    if not passed:
        reasons = [outcome.reason for outcome in result.outcomes if outcome.reason]
        return sentence(f"Nothing could be judged: {reasons[0]}" if reasons else "Nothing could be judged")
    if missing:
        return (
            f"{count(passed, 'check')} found no fault, but {missing} could not be examined: this is not a clean bill of health."
        )
    return f"No fault was found by the {count(passed, 'check')} that {'applies' if passed == 1 else 'apply'} to this training."


def _worst_cause(ranked: list[Cause]) -> str:
    top = ranked[0]
    errors = [cause for cause in ranked if cause.finding.severity is Severity.ERROR]
    faults = [cause for cause in errors if cause.outcome.area != "environment"]
    trial = top.trial.trial if top.trial else None
    if not errors:
        return stopped(f"No outright error was found; look first at this: {_said(top)}")
    if not faults:
        return f"With the installed versions this script stops: {_said(top)}; no other error was found."
    if trial is Trial.HARMFUL:
        return f"The gravest fault: {_said(top)}; but alone, its fix did harm in the probe."
    if trial is Trial.NO_EFFECT:
        return f"The gravest fault: {_said(top)}; alone, its fix gains less than the probe can measure."
    if len(faults) == 1:
        return stopped(f"What holds this model back: {_said(top)}")
    return stopped(f"{len(faults)} errors hold this model back, first of all this: {_said(top)}")


def _said(cause: Cause) -> str:
    name = cause.name.rstrip(".")
    return f"{name} ({cause.place})" if cause.place else name


def _gained(result: AuditResult, ranked: list[Cause]) -> str:
    combined = _proved(result.combined_fix)
    if combined:
        return f"All fixes together{'' if 'probe' in combined else ', in the probe'}: {combined}."
    best = next((cause for cause in ranked if cause.gain), None)
    if best:
        return f"Fixing {best.finding.check} gained in the probe: {best.gain}."
    if not ranked:
        is_clean = of_status(result, Status.PASSED) and not unexamined(result)
        return "There is nothing to fix." if is_clean else "No fix was worked out, so no gain was measured."
    tried = [cause.finding.fix.verdict for cause in ranked if cause.finding.fix and cause.finding.fix.verdict]
    if not any(cause.finding.fix for cause in ranked):
        return "No automatic fix was worked out, so no gain was measured."
    if not tried:
        return "The fixes were not tried in this audit, so no gain was measured."
    if any(trial.before is not None for trial in tried):
        return "The fixes were tried, and no gain could be proved in the probe."
    done = "run" if any(trial.ran for trial in tried) else "read again"
    return f"A patched copy was {done} with the fixes in it, but no gain was measured."


def is_proved(fix: Fix | None) -> bool:
    return fix is not None and fix.verdict is not None and fix.verdict.trial is Trial.PROVED


def _clipped(message: str) -> str:
    """As much of a message as fits on a line, in whole words."""
    return textwrap.shorten(message, LONGEST_NAME, placeholder=" …")


def _proved(fix: Fix | None) -> str:
    return measurement(fix.verdict) if fix and fix.verdict and is_proved(fix) else ""


def _in_percent(trial: Verdict | Comparison) -> bool:
    levels = (trial.before, trial.after)
    is_share = any(word in trial.metric.lower() for word in ("accuracy", "recall", "precision", "share"))
    return is_share and all(level is not None and 0 <= level <= 1 for level in levels)


def _level(value: float, in_percent: bool) -> str:
    return f"{100 * value:.0f} %" if in_percent else number(value)


def _better(gain: float) -> str:
    """A loss that falls has a gain above 0."""
    return f"{'better' if gain >= 0 else 'worse'} by {abs(gain):.3g}"


def _change(value: float, in_percent: bool) -> str:
    text = f"{100 * value:+.0f}" if in_percent else f"{value:+.3g}"
    return text.replace("-", "−")


def count(amount: int, noun: str) -> str:
    return f"{amount} {noun}{'' if amount == 1 else 's'}"
