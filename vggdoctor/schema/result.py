"""The outcome of each check, and the audit as a whole: all that a report sees."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct

from vggdoctor.schema.exhibit import Exhibit
from vggdoctor.schema.finding import Finding, Measure, Severity
from vggdoctor.schema.fix import Fix

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
    check's usual one."""

    check: str
    status: Status
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    title: str = ""
    area: str = ""
    about: dict[str, str] = {}
    severity: Severity | None = None


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

    def findings(self) -> list[Finding]:
        """All findings, most harmful and surest first."""
        found = [finding for outcome in self.outcomes for finding in outcome.findings]
        return sorted(found, key=lambda f: (f.severity.rank, f.confidence.rank, f.check))

    def worst(self) -> Severity | None:
        """The highest severity found, or None."""
        return min((f.severity for f in self.findings()), key=lambda s: s.rank, default=None)
