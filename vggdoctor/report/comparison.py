"""What got better and what got worse between two audits of a project."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from vggdoctor.report import wording
from vggdoctor.schema import AuditResult, Finding, Outcome, Severity, Status

LARGER_IS_BETTER = ("accuracy", "recall", "precision", "f1", "auc")
SMALLER_IS_BETTER = ("loss", "error")

NO_RESULT = (Status.NOT_RUN, Status.ERRORED)


class Direction(str, Enum):
    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


class Change(Struct, frozen=True):
    """A quantity, a setting or a check that is not as it was. ``name`` says which, ``note`` what follows."""

    name: str
    before: str
    after: str
    direction: Direction = Direction.NEITHER


class Differences(Struct, kw_only=True, frozen=True):
    """``unexamined``: findings of the first audit whose check did not come to a result in the second one: they may still be
    there. ``severities`` (of findings that are in both, ``kept`` in number), ``measured``, ``settings`` and ``checks`` list what
    changed."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    unexamined: tuple[Finding, ...]
    kept: int
    severities: tuple[Change, ...]
    measured: tuple[Change, ...]
    settings: tuple[Change, ...]
    checks: tuple[Change, ...]

    def worst_new(self) -> Severity | None:
        """The highest severity among the new findings, or None."""
        return min((finding.severity for finding in self.new), key=lambda severity: severity.rank, default=None)

    def is_same(self) -> bool:
        return not any((self.new, self.gone, self.unexamined, self.severities, self.measured, self.settings, self.checks))


def compare(before: AuditResult, after: AuditResult) -> Differences:
    """Findings are the same where fingerprint and count agree: the same check and code, wherever the lines have moved."""
    old, new = _counted(before), _counted(after)
    lost = [finding for key, finding in old.items() if key not in new]
    judged = {outcome.check for outcome in after.outcomes if _is_whole(outcome)}
    return Differences(
        new=tuple(finding for key, finding in new.items() if key not in old),
        gone=tuple(finding for finding in lost if finding.check in judged),
        unexamined=tuple(finding for finding in lost if finding.check not in judged),
        kept=sum(key in new for key in old),
        severities=tuple(_severities(old, new)),
        measured=tuple(_measured(before, after)),
        settings=tuple(_settings(before, after)),
        checks=tuple(_checks(before, after)),
    )


def _is_whole(outcome: Outcome) -> bool:
    """Whether the check came to a result everywhere; one that found something may have left other parts undecided."""
    return outcome.status in (Status.PASSED, Status.NOT_APPLICABLE) or (outcome.status is Status.FAILED and not outcome.reason)


def _counted(result: AuditResult) -> dict[tuple[str, int], Finding]:
    """Findings by fingerprint, those that share one by their number; in the order of harm."""
    found: dict[tuple[str, int], Finding] = {}
    for cause in wording.causes(result):
        finding = cause.finding
        key = finding.fingerprint or f"{finding.check} {[str(location) for location in finding.locations]}"
        number = 0
        while (key, number) in found:
            number += 1
        found[key, number] = finding
    return found


def _severities(old: dict[tuple[str, int], Finding], new: dict[tuple[str, int], Finding]) -> Iterator[Change]:
    for key, was in old.items():
        now = new.get(key)
        if now and now.severity is not was.severity:
            worse = now.severity.rank < was.severity.rank
            name = f"{now.check} at {now.locations[0]}" if now.locations else now.check
            yield Change(name, was.severity.value, now.severity.value, Direction.WORSE if worse else Direction.BETTER)


def _measured(before: AuditResult, after: AuditResult) -> Iterator[Change]:
    for name in before.measured.keys() & after.measured.keys():
        was, now = before.measured[name].value, after.measured[name].value
        if was == now:
            continue
        yield Change(name, _said(name, before), _said(name, after), _direction(name, was, now))


def _said(name: str, result: AuditResult) -> str:
    return " ".join(filter(None, wording.quantity(name, result.measured[name])))


def _direction(name: str, was: object, now: object) -> Direction:
    if not isinstance(was, (int, float)) or not isinstance(now, (int, float)):
        return Direction.NEITHER
    words = name.lower()
    if any(word in words for word in LARGER_IS_BETTER):
        return Direction.BETTER if now > was else Direction.WORSE
    if any(word in words for word in SMALLER_IS_BETTER):
        return Direction.BETTER if now < was else Direction.WORSE
    return Direction.NEITHER


def _settings(before: AuditResult, after: AuditResult) -> Iterator[Change]:
    """Rows of the tables that both have: the training, the data set ... A table is known by its title up to the colon."""
    old, new = _rows(before), _rows(after)
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield Change(": ".join(key), old.get(key, "not there"), new.get(key, "not there"))


def _rows(result: AuditResult) -> dict[tuple[str, str], str]:
    return {
        (section.title.split(":")[0], row.name): row.value
        for section in result.sections
        if section.title != "Probe"
        for row in section.rows
    }


def _checks(before: AuditResult, after: AuditResult) -> Iterator[Change]:
    """Checks that came to a result in one audit only, though both were to run them."""
    was, now = ({outcome.check: outcome.status for outcome in result.outcomes} for result in (before, after))
    for check in was:
        if check in now and (was[check] in NO_RESULT) != (now[check] in NO_RESULT):
            direction = Direction.WORSE if now[check] in NO_RESULT else Direction.BETTER
            yield Change(check, was[check].value, now[check].value, direction)


FATES = {"Worse": "new", "Better": "gone"}
"""What became of the findings under a heading of ``lists``."""


def tally(found: Differences) -> str:
    """``2 findings gone, 1 new, 3 as before``."""
    parts = [f"{wording.count(len(found.gone), 'finding')} gone", f"{len(found.new)} new", f"{found.kept} as before"]
    if found.unexamined:
        parts.append(f"{len(found.unexamined)} no longer examined")
    return ", ".join(parts)


def lists(found: Differences) -> dict[str, tuple[tuple[Finding, ...], tuple[Change, ...]]]:
    """What is told, by heading, in order: findings and changes; headings without either are left out."""
    changes = (*found.severities, *found.measured, *found.checks)
    by_direction = {direction: tuple(change for change in changes if change.direction is direction) for direction in Direction}
    told = {
        "Worse": (found.new, by_direction[Direction.WORSE]),
        "Better": (found.gone, by_direction[Direction.BETTER]),
        "May still be there: not examined this time": (found.unexamined, ()),
        "Changed": ((), (*by_direction[Direction.NEITHER], *found.settings)),
    }
    return {heading: parts for heading, parts in told.items() if any(parts)}
