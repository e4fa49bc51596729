"""What the author of a check needs, and nothing else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import GenericAlias
from typing import ClassVar

from msgspec import Struct

from vggdoctor.evidence import DatasetEvidence, Evidence, ProbeEvidence, WatchedRun
from vggdoctor.schema import (
    Confidence,
    Effect,
    Exhibit,
    Expectation,
    Finding,
    Location,
    Measure,
    NotApplicable,
    Repair,
    Severity,
    Undetermined,
)

AREAS = ("preprocessing", "augmentation", "data", "model", "training", "evaluation", "pipeline", "environment")
HEADINGS = ("What it finds", "Why it hurts", "How it is measured", "The fix", "References")
Said = Finding | Undetermined | NotApplicable


class Case(Struct, kw_only=True, frozen=True):
    """A small program, and what the check must say of it; run by the contract suite, shown in the documentation.

    ``source`` is a script (``train.py``). ``lines`` are those that the finding's locations must start at, empty for GOOD cases.
    ``fixed`` is the whole text after the check's fix, None where it has none. ``dataset``, ``probe`` and ``runs`` are hand-made
    evidence that comes with it; ``{fit}`` style placeholders are not needed: use ``Location("train.py", line, line)``.
    ``severity`` and ``says`` (a part of the message) are compared where given.
    """

    name: str
    source: str
    lines: tuple[int, ...] = ()
    fixed: str | None = None
    severity: Severity | None = None
    says: str = ""
    dataset: DatasetEvidence | None = None
    probe: ProbeEvidence | None = None
    runs: tuple[WatchedRun, ...] | None = None


class Check(ABC):
    """One fault that a training can have. Subclass it, one file a check.

    Class attributes: ``id`` (kebab-case noun for the fault), ``title`` (a short line for people), ``area`` (one of AREAS),
    ``severity`` (the usual one), ``effect`` (where its fix acts, so what a short training can show of it), ``expected`` (what it
    has gained elsewhere), ``requires`` (names of the fields of Evidence without which it cannot judge), ``GOOD`` and ``BAD``
    cases. The docstring has the sections of HEADINGS, each a heading line followed by indented text.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    area: ClassVar[str]
    severity: ClassVar[Severity]
    effect: ClassVar[Effect] = Effect.TRAINING
    expected: ClassVar[Expectation | None] = None
    requires: ClassVar[tuple[str, ...]] = ("recipe",)
    GOOD: ClassVar[tuple[Case, ...]] = ()
    BAD: ClassVar[tuple[Case, ...]] = ()

    @abstractmethod
    def detect(self, evidence: Evidence) -> Iterator[Said]:
        """Yield what is wrong; a pure function of the evidence.

        Yield Undetermined for what could not be decided and NotApplicable where the question does not arise. A check that yields
        nothing has passed.
        """

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        """The correction in the user's own code, or None where there is no sure one."""
        return None

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        """Ids of the checks whose findings, if there are any, would explain this one: the likeliest first.

        A finding with such a cause is shown as a symptom under it.
        """
        return ()

    def finding(
        self,
        message: str,
        *places: Location | None,
        confidence: Confidence = Confidence.HIGH,
        severity: Severity | None = None,
        measured: dict[str, Measure] | None = None,
        exhibits: tuple[Exhibit, ...] = (),
    ) -> Finding:
        """A finding of this check; the first place is the one to change, None and repeated places are dropped."""
        return Finding(
            check=self.id,
            severity=severity or self.severity,
            confidence=confidence,
            message=message,
            measured=measured or {},
            locations=tuple(dict.fromkeys(place for place in places if place)),
            exhibits=exhibits,
        )

    @classmethod
    def about(cls) -> dict[str, str]:
        """The docstring's sections by heading, plus ``summary`` for the text before the first."""
        text = inspect.cleandoc(cls.__doc__ or "")
        parts = re.split(rf"(?m)^({'|'.join(HEADINGS)})\s*$", text)
        sections = {"summary": parts[0].strip()}
        for heading, body in zip(parts[1::2], parts[2::2], strict=True):
            sections[heading] = textwrap.dedent(body.strip("\n")).strip()
        return sections


def discover(package: str) -> dict[str, type[Check]]:
    """Every concrete Check defined in the modules of ``package``, subpackages included, by class name."""
    root = importlib.import_module(package)
    names = [package]
    if hasattr(root, "__path__"):
        names += [info.name for info in pkgutil.walk_packages(root.__path__, package + ".")]
    found: dict[str, type[Check]] = {}
    for name in names:
        for value in vars(importlib.import_module(name)).values():
            is_check = _is_class(value) and issubclass(value, Check) and not inspect.isabstract(value)
            if is_check and value.__module__ == name:
                found[value.__name__] = value
    return found


def _is_class(value: object) -> bool:
    """Python 3.10 takes ``list[int]`` for a class, too."""
    return inspect.isclass(value) and not isinstance(value, GenericAlias)
