"""What a check says: findings, and the two ways of saying nothing."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from vggdoctor.schema.exhibit import Exhibit
from vggdoctor.schema.fix import Fix
from vggdoctor.schema.location import Location


class Severity(str, Enum):
    """error: results are wrong or badly degraded; warning: quality or trust is at risk; note: advice."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the most harmful."""
        return list(Severity).index(self)


class Confidence(str, Enum):
    """high: observed, or read through a chain that is known in every link; medium: one of several possible values, or
    an inference from a short measurement; low: an extrapolation."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        return list(Confidence).index(self)


class Measure(Struct, frozen=True):
    """A measured or read quantity. ``unit`` is empty for a pure number or a name."""

    value: float | int | str | bool | None
    unit: str = ""


class Finding(Struct, kw_only=True, frozen=True):
    """One fault, at all the places that share it.

    ``message`` is one sentence that states the fault with its numbers. ``locations`` starts with the place to change.
    ``fingerprint`` identifies the finding between audits: check id and normalised snippet, never a line number; the
    audit fills it in, as it does ``symptom_of`` (the id of the check that names the cause of this finding), ``fix`` and
    ``file_lines``: for places in notebooks, the first and the last line of each of ``locations`` in the file as it is stored.
    """

    check: str
    severity: Severity
    confidence: Confidence
    message: str
    measured: dict[str, Measure] = {}
    locations: tuple[Location, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    fix: Fix | None = None
    fingerprint: str = ""
    file_lines: tuple[tuple[int, int], ...] = ()
    symptom_of: str = ""


class Expectation(Struct, frozen=True):
    """What correcting a fault has gained elsewhere: ``gain`` in the share of right answers (0..1), and who measured it."""

    gain: float
    source: str


class Undetermined(Struct, frozen=True):
    """Yielded by a check that could not decide for some stage: never counts as a pass."""

    reason: str


class NotApplicable(Struct, frozen=True):
    """Yielded by a check whose question does not arise, for example for want of a pretrained backbone."""

    reason: str
