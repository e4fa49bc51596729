"""The record of false alarms: what was measured goes into the place that the page keeps for it."""

from __future__ import annotations

from tests.corpus.labels import programs as all_programs
from tests.corpus.score import Score, Tally, score, share

PLACE = "<!-- corpus -->"


def page(text: str, programs: tuple[str, ...]) -> str:
    """The page with the tables of the corpus, of all programs or of those named."""
    assert PLACE in text
    return text.replace(PLACE, corpus(score(programs), len(programs) or len(all_programs())))


def corpus(found: Score, programs: int) -> str:
    """Precision and recall on labelled programs, as Markdown."""
    lines = [
        f"{programs} programs; {len(found.crashes)} crashes.",
        "",
        *_table("Errors and warnings", found.faults),
        "",
        *_table("Notes", found.notes),
    ]
    wrong = sorted(line for tally in (found.faults, found.notes) for line in tally.disagreements if line.startswith("false"))
    if wrong:
        lines += ["", "The false alarms, one by one:", "", *(f"- {' '.join(line.split())}" for line in wrong)]
    return "\n".join(lines)


def _table(title: str, tally: Tally) -> list[str]:
    lines = [
        f"### {title}",
        "",
        f"Precision {tally.precision:.3f}, recall {tally.recall:.3f}.",
        "",
        "| check | true | false | missed | precision | recall |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for check in sorted({*tally.right, *tally.false, *tally.found, *tally.missed}):
        precision, recall = share(tally.right[check], tally.false[check]), share(tally.found[check], tally.missed[check])
        counts = f"{tally.right[check]} | {tally.false[check]} | {tally.missed[check]}"
        lines.append(f"| [{check}](checks/{check}.md) | {counts} | {precision:.2f} | {recall:.2f} |")
    return lines
