"""Peak memory of all processes of a scan: ``python -m tests.benchmarks.pictures.memory --files 200000``.

The files are links to a few pictures, so that they need no room; each is opened, hashed, decoded and measured as any other.
Memory is the proportional set size (shared pages are divided among those that share them), summed over the parent and its
workers, read every tenth of a second from /proc (Linux).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tests.benchmarks.pictures.planting import photograph
from vggdoctor.gather.dataset.alike import alike
from vggdoctor.gather.dataset.examine import examine
from vggdoctor.gather.dataset.facts import Files

PICTURES = 500


class Watch(threading.Thread):
    """Reads the memory of this process and its children until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = self.peak_of_parent = 0
        self.over = threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        while not self.over.wait(0.1):
            sizes = [_proportional(process) for process in (me, *me.children(recursive=True))]
            self.peak, self.peak_of_parent = max(self.peak, sum(sizes)), max(self.peak_of_parent, sizes[0])


def _proportional(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:  # it has just ended
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        files = link(Path(name), given.files)
        watch = Watch()
        watch.start()
        started = time.perf_counter()
        facts = examine(files)
        looked = time.perf_counter()
        pairs = sum(1 for _ in alike(facts))
        compared = time.perf_counter()
        watch.over.set()
        watch.join()
    print(f"{len(files):,} files: looked at in {looked - started:.0f} s, compared in {compared - looked:.0f} s, {pairs:,} pairs")
    print(f"peak of all processes {watch.peak / 2**20:.0f} MB, of the parent {watch.peak_of_parent / 2**20:.0f} MB")


def link(folder: Path, count: int) -> Files:
    """``count`` links to PICTURES pictures, 1,000 in a folder."""
    for number in range(PICTURES):
        photograph(number).save(folder / f"{number}.jpg")
    files = Files()
    for number in range(count):
        path = folder / f"{number // 1000:04}" / f"a picture with a name as long as names are {number:07}.jpg"
        path.parent.mkdir(exist_ok=True)
        os.symlink(folder / f"{number % PICTURES}.jpg", path)
        files.add(str(path), "train", path.parent.name, path.stat())
    return files


if __name__ == "__main__":
    main()
