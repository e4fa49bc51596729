"""The results as a table in Markdown, and the figures that the bars are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from tests.benchmarks.faults.record import Record, Tried


def show(records: Sequence[Record]) -> Iterator[str]:
    yield "| program | rank of the cause | alarms | fix of the cause | gain (95 % interval) | all fixes together | seconds |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    yield from (_row(record) for record in records)
    yield ""
    yield from _figures(records)


def _row(record: Record) -> str:
    ranks = ", ".join(f"{rank or 'missed'}" for rank in record.ranks.values())
    causes = [record.found[rank - 1][0] for rank in record.ranks.values() if rank]
    fixes = [fix for fix in record.fixes if fix.check in causes]
    cells = (
        f"{record.case} ({record.seed})",
        ranks or "-",
        str(record.alarms),
        ", ".join(fix.trial for fix in fixes) or "-",
        ", ".join(filter(None, map(_gain, fixes))) or "-",
        f"{record.joint.trial} {_gain(record.joint)}" if record.joint else "-",
        f"{record.seconds:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _gain(fix: Tried) -> str:
    if fix.gain is None or fix.interval is None:
        return ""
    return f"{fix.gain:+.3f} ({fix.interval[0]:+.3f} to {fix.interval[1]:+.3f})"


def _figures(records: Sequence[Record]) -> Iterator[str]:
    single = [rank for record in records if len(record.ranks) == 1 for rank in record.ranks.values()]
    double = [record for record in records if len(record.ranks) == 2]
    sound = [record for record in records if not record.ranks]
    if single:
        yield f"One fault: found in {sum(rank is not None for rank in single)} of {len(single)}, first in {single.count(1)}."
    if double:
        first = sum(1 in record.ranks.values() for record in double)
        both = sum(all(record.ranks.values()) for record in double)
        yield f"Two faults: both found in {both} of {len(double)}, one of them first in {first}."
    if sound:
        loud = sum(record.alarms > 0 for record in sound)
        yield f"Sound programs: {loud} of {len(sound)} audits raise an error or a warning."
    if records:
        yield f"Seconds of an audit: median {median(record.seconds for record in records):.0f}."
