"""Reads a file wherever it lies: here, inside another file, or behind a URL."""

from __future__ import annotations

import os
import re
import stat

LARGEST_FILE = 512 * 2**20
"""Bytes; larger files are not read (ours)."""

SLICE = re.compile(r"(.*)#bytes=(\d+)-(\d+)", re.DOTALL)
"""How a picture inside a file is addressed (see records.py)."""


def read(path: str, most: int = -1) -> tuple[bytes | None, str]:
    """The bytes of a file (the first ``most``), or None and the reason. Never raises, and never waits at a pipe or a device."""
    if "://" in path:
        return _remote(path, most)
    try:
        part = _slice(path)
        if part is not None:
            return part, ""
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return None, "not a regular file"
        if status.st_size > LARGEST_FILE and most < 0:
            return None, f"not read: {status.st_size / 2**20:,.0f} MB"
        if not status.st_size:  # what the kernel makes up (a link to /proc/kmsg) has no size, and may never end
            return b"", ""
        with open(path, "rb") as file:
            return file.read(most), ""
    except OSError as error:
        return None, "link to nowhere" if os.path.islink(path) else f"not readable: {error.strerror}"
    except ValueError as error:  # a name that no file can have
        return None, f"not readable: {error}"


def read_end(path: str, most: int) -> bytes:
    """The last bytes of a file, at most ``most``; none where it cannot be read. Never raises."""
    size = size_of(path)
    if "://" in path or is_slice(path) or not size:
        return read(path)[0] or b""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, size - most))
            return file.read(most)
    except OSError:
        return b""


def size_of(path: str) -> int:
    """Bytes of a regular file here; 0 for anything else."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def name_of(path: str) -> str:
    """The name whose suffix says what the file is; empty where there is none to say it."""
    return "" if is_slice(path) else path


def is_slice(path: str) -> bool:
    return SLICE.fullmatch(path) is not None and not os.path.exists(path)


def _slice(path: str) -> bytes | None:
    match = SLICE.fullmatch(path)
    if match is None or os.path.exists(path):
        return None
    with open(match[1], "rb") as file:
        file.seek(int(match[2]))
        return file.read(int(match[3]) - int(match[2]))


def _remote(url: str, most: int) -> tuple[bytes | None, str]:
    import fsspec

    try:
        with fsspec.open(url, "rb") as file:
            return file.read(most), ""
    except Exception as error:  # noqa: BLE001 each storage raises its own kinds; each is a fact about the file
        return None, f"not readable: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
