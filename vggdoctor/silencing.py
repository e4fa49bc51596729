"""The findings that the project silences: by a comment in the source, or for whole files by its configuration.

``# vggdoctor: ignore[id, other-id] reason`` counts for the line that it ends. On a line of its own it counts for the next line
of code. A finding is silenced if one of its places has such a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from vggdoctor.config import Config
from vggdoctor.project import Project
from vggdoctor.schema import Finding, Location, Outcome, Status

COMMENT = re.compile(r"#\s*vggdoctor:\s*ignore\[([a-z0-9,\s-]+)\]")


def silence(project: Project, outcomes: list[Outcome], config: Config) -> tuple[list[Outcome], int]:
    """The outcomes without the findings that are silenced; and how many those are.

    ``per-file-ignores`` looks at a finding's first place, the one to change.
    """

    def is_silenced(finding: Finding) -> bool:
        first = finding.locations[0].path if finding.locations else ""
        by_file = config.ignored_in(project.root / first) if first else set()
        return finding.check in by_file or any(finding.check in _named_at(project, place) for place in finding.locations)

    kept = [_without(outcome, is_silenced) for outcome in outcomes]
    return [outcome for outcome, _ in kept], sum(gone for _, gone in kept)


def _without(outcome: Outcome, is_silenced: Callable[[Finding], bool]) -> tuple[Outcome, int]:
    kept = tuple(finding for finding in outcome.findings if not is_silenced(finding))
    gone = len(outcome.findings) - len(kept)
    if gone and not kept:
        return replace(outcome, findings=(), status=Status.NOT_APPLICABLE, reason=f"{gone} silenced by the project"), gone
    return replace(outcome, findings=kept), gone


def _named_at(project: Project, place: Location) -> set[str]:
    """The ids that comments silence at a place."""
    source = project.sources.get(place.path)
    if source is None or "vggdoctor:" not in source.text:
        return set()
    lines = source.part(place.cell).split("\n")
    named = _ids(lines[place.line - 1 : place.end_line])
    above = place.line - 2
    while above >= 0 and (not lines[above].strip() or lines[above].lstrip().startswith("#")):
        named |= _ids([lines[above]])
        above -= 1
    return named


def _ids(lines: list[str]) -> set[str]:
    found = [match[1] for line in lines if (match := COMMENT.search(line))]
    return {name.strip() for names in found for name in names.split(",")}
