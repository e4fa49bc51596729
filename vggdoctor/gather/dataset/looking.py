"""What a worker does: a chunk of files in, rows of the table out."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence

import numpy as np

from vggdoctor.gather.dataset.decoding import LARGEST_FILE, Header, Look, look, peek
from vggdoctor.gather.dataset.facts import ROW, Rows
from vggdoctor.gather.dataset.measuring import measure

HEADER_BYTES = 64 * 2**10
"""Read for a header alone; where it is longer (large EXIF), the whole file is read."""


def look_at(paths: Sequence[str]) -> Rows:
    """Read, decode and measure each file. Never raises."""
    return _rows([_look(path) for path in paths])


def look_and_keep(paths: Sequence[str]) -> Rows:
    """As look_at, with the squares."""
    looks = [_look(path) for path in paths]
    rows = _rows(looks)
    rows.squares = {place: found.square for place, found in enumerate(looks) if found.square is not None}
    return rows


def peek_at(paths: Sequence[str]) -> Rows:
    """Only the headers. Never raises."""
    return _rows([_peek(path) for path in paths])


def fallen(paths: Sequence[str]) -> Rows:
    """For files whose decoder took its process down."""
    return _rows([Look(Header(), problem="the decoder crashed on it") for _ in paths])


def _rows(looks: list[Look]) -> Rows:
    table = np.zeros(len(looks), ROW)
    for row, found in zip(table, looks, strict=True):
        head = found.header
        row["seen"] = found.seen
        row["bytes"], row["byte_hash"], row["pixel_hash"] = found.bytes, found.byte_hash, found.pixel_hash
        row["format"], row["mode"], row["depth"], row["orientation"] = head.format, head.mode, head.depth, head.orientation
        row["icc"], row["frames"], row["width"], row["height"] = head.icc, head.frames, head.width, head.height
    shown = [place for place, found in enumerate(looks) if found.square is not None]
    if shown:
        part = table[shown]
        measure(np.stack([found.square for found in looks if found.square is not None]), part)
        table[shown] = part
    return Rows(table, {place: found.problem for place, found in enumerate(looks) if found.problem})


def _look(path: str) -> Look:
    data, problem = read(path)
    return look(data, path) if data is not None else Look(Header(), problem=problem)


def _peek(path: str) -> Look:
    data, problem = read(path, HEADER_BYTES)
    if data is None:
        return Look(Header(), problem=problem)
    found = peek(data, path)
    if found.problem and not found.header.format:
        return peek(read(path)[0] or b"", path)
    return found


def read(path: str, most: int = -1) -> tuple[bytes | None, str]:
    """The bytes of a file (the first ``most``), or None and the reason. Never raises, and never waits at a pipe or a device."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return None, "not a regular file"
        if status.st_size > LARGEST_FILE and most < 0:
            return None, f"not read: {status.st_size / 2**20:,.0f} MB"
        with open(path, "rb") as file:
            return file.read(most), ""
    except OSError as error:
        return None, "link to nowhere" if os.path.islink(path) else f"not readable: {error.strerror}"
    except ValueError as error:  # a name that no file can have
        return None, f"not readable: {error}"
