"""What the pytest plugin adds to the start of every pytest run: ``python tests/benchmarks/pytest_startup.py``.

In turn, pytest collects an empty folder with the plugin and without it (``-p no:vggdoctor``), each time in a new process. The
median of the paired differences is what it costs. The limit is 50 ms.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile

PAIRS = 25


def main() -> None:
    """Print the two medians and that of the differences, in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    pairs = parser.parse_args().pairs
    with tempfile.TemporaryDirectory() as folder:
        seconds([], folder)
        taken = [(seconds([], folder), seconds(["-p", "no:vggdoctor"], folder)) for _ in range(pairs)]
    plugin, bare = zip(*taken, strict=True)
    difference = statistics.median(one - other for one, other in taken)
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {pairs} pairs, load {os.getloadavg()[0]:.1f}")
    print(f"with {1e3 * statistics.median(plugin):.0f} ms, without {1e3 * statistics.median(bare):.0f} ms")
    print(f"the plugin costs {1e3 * difference:.1f} ms")


def seconds(words: list[str], folder: str) -> float:
    """Processor time of one collection: other work on the machine does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-q", *words], cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
