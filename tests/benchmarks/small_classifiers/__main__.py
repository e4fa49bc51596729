"""The command line of the small matrix. Results are added to a file, a line each, and what is there already is not run again."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from tests.benchmarks.faults.program import Case
from tests.benchmarks.faults.record import Record, read, write
from tests.benchmarks.faults.table import show
from tests.benchmarks.small_classifiers.unseen import UNSEEN
from tests.benchmarks.small_classifiers.variants import VARIANTS
from vggdoctor.auditing import audit
from vggdoctor.options import Fixes, Options

HEALTHY = Path(__file__).parent / "healthy"


def cases() -> Iterator[Case]:
    """Each sound program, then what is made of it."""
    for base, variants in (VARIANTS | UNSEEN).items():
        yield Case(base, folder=HEALTHY)
        yield from (Case(base, (variant,), HEALTHY) for variant in variants)


def examine(case: Case, seed: int, budget: float) -> Record:
    """Audit one program with its probe; fixes are only named. The rank of its cause is looked up in the order of the report."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{case.base}.py").write_text(case.source(), encoding="utf-8")
        started = time.monotonic()
        options = Options(path=Path(folder), arguments=str(seed), seed=seed, budget=budget, fixes=Fixes.NAMED)
        result = audit(options)
        seconds = round(time.monotonic() - started, 1)
    findings = result.findings()
    order = [finding.check for finding in findings]
    wanted = {fault.name: fault.causes for fault in case.faults if fault.causes}
    reports = [f"{name}: {report.reason}" for name, report in result.gather.items() if report.status == "failed"]
    return Record(
        case=case.name,
        seed=seed,
        seconds=seconds,
        ranks={
            name: next((rank for rank, check in enumerate(order, 1) if check in causes), None) for name, causes in wanted.items()
        },
        found=tuple((finding.check, finding.severity.value) for finding in findings),
        problem="; ".join(reports),
    )


def main() -> None:
    options = _options()
    if options.command == "table":
        for line in show(read(options.results)):
            print(line)
        return
    done = {(record.case, record.seed) for record in read(options.results)}
    for case in cases():
        if any(fnmatch(case.name, pattern) for pattern in options.only) and (case.name, options.seed) not in done:
            record = examine(case, options.seed, options.budget)
            write(options.results, record)
            print(_line(record), flush=True)


def _line(record: Record) -> str:
    ranks = ", ".join(f"{rank or 'missed'}" for rank in record.ranks.values()) or f"{record.alarms} alarms"
    found = " ".join(f"{check}:{severity[0]}" for check, severity in record.found)
    return f"{record.case}: {ranks}, {record.seconds:.0f} s [{found}] {record.problem}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.small_classifiers", description=__doc__)
    parser.add_argument("command", choices=("run", "table"))
    parser.add_argument("--only", nargs="+", default=["*"], help="patterns of names, as in stripes+rate-*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=120.0, help="of each audit, in seconds")
    parser.add_argument("--results", type=Path, default=Path("small_classifiers.jsonl"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
