"""The outcome of each check, and the audit as a whole: all that a report sees."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct

from vggdoctor.schema.exhibit import Exhibit
from vggdoctor.schema.finding import Expectation, Finding, Measure, Severity
from vggdoctor.schema.fix import Fix, Trial

SCHEMA_VERSION = "1.0"


class Status(str, Enum):
    """Only ``passed`` is a pass: a check that could not decide, or crashed, never is."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"
    NOT_RUN = "not-run"
    ERRORED = "errored"


class Outcome(Struct, kw_only=True, frozen=True):
    """What became of one check. ``about`` holds its docstring's sections by heading, for people to read; ``severity`` is the
    check's usual one; ``expected``: what correcting this fault has gained elsewhere."""

    check: str
    status: Status
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    title: str = ""
    area: str = ""
    about: dict[str, str] = {}
    severity: Severity | None = None
    expected: Expectation | None = None


class GatherReport(Struct, kw_only=True, frozen=True):
    """How one gathering stage went; ``reason`` says in one line what was missing and what the user can do."""

    status: Literal["ok", "partial", "failed", "skipped"]
    reason: str = ""
    seconds: float = 0.0


class Tool(Struct, frozen=True):
    name: str
    version: str


class Row(Struct, kw_only=True, frozen=True):
    """One line of the training as understood: ``origin`` is read, observed, scanned, or why it is unknown."""

    name: str
    value: str
    origin: str = ""
    place: str = ""


class Section(Struct, kw_only=True, frozen=True):
    """A table of the report, and what is drawn with it: one stage of training, the data set, the probe ..."""

    title: str
    rows: tuple[Row, ...]
    exhibits: tuple[Exhibit, ...] = ()


class AuditResult(Struct, kw_only=True):
    """Everything a report shows. The JSON form of this type is a published contract (docs/report.schema.json).

    ``base``: the folder that all paths are relative to, itself relative to where the audit was started (empty: that folder), or
    absolute where it is not below. ``measured``: what the probe measured of each training as a whole, under names that say all
    that must agree for two audits to be compared. ``suppressed``: findings that the project silences; ``known``: those of the
    baseline.
    """

    schema_version: str = SCHEMA_VERSION
    tool: Tool
    project: str
    base: str = ""
    duration_s: float
    environment: dict[str, str]
    gather: dict[Literal["source", "capture", "dataset", "probe"], GatherReport]
    outcomes: tuple[Outcome, ...]
    sections: tuple[Section, ...] = ()
    measured: dict[str, Measure] = {}
    notices: tuple[str, ...] = ()
    combined_fix: Fix | None = None
    command: str = ""
    suppressed: int = 0
    known: int = 0

    def ranked(self) -> list[tuple[Finding, Outcome]]:
        """All findings with the outcomes that they belong to, most harmful first, each symptom under its cause.

        Among equally severe ones: the largest gain in accuracy that was proved here, then the largest that others saw, then the
        surest. What the installed versions refuse stops the script, but is not why a model is poor: it comes after what is.
        """
        found = sorted(((f, outcome) for outcome in self.outcomes for f in outcome.findings), key=lambda pair: _harm(*pair))
        checks = {finding.check for finding, _ in found}
        roots = [pair for pair in found if pair[0].symptom_of not in checks or pair[0].symptom_of == pair[0].check]
        order: list[tuple[Finding, Outcome]] = []
        waiting = [pair for pair in found if pair not in roots]
        for root in roots:
            order.append(root)
            order += [pair for pair in waiting if pair[0].symptom_of == root[0].check and pair not in order]
        return order + [pair for pair in waiting if pair not in order]

    def findings(self) -> list[Finding]:
        """All findings in the order of :meth:`ranked`."""
        return [finding for finding, _ in self.ranked()]

    def worst(self) -> Severity | None:
        """The highest severity found, or None."""
        return min((f.severity for f in self.findings()), key=lambda s: s.rank, default=None)


def _harm(finding: Finding, outcome: Outcome) -> tuple[int, float, float, bool, int, str]:
    expected = outcome.expected.gain if outcome.expected else 0.0
    is_environment = outcome.area == "environment"
    return finding.severity.rank, -_proved_gain(finding), -expected, is_environment, finding.confidence.rank, finding.check


def _proved_gain(finding: Finding) -> float:
    """In accuracy: a loss is another unit."""
    verdict = finding.fix.verdict if finding.fix else None
    if verdict is None or verdict.trial is not Trial.PROVED or "accuracy" not in verdict.metric:
        return 0.0
    return verdict.gain or 0.0
