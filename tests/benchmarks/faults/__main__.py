"""The command line of the matrix. Results are added to a file, a line each, and what is there already is not run again."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from tests.benchmarks.faults import cats_dogs, trash
from tests.benchmarks.faults.examine import examine
from tests.benchmarks.faults.longer import compared
from tests.benchmarks.faults.program import Case, Fault
from tests.benchmarks.faults.record import Record, read, write
from tests.benchmarks.faults.table import show


def cases() -> Iterator[Case]:
    """The sound programs, those with one fault, and those with two, in this order for each set of pictures."""
    for base, module in (("cats_dogs", cats_dogs), ("trash", trash)):
        named: dict[str, Fault] = {fault.name: fault for fault in module.FAULTS}
        yield Case(base)
        yield from (Case(base, (fault,)) for fault in module.FAULTS)
        yield from (Case(base, (named[one], named[other])) for one, other in module.PAIRS)


def main() -> None:
    options = _options()
    if options.command == "table":
        for line in show(read(options.results)):
            print(line)
        return
    folders = {"cats_dogs": options.cats_dogs, "trash": options.trash}
    if options.command == "longer":
        for base, pictures in folders.items():
            for line in compared(options.keep, base, pictures) if pictures else ():
                print(line, flush=True)
        return
    done = {(record.case, record.seed) for record in read(options.results)}
    for case in cases():
        wanted = any(fnmatch(case.name, pattern) for pattern in options.only)
        folder: Path | None = folders[case.base]
        if not wanted or folder is None:
            continue
        seeds = range(options.seeds) if not case.faults else range(1)
        for seed in seeds:
            if (case.name, seed) not in done:
                record = examine(case, folder, seed, options.budget, options.keep)
                write(options.results, record)
                print(_line(record), flush=True)


def _line(record: Record) -> str:
    ranks = ", ".join(f"{fault} {rank or 'missed'}" for fault, rank in record.ranks.items())
    return f"{record.case} (seed {record.seed}): {ranks or f'{record.alarms} alarms'}, {record.seconds:.0f} s {record.problem}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.faults", description=__doc__)
    parser.add_argument("command", choices=("run", "table", "longer"))
    parser.add_argument("--cats-dogs", type=Path, help="a folder with train/ and validation/, two classes each")
    parser.add_argument("--trash", type=Path, help="a folder with one folder a class")
    parser.add_argument("--only", nargs="+", default=["*"], help="patterns of names, as in cats_dogs+only-255")
    parser.add_argument("--seeds", type=int, default=5, help="how often the sound programs are audited")
    parser.add_argument("--budget", type=float, default=180.0, help="of each audit, in seconds")
    parser.add_argument("--results", type=Path, default=Path("faults.jsonl"))
    parser.add_argument("--keep", type=Path, help="a folder for the programs and their reports")
    options = parser.parse_args()
    if options.command == "longer" and options.keep is None:
        parser.error("longer looks at what run kept: give its --keep")
    return options


if __name__ == "__main__":
    main()
