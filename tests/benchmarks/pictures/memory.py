"""Peak memory of all processes of a scan: ``python -m tests.benchmarks.pictures.memory --files 200000``.

The files are links to a few pictures, so that they need no room; each is opened, hashed, decoded and measured as any other. They
are compared twice: as they are, copies, and as if all were different files of which many look alike (hashes of their own, and
fingerprints that differ a little), which takes the most memory; that ends after ``--seconds``.

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

import numpy as np
import psutil

from tests.benchmarks.pictures.planting import photograph
from vggdoctor.gather.dataset.alike import alike
from vggdoctor.gather.dataset.examine import examine
from vggdoctor.gather.dataset.facts import Facts, Files

PICTURES = 500
NOISE = 0.23
"""Length of what is added to a fingerprint of length 1."""


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
    parser.add_argument("--seconds", type=float, default=60)
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
        peak = watch.peak
        set_apart(facts)
        near = sum(1 for _ in alike(facts, time.monotonic() + given.seconds))
        ended = time.perf_counter()
        watch.over.set()
        watch.join()
    print(f"{len(files):,} files: looked at in {looked - started:.0f} s, compared in {compared - looked:.0f} s, {pairs:,} pairs")
    print(f"as if all were different: {ended - compared:.0f} s, {near:,} pairs confirmed")
    print(f"peak of all processes {peak / 2**20:.0f} MB, as if all were different {watch.peak / 2**20:.0f} MB")
    print(f"of the parent {watch.peak_of_parent / 2**20:.0f} MB")


def set_apart(facts: Facts) -> None:
    """Every file gets hashes of its own; fingerprints of one picture differ by noise (cosines of about 0.95)."""
    random = np.random.default_rng(0)
    facts.rows["byte_hash"] = facts.rows["pixel_hash"] = np.arange(1, len(facts) + 1)
    for start in range(0, len(facts), PICTURES):
        prints = facts.rows["fingerprint"][start : start + PICTURES].astype(np.float32)
        noise = random.normal(0, np.linalg.norm(prints, axis=1)[:, None] * NOISE / 8, prints.shape)
        facts.rows["fingerprint"][start : start + PICTURES] = (prints + noise).clip(-127, 127)


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
