"""Fingerprints of findings, and the file of those that are known already."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.errors import InputError
from vggdoctor.project import Project
from vggdoctor.schema import Outcome, Status


class Known(Struct, frozen=True):
    """One known finding. Only the fingerprint counts; the rest is for people who read the file."""

    fingerprint: str
    check: str
    path: str
    message: str


class Baseline(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a baseline file."""

    version: Literal[1]
    findings: tuple[Known, ...]


def fingerprint(project: Project, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes with each finding's fingerprint: check id and white-space-normalised snippet, numbered where it repeats."""
    seen: Counter[str] = Counter()
    marked = []
    for outcome in outcomes:
        findings = []
        for finding in outcome.findings:
            snippet = " ".join(project.snippet(finding.locations[0]).split()) if finding.locations else ""
            base = hashlib.sha256(f"{finding.check}\n{snippet}".encode(errors="surrogateescape")).hexdigest()[:16]
            seen[base] += 1
            number = "" if seen[base] == 1 else f"-{seen[base]}"
            findings.append(replace(finding, fingerprint=base + number))
        marked.append(replace(outcome, findings=tuple(findings)))
    return marked


def read(file: Path) -> frozenset[str]:
    """The known fingerprints.

    Raises InputError if the file is not there or is not a baseline.
    """
    try:
        baseline = msgspec.json.decode(file.read_bytes(), type=Baseline)
    except FileNotFoundError as error:
        raise InputError(f"baseline {file} does not exist; --write-baseline {file} makes it") from error
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"baseline {file} cannot be used: {error}") from error
    return frozenset(known.fingerprint for known in baseline.findings)


def write(file: Path, outcomes: Sequence[Outcome]) -> frozenset[str]:
    """Write all findings down as known, sorted so that the file changes only where they do; their fingerprints.

    Raises InputError if the file cannot be written.
    """
    known = [
        Known(finding.fingerprint, finding.check, finding.locations[0].path if finding.locations else "", finding.message)
        for outcome in outcomes
        for finding in outcome.findings
    ]
    known.sort(key=lambda item: (item.path, item.check, item.fingerprint))
    content = msgspec.json.format(msgspec.json.encode(Baseline(1, tuple(known))), indent=2) + b"\n"
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InputError(f"baseline {file} cannot be written: {error.strerror or error}") from error
    return frozenset(item.fingerprint for item in known)


def only_new(outcomes: Sequence[Outcome], known: frozenset[str]) -> tuple[list[Outcome], int]:
    """The outcomes without the known findings; and how many those are."""
    kept, count = [], 0
    for outcome in outcomes:
        new = tuple(finding for finding in outcome.findings if finding.fingerprint not in known)
        gone = len(outcome.findings) - len(new)
        count += gone
        if gone and not new:
            outcome = replace(outcome, status=Status.NOT_APPLICABLE, reason=f"{gone} known from the baseline")
        kept.append(replace(outcome, findings=new))
    return kept, count
