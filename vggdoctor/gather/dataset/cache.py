"""Keeps what is known of files between audits, under the user's cache folder and never in the project."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import platformdirs

from vggdoctor.gather.dataset.facts import ROW, Files, Rows

VERSION = 3
"""Raise it when a field of ROW changes its meaning: rows of another version are not used."""

MAGIC = f"vggdoctor scan {VERSION} {ROW.descr}\n".encode()
KEPT_SECONDS = 60 * 86_400
"""A set that was not audited for two months is forgotten (ours)."""

FOLDER_VARIABLE = "VGGDOCTOR_SCANS"
"""Of the environment: a folder other than the one below the user's cache folder."""

HEAD = 24
"""Bytes before a block: the checksum of its body (16), and the body's length (8)."""

Keys = npt.NDArray[np.uint64]


def keys_of(files: Files) -> Keys:
    """A hash of each file's path, size and time of change (BLAKE2b, 64 bits); 0 where size or time are unknown."""
    found = np.zeros(len(files), np.uint64)
    for index, (path, size, modified) in enumerate(zip(files.paths, files.sizes, files.modified, strict=True)):
        if modified:
            text = f"{os.path.abspath(path) if '://' not in path else path}\0{size}\0{modified}".encode(
                "utf-8", "surrogateescape"
            )
            found[index] = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") or 1
    return found


class Cache:
    """What is known of one set of files, in one file: MAGIC, then blocks of rows that are appended as they come.

    What is broken, cut off or of another version is not used, and written anew. A cache that cannot be read or written is as
    good as none: no method raises for it.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        folder = folder or Path(os.environ.get(FOLDER_VARIABLE) or platformdirs.user_cache_path("vggdoctor") / "scan")
        self._file = folder / f"{hashlib.blake2b(name.encode('utf-8', 'surrogateescape'), digest_size=16).hexdigest()}.rows"
        self._appends = False

    def find(self, keys: Keys) -> tuple[npt.NDArray[np.intp], Rows]:
        """The places in ``keys`` that are known, and their rows."""
        blocks, whole = self._read()
        known = np.concatenate([np.zeros(0, np.uint64), *(block for block, _ in blocks)])
        found = _joined([rows for _, rows in blocks])
        if not len(known):
            return np.empty(0, np.intp), found
        order = np.argsort(known, kind="stable")  # of several rows of one file the last counts
        at = order[(np.searchsorted(known, keys, side="right", sorter=order) - 1).clip(min=0)]
        places = np.flatnonzero((known[at] == keys) & (keys != 0))
        rows = found.take(at[places])
        self._appends = whole and len(places) * 2 >= len(known)
        if not self._appends:
            self.add(keys[places], rows)
        return places, rows

    def add(self, keys: Keys, rows: Rows) -> None:
        """Write down those that were read; what could not be read may be readable tomorrow."""
        kept = np.flatnonzero((keys != 0) & (rows.table["byte_hash"] != 0))
        rows = rows.take(kept)
        body = msgspec.msgpack.encode((keys[kept].tobytes(), rows.table.tobytes(), rows.problems))
        block = _checksum(body) + len(body).to_bytes(8, "little") + body
        try:
            if self._appends:
                with open(self._file, "ab") as file:
                    file.write(block)
            else:
                self._begin(block)
            self._appends = True
        except OSError:
            self._appends = False

    def _begin(self, block: bytes) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        for old in self._file.parent.glob("*.rows"):
            if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                old.unlink(missing_ok=True)
        new = self._file.with_suffix(f".{os.getpid()}")
        new.write_bytes(MAGIC + block)
        new.replace(self._file)

    def _read(self) -> tuple[list[tuple[Keys, Rows]], bool]:
        """The sound blocks, and whether all are."""
        try:
            data = self._file.read_bytes()
        except OSError:
            return [], False
        blocks: list[tuple[Keys, Rows]] = []
        at = len(MAGIC)
        if not data.startswith(MAGIC):
            return blocks, False
        while at < len(data):
            checksum, length = data[at : at + 16], int.from_bytes(data[at + 16 : at + HEAD], "little")
            body = data[at + HEAD : at + HEAD + length]
            if len(body) != length or _checksum(body) != checksum:
                return blocks, False
            keys, table, problems = msgspec.msgpack.decode(body, type=tuple[bytes, bytes, dict[int, str]])
            blocks.append((np.frombuffer(keys, np.uint64), Rows(np.frombuffer(table, ROW), problems)))
            at += HEAD + length
        return blocks, True


def _joined(parts: list[Rows]) -> Rows:
    starts = np.cumsum([0, *(len(part.table) for part in parts)])
    problems = {
        int(start) + place: problem
        for start, part in zip(starts, parts, strict=False)
        for place, problem in part.problems.items()
    }
    return Rows(np.concatenate([np.zeros(0, ROW), *(part.table for part in parts)]), problems)


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()
