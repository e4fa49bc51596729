"""What a worker does: a chunk of files in, rows of the table out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from vggdoctor.gather.dataset.decoding import Header, Look, Pixels, digest, look, peek
from vggdoctor.gather.dataset.facts import ROW, Rows
from vggdoctor.gather.dataset.limits import in_time
from vggdoctor.gather.dataset.measuring import SQUARE, measure, squares_of
from vggdoctor.gather.dataset.reading import name_of, read, read_end, size_of

HEADER_BYTES = 64 * 2**10
"""Read for a header alone; where it is longer (large EXIF), the whole file is read."""

END_BYTES = 4_096
"""Two different pictures differ in their last bytes; two JPEG files of one camera begin alike."""

FALLEN = "reading it crashed or did not end"

AT_ONCE = 16
"""Pictures that are measured at once: enough for numpy, and what it needs stays in the processor's cache and in memory that the
process has (64 take twice as long in a new process; measured)."""

Hashes = npt.NDArray[np.uint64]


def look_at(paths: Sequence[str]) -> Rows:
    """Read, decode and measure each file. Never raises."""
    return _rows([_look(path) for path in paths])


def look_and_keep(paths: Sequence[str]) -> Rows:
    """As look_at, with the squares."""
    looks = [_look(path) for path in paths]
    rows = _rows(looks)
    rows.squares = np.zeros(len(looks), SQUARE)
    for places, pictures in _shown(looks):
        rows.squares[places] = squares_of(pictures)
    return rows


def peek_at(paths: Sequence[str]) -> Rows:
    """Only the headers. Never raises."""
    return _rows([_peek(path) for path in paths])


def hash_bytes(paths: Sequence[str]) -> Hashes:
    """Of all bytes of each file; 0 where it cannot be read. Never raises."""
    return np.array([_hash(path, whole=True) for path in paths], np.uint64)


def hash_ends(paths: Sequence[str]) -> Hashes:
    """Of the last END_BYTES of each file; 0 where it cannot be read. Never raises."""
    return np.array([_hash(path, whole=False) for path in paths], np.uint64)


def unhashed(paths: Sequence[str]) -> Hashes:
    return np.zeros(len(paths), np.uint64)


def fallen(paths: Sequence[str]) -> Rows:
    """For files whose decoder took its process down."""
    return _rows([Look(Header(), problem=FALLEN) for _ in paths])


def _rows(looks: list[Look]) -> Rows:
    table = np.zeros(len(looks), ROW)
    for row, found in zip(table, looks, strict=True):
        head = found.header
        row["seen"] = found.seen
        row["bytes"], row["byte_hash"], row["pixel_hash"] = found.bytes, found.byte_hash, found.pixel_hash
        row["format"], row["mode"], row["depth"], row["orientation"] = head.format, head.mode, head.depth, head.orientation
        row["icc"], row["frames"], row["width"], row["height"] = head.icc, head.frames, head.width, head.height
    for places, pictures in _shown(looks):
        part = table[places]
        measure(pictures, part)
        table[places] = part
    return Rows(table, {place: found.problem for place, found in enumerate(looks) if found.problem})


def _shown(looks: list[Look]) -> Iterator[tuple[list[int], Pixels]]:
    """The pictures of those that were decoded, a few at once, and their places."""
    known = [(place, found.square) for place, found in enumerate(looks) if found.square is not None]
    for start in range(0, len(known), AT_ONCE):
        part = known[start : start + AT_ONCE]
        yield [place for place, _ in part], np.stack([square for _, square in part])


def _look(path: str) -> Look:
    with in_time():
        data, problem = read(path)
        return look(data, name_of(path)) if data is not None else Look(Header(), problem=problem)


def _peek(path: str) -> Look:
    with in_time():
        data, problem = read(path, HEADER_BYTES)
        if data is None:
            return Look(Header(), problem=problem)
        found = peek(data, name_of(path))
        found.bytes = size_of(path)
        if found.problem and not found.header.format:
            return peek(read(path)[0] or b"", name_of(path))
        return found


def _hash(path: str, whole: bool) -> int:
    with in_time():
        data = read(path)[0] if whole else read_end(path, END_BYTES)
        return digest(data) if data else 0
