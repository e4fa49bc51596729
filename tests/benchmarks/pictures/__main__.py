"""The scan beside CleanVision and beside decoding alone, on the same folder in one run: ``python -m tests.benchmarks.pictures``.

``--pictures`` is a folder of photographs; they are copied as often as it takes to have ``--count``, each copy perturbed
beyond what counts as the same picture (another part of it, another size), or drawn where there is none. Known faults are
planted among them. CleanVision gets as many processes as the scan. What it cannot open makes it raise, so it gets no broken
files. Seconds are wall clock, the quickest of ``--runs`` that take turns.
"""

from __future__ import annotations

import argparse
import functools
import io
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tests.benchmarks.pictures.planting import Planted, draw_photographs, plant_copies, plant_oddities
from vggdoctor.gather.dataset.alike import alike, groups
from vggdoctor.gather.dataset.crew import workers
from vggdoctor.gather.dataset.decoding import SIDE
from vggdoctor.gather.dataset.examine import examine
from vggdoctor.gather.dataset.facts import Facts, Files
from vggdoctor.gather.dataset.oddities import oddities

EACH = 20
KINDS = ("copy", "near copy", "dark", "light", "blurred", "plain", "grey", "odd size")
NAMES = {
    "light": "light",
    "dark": "dark",
    "blurred": "blurry",
    "plain": "low_information",
    "grey": "grayscale",
    "odd size": "odd_size",
}


class Found(NamedTuple):
    """Groups of exact copies, groups of any copies, and the files of every oddity."""

    exact: list[set[str]]
    near: list[set[str]]
    odd: dict[str, set[str]]


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="a folder of photographs; without it they are drawn")
    parser.add_argument("--count", type=int, default=2527)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--without-cleanvision", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = gather_photographs(given.pictures, folder, given.count)
        planted = [*plant_copies(sources, EACH), *plant_oddities(sources, EACH)]
        files = listed(folder)
        print(
            f"{len(files):,} files, {len(planted)} of them planted; {workers()} processes, {os.cpu_count()} processors, "
            f"Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f} when started\n"
        )
        compare(files, folder, planted, given.runs, not given.without_cleanvision)


def listed(folder: Path) -> Files:
    files = Files()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        files.add(str(path), "all", path.parent.name, path.stat())
    return files


def compare(files: Files, folder: Path, planted: Sequence[Planted], runs: int, with_cleanvision: bool) -> None:
    programs: dict[str, Callable[[], object]] = {
        "decoding alone": lambda: decode_alone(files.paths),
        "one pass (all facts)": lambda: examine(files),
        "whole scan": lambda: scanned(files),
    }
    if with_cleanvision:
        programs["CleanVision"] = lambda: cleanvision(folder)
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    results: dict[str, object] = {}
    for _ in range(runs):
        for name, program in programs.items():
            started = time.perf_counter()
            results[name] = program()
            seconds[name].append(time.perf_counter() - started)
    best = {name: min(several) for name, several in seconds.items()}
    print("| | seconds | times decoding alone | times the whole scan |\n| --- | --- | --- | --- |")
    for name, taken in best.items():
        print(f"| {name} | {taken:.2f} | {taken / best['decoding alone']:.2f} | {taken / best['whole scan']:.2f} |")
    print("\n| | planted | " + " | ".join(f"{name}: recall | precision" for name in programs if name in JUDGED) + " |")
    print("| --- | --- |" + " --- | --- |" * sum(name in JUDGED for name in programs))
    for kind in KINDS:
        line = [score(kind, results[name], planted) for name in programs if name in JUDGED]
        print(f"| {kind} | {sum(one.kind == kind for one in planted)} | " + " | ".join(line) + " |")
    for what in dict.fromkeys(one.what for one in planted if one.kind == "near copy"):
        some = [one for one in planted if one.what == what]
        line = [recall(some, results[name]) for name in programs if name in JUDGED]
        print(f"| &nbsp;&nbsp;{what} | {len(some)} | " + " | ".join(line) + " |")


JUDGED = ("whole scan", "CleanVision")


def scanned(files: Files) -> Found:
    facts = examine(files)
    pairs = list(alike(facts))
    exact, near = (
        [{files.paths[file] for file in group} for group in groups(some)]
        for some in ([pair for pair in pairs if pair.kind != "near"], pairs)
    )
    return Found(exact, near, {kind: _marked(facts, marks) for kind, marks in oddities(facts).items()})


