"""What the project says about the audit itself: its configuration, and the findings that it silences."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from vggdoctor.errors import InputError
from vggdoctor.project import Project
from vggdoctor.schema import Finding, Outcome, Status

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SILENCED = re.compile(r"#\s*vggdoctor:\s*ignore\[([a-z0-9,\s-]+)\]")


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """``[tool.vggdoctor]`` of the project's pyproject.toml: ids of checks to run (all if empty) and to leave out."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def read_config(root: Path) -> Config:
    """The project's configuration; the defaults if it has none.

    Raises InputError if the file is not TOML or the table has an unknown or mistyped key.
    """
    file = root / "pyproject.toml"
    if not file.is_file():
        return Config()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("vggdoctor", {})
        return msgspec.convert(table, Config)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InputError(f"{file}: {error}") from error


def fingerprint(project: Project, outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes with each finding's fingerprint: check id and white-space-normalised snippet, numbered where it repeats."""
    seen: dict[str, int] = {}
    marked = []
    for outcome in outcomes:
        findings = []
        for finding in outcome.findings:
            snippet = " ".join(project.snippet(finding.locations[0]).split()) if finding.locations else ""
            base = hashlib.sha256(f"{finding.check}\n{snippet}".encode()).hexdigest()[:16]
            seen[base] = seen.get(base, 0) + 1
            number = "" if seen[base] == 1 else f"-{seen[base]}"
            findings.append(msgspec.structs.replace(finding, fingerprint=base + number))
        marked.append(msgspec.structs.replace(outcome, findings=tuple(findings)))
    return marked


def silence(project: Project, outcomes: list[Outcome]) -> tuple[list[Outcome], int]:
    """The outcomes without the findings that a ``# vggdoctor: ignore[id]`` comment on one of their lines silences; and how
    many."""
    kept_outcomes, silenced = [], 0
    for outcome in outcomes:
        kept = tuple(finding for finding in outcome.findings if not _is_silenced(project, finding))
        gone = len(outcome.findings) - len(kept)
        silenced += gone
        if gone and not kept:
            outcome = msgspec.structs.replace(outcome, status=Status.NOT_APPLICABLE, reason=f"{gone} silenced in the source")
        kept_outcomes.append(msgspec.structs.replace(outcome, findings=kept))
    return kept_outcomes, silenced


def _is_silenced(project: Project, finding: Finding) -> bool:
    for place in finding.locations:
        source = project.sources.get(place.path)
        if source is None:
            continue
        for line in source.part(place.cell).splitlines()[place.line - 1 : place.end_line]:
            match = SILENCED.search(line)
            if match and finding.check in {name.strip() for name in match[1].split(",")}:
                return True
    return False
