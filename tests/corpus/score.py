"""Precision and recall of the source reading and the checks on the corpus: ``python -m tests.corpus.score [PROGRAM ...]``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from vggdoctor.evidence import Evidence
from vggdoctor.gather.source import read
from vggdoctor.judge import judge
from vggdoctor.project import Project
from vggdoctor.registry import load
from vggdoctor.schema import Finding, Location, Severity, Status

from .labels import Label, Labels, labels, programs

WITHOUT_A_LINE = {"missing-augmentation", "missing-lr-schedule", "missing-validation", "accuracy-only-metrics"}
"""What is absent has no line of its own: a finding counts wherever in the program it points."""


@dataclass
class Tally:
    """Counts by check id, and one sentence for each disagreement."""

    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the findings that are true; 1 if there are none."""
        return share(self.right.total(), self.false.total())

    @property
    def recall(self) -> float:
        """Share of the labelled faults that were found; 1 if there are none."""
        return share(self.found.total(), self.missed.total())

    def table(self) -> Iterable[str]:
        """A line per check."""
        yield f"{'check':32} {'true':>5} {'false':>6} {'missed':>7} {'precision':>10} {'recall':>7}"
        for check in sorted({*self.right, *self.false, *self.found, *self.missed}):
            precision = share(self.right[check], self.false[check])
            recall = share(self.found[check], self.missed[check])
            yield f"{check:32} {self.right[check]:5} {self.false[check]:6} {self.missed[check]:7} {precision:10.2f} {recall:7.2f}"
        yield f"{'all':32} {self.right.total():5} {self.false.total():6} {self.missed.total():7} " + (
            f"{self.precision:10.3f} {self.recall:7.3f}"
        )


@dataclass
class Score:
    """``faults``: findings of severity error and warning against the labelled faults. ``notes``: notes against notes.

    ``crashes``: programs at which the reader or a check raised. ``unjudged``: labelled checks that do not exist yet.
    """

    faults: Tally = field(default_factory=Tally)
    notes: Tally = field(default_factory=Tally)
    crashes: list[str] = field(default_factory=list)
    unjudged: Counter[str] = field(default_factory=Counter)


def share(yes: int, no: int) -> float:
    return yes / (yes + no) if yes + no else 1.0


def score(names: Iterable[str] = ()) -> Score:
    """Read and judge every program (or those named) and compare with its labels."""
    result = Score()
    checks = load().select()
    known = {check.id for check in checks}
    wanted = set(names)
    for name, folder in programs().items():
        if wanted and name not in wanted:
            continue
        truth = labels(folder)
        result.unjudged.update(label.check for label in (*truth.faults, *truth.notes) if label.check not in known)
        findings: list[Finding] = []
        try:
            outcomes = judge(checks, Evidence(recipe=read(Project(folder))))
        except Exception as error:  # noqa: BLE001  whatever the reader raises is a result to report
            result.crashes.append(f"{name}: reading raised {type(error).__name__}: {error}")
            outcomes = []
        for outcome in outcomes:
            findings += outcome.findings
            if outcome.status is Status.ERRORED:
                result.crashes.append(f"{name}: {outcome.check} raised {outcome.reason}")
        _compare(result, name, truth, findings, known)
    return result


def _compare(result: Score, name: str, truth: Labels, findings: list[Finding], known: set[str]) -> None:
    for tally, expected, is_note in ((result.faults, truth.faults, False), (result.notes, truth.notes, True)):
        said = [finding for finding in findings if (finding.severity is Severity.NOTE) is is_note]
        for finding in said:
            _count_finding(tally, name, truth, expected, finding)
        for label in expected:
            if label.check not in known:
                continue
            if any(agree(label, finding) for finding in said):
                tally.found[label.check] += 1
            else:
                tally.missed[label.check] += 1
                tally.disagreements.append(f"missed  {name}: {label.check} at {', '.join(label.at)} ({label.why})")


def _count_finding(tally: Tally, name: str, truth: Labels, expected: tuple[Label, ...], finding: Finding) -> None:
    if any(agree(label, finding) for label in expected):
        tally.right[finding.check] += 1
    elif finding.check not in truth.debatable:
        tally.false[finding.check] += 1
        places = ", ".join(str(place) for place in finding.locations)
        tally.disagreements.append(f"false   {name}: {finding.check} [{finding.severity.value}] at {places}: {finding.message}")


def agree(label: Label, finding: Finding) -> bool:
    """Whether the finding is the labelled fault: same check, and one of its locations on a labelled line."""
    if label.check != finding.check:
        return False
    return label.check in WITHOUT_A_LINE or any(_covers(at, place) for at in label.places() for place in finding.locations)


def _covers(line: Location, place: Location) -> bool:
    return (line.path, line.cell) == (place.path, place.cell) and place.line <= line.line <= place.end_line


def main(names: list[str]) -> None:
    """Print the tables and every disagreement."""
    result = score(names)
    for title, tally in (("errors and warnings", result.faults), ("notes", result.notes)):
        print(f"\n== {title}", *tally.table(), *sorted(tally.disagreements), sep="\n")
    if result.unjudged:
        print("\n== labelled, but no such check yet: " + ", ".join(f"{k} ({n})" for k, n in sorted(result.unjudged.items())))
    if result.crashes:
        print("\n== crashes", *result.crashes, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
