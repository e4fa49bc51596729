"""How long ``vggdoctor lint`` takes, beside pylint and ruff on the same files: ``python tests/benchmarks/lint_speed.py``.

The files are the scripts of the corpus, copied as often as it takes, each program in a folder of its own. All start cold and
without a cache: ``ruff check --isolated --no-cache``, and ``pylint --jobs`` for all processors, both with their default rules.
Each is run several times, in turn; the quickest counts. Seconds are wall clock; in brackets is processor time, which says more
where other things run on the machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parents[1] / "corpus" / "programs"
SIZES = (10, 100, 1000)
RUNS = {10: 7, 100: 3, 1000: 2}


@dataclass(frozen=True, order=True)
class Taken:
    """Seconds of one run."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} ({self.processor:.2f})"


def main() -> None:
    """Print a table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pylint", default=shutil.which("pylint"), help="the program; without one, pylint is left out")
    parser.add_argument("--ruff", default=str(Path(sys.executable).with_name("ruff")))
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--pylint-up-to", type=int, default=100, metavar="FILES", help="it takes minutes for 1,000")
    given = parser.parse_args()
    vggdoctor = str(Path(sys.executable).with_name("vggdoctor"))
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f} when started\n")
    print("| files | vggdoctor lint | pylint | ruff check | pylint / vggdoctor | vggdoctor / ruff |")
    print("| --- | --- | --- | --- | --- | --- |")
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            copy_scripts(folder, size)
            commands = {"vggdoctor": [vggdoctor, "lint", name], "ruff": [given.ruff, "check", "--isolated", "--no-cache", name]}
            if given.pylint and size <= given.pylint_up_to:
                commands["pylint"] = [given.pylint, f"--jobs={os.cpu_count()}", "--recursive=y", "--rcfile=", name]
            print(row(size, measured(commands, folder, RUNS.get(size, 2))), flush=True)


def copy_scripts(folder: Path, count: int) -> None:
    """``count`` scripts of the corpus, whole programs as far as the number allows."""
    scripts = sorted(PROGRAMS.rglob("*.py"))
    for index in range(count):
        source = scripts[index % len(scripts)]
        target = folder / f"copy_{index // len(scripts)}" / source.relative_to(PROGRAMS)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def measured(commands: dict[str, list[str]], folder: Path, runs: int) -> dict[str, Taken]:
    """The quickest run of each command; they take turns, so that what else the machine does hits all alike."""
    taken: dict[str, list[Taken]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(one_run(command, folder))
    return {name: min(several) for name, several in taken.items()}


def one_run(command: list[str], folder: Path) -> Taken:
    """Seconds until the program has ended; that it finds something is no failure.

    Raises RuntimeError if it could not do its work.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not done.stdout.strip():
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-400:]}")
    return Taken(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def row(size: int, taken: dict[str, Taken]) -> str:
    """One line of the table; ratios are of wall clock."""
    own, ruff, pylint = taken["vggdoctor"], taken["ruff"], taken.get("pylint")
    slower = f"{pylint.wall / own.wall:.1f}" if pylint else "-"
    return f"| {size:,} | {own} | {pylint or '-'} | {ruff} | {slower} | {own.wall / ruff.wall:.1f} |"


if __name__ == "__main__":
    main()