def _marked(facts: Facts, marks: Sequence[bool]) -> set[str]:
    return {path for path, mark in zip(facts.files.paths, marks, strict=True) if mark}


def cleanvision(folder: Path) -> Found:
    from cleanvision import Imagelab

    lab = Imagelab(data_path=str(folder), verbose=False)
    lab.find_issues(
        {name: {} for name in (*NAMES.values(), "exact_duplicates", "near_duplicates")}, n_jobs=workers(), verbose=False
    )
    sets = [[set(map(str, group)) for group in lab.info[name]["sets"]] for name in ("exact_duplicates", "near_duplicates")]
    odd = {kind: set(map(str, lab.issues.index[lab.issues[f"is_{name}_issue"]])) for kind, name in NAMES.items()}
    return Found(sets[0], sets[0] + sets[1], odd)


def score(kind: str, found: object, planted: Sequence[Planted]) -> str:
    """Recall and precision. Of copies, precision is the share of groups that hold nothing but a picture and its copies."""
    assert isinstance(found, Found)
    wanted = [one for one in planted if one.kind == kind]
    if kind in ("copy", "near copy"):
        sets = found.exact if kind == "copy" else found.near
        family = {str(one.path): str(one.source) for one in planted if one.source}
        right = [len({family.get(path, path) for path in group}) == 1 for group in sets]
        return f"{recall_of_copies(wanted, sets):.2f} | {sum(right) / max(len(right), 1):.2f} of {len(right)}"
    paths = {str(one.path) for one in wanted}
    marked = found.odd[kind]
    return f"{len(paths & marked) / len(paths):.2f} | {len(paths & marked) / max(len(marked), 1):.2f} of {len(marked)}"


def recall(planted: Sequence[Planted], found: object) -> str:
    assert isinstance(found, Found)
    return f"{recall_of_copies(planted, found.near):.2f} | "


def recall_of_copies(planted: Sequence[Planted], sets: Sequence[set[str]]) -> float:
    return sum(any({str(one.path), str(one.source)} <= group for group in sets) for one in planted) / len(planted)


def decode_alone(paths: Sequence[str]) -> None:
    """The floor: read and decode at the scan's scale, in as many processes, and do nothing with it."""
    chunks = [paths[start : start + 64] for start in range(0, len(paths), 64)]
    with ProcessPoolExecutor(workers(), multiprocessing.get_context("fork")) as pool:
        for _ in pool.map(_decode_some, chunks):
            pass


def _decode_some(paths: Sequence[str]) -> None:
    for path in paths:
        with open(path, "rb") as file, Image.open(io.BytesIO(file.read())) as picture:
            picture.draft(None, (SIDE, SIDE))
            picture.load()


def gather_photographs(pictures: Path | None, folder: Path, count: int) -> list[Path]:
    """``count`` files in class folders: the photographs, then pairs of their halves, JPEG of quality 90."""
    if pictures is None:
        return draw_photographs(folder, count)
    sources = sorted(path for path in pictures.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    chunks = [range(start, min(start + 64, count)) for start in range(0, count, 64)]
    with ProcessPoolExecutor(workers(), multiprocessing.get_context("fork")) as pool:
        return [path for some in pool.map(functools.partial(_vary, sources, folder), chunks) for path in some]


def _vary(sources: Sequence[Path], folder: Path, numbers: range) -> list[Path]:
    paths = []
    for number in numbers:
        source = sources[number % len(sources)]
        path = folder / source.parent.name / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number < len(sources):
            path.write_bytes(source.read_bytes())
        else:
            other = sources[(number + 17 * (number // len(sources))) % len(sources)]  # never itself: that would be a copy
            _beside(source, other).save(path, quality=90)
        paths.append(path)
    return paths


def _beside(left: Path, right: Path) -> Image.Image:
    """The left half of one photograph beside the right half of another: as sharp as they are, and another picture than either."""
    with Image.open(left) as first, Image.open(right) as second:
        picture = first.convert("RGB")
        other = second.convert("RGB").resize(picture.size, Image.Resampling.BICUBIC)
    middle = picture.width // 2
    picture.paste(other.crop((middle, 0, *picture.size)), (middle, 0))
    return picture


if __name__ == "__main__":
    main()
