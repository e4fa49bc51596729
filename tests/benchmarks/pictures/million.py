"""How the search for near copies grows: ``python -m tests.benchmarks.pictures.million --pictures FOLDER``.

Fingerprints are those of random parts of the photographs (a quarter to two thirds of each side, so that parts of one
photograph often overlap: look-alikes that a set of different photographs does not have). Of one in a hundred there is a
second one, cropped by 2 % at every side. Printed are the seconds of the search, the candidates that would be compared by
pixels, the share of those copies among them, and the peak memory of the process that searches, the fingerprints included.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.benchmarks.pictures.planting import photograph
from vggdoctor.gather.dataset.alike import closest
from vggdoctor.gather.dataset.crew import workers
from vggdoctor.gather.dataset.decoding import SIDE
from vggdoctor.gather.dataset.measuring import LUMA, fingerprints

EVERY = 100
SIZES = (10_000, 100_000, 1_000_000)
PHOTOGRAPHS: list[Image.Image] = []


def main() -> None:
    """Print a table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="a folder of photographs; without it they are drawn")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "fingerprints"
        PHOTOGRAPHS.extend(load(given.pictures))
        made(max(given.sizes)).tofile(path)
        print("| fingerprints | seconds | microseconds each | candidates | copies found | memory, MB | before the search, MB |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for size in sorted(given.sizes):
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:  # for its memory alone
                print(alone.submit(row, path, size).result(), flush=True)


def row(path: Path, size: int) -> str:
    prints = np.fromfile(path, np.int8, size * 64).reshape(size, 64)
    before = peak_memory()
    started = time.perf_counter()
    pairs, _ = closest(prints)
    taken = time.perf_counter() - started
    found = {(int(first), int(second)) for first, second in pairs if second == first + 1 and first % EVERY == 0}
    planted = len(range(0, len(prints) - 1, EVERY))
    each, copies = taken / len(prints) * 1e6, f"{len(found) / planted:.3f} of {planted:,}"
    return f"| {size:,} | {taken:.1f} | {each:.0f} | {len(pairs):,} | {copies} | {peak_memory():.0f} | {before:.0f} |"


def peak_memory() -> float:
    """Of this process so far, in MB (Linux: what getrusage says begins with the memory of the parent)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def load(pictures: Path | None) -> list[Image.Image]:
    if pictures is None:
        return [photograph(number, (320, 240)) for number in range(300)]
    found = []
    for path in sorted(path for path in pictures.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg")):
        with Image.open(path) as picture:
            picture.draft("RGB", (200, 200))
            found.append(picture.convert("RGB"))
    return found


def made(count: int) -> npt.NDArray[np.int8]:
    """(count, 64); at every EVERY-th place a picture, and after it its copy."""
    starts = range(0, count, 5_000)
    with ProcessPoolExecutor(workers(), multiprocessing.get_context("fork")) as pool:
        return np.concatenate(list(pool.map(_part, starts, [min(5_000, count - start) for start in starts])))


def _part(start: int, count: int) -> npt.NDArray[np.int8]:
    random = np.random.default_rng(start)
    squares: list[npt.NDArray[np.uint8]] = []
    box: tuple[float, ...] = ()
    picture = PHOTOGRAPHS[0]
    for number in range(start, start + count):
        if number % EVERY == 1 and box:
            width, height = box[2] - box[0], box[3] - box[1]
            box = (box[0] + 0.02 * width, box[1] + 0.02 * height, box[2] - 0.02 * width, box[3] - 0.02 * height)
        else:
            picture = PHOTOGRAPHS[random.integers(len(PHOTOGRAPHS))]
            width, height = (side * random.uniform(0.25, 0.67) for side in picture.size)
            left, top = random.uniform(0, picture.width - width), random.uniform(0, picture.height - height)
            box = (left, top, left + width, top + height)
        squares.append(np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=box)))
    return _prints(squares)


def _prints(squares: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.int8]:
    parts = [np.stack(squares[start : start + 500]) for start in range(0, len(squares), 500)]
    return np.concatenate([fingerprints(part.astype(np.float32) @ LUMA) for part in parts])


if __name__ == "__main__":
    main()
