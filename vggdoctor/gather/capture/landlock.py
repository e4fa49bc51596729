"""Linux's Landlock: a process gives up, for itself and all that it starts, the right to write outside some folders.

Constants and structures are those of <linux/landlock.h>; the system calls have the same numbers on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

WRITE_FILE, REMOVE_DIR, REMOVE_FILE = 1 << 1, 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (1 << n for n in range(6, 13))
REFER, TRUNCATE = 1 << 13, 1 << 14
BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1
SCOPE_ABSTRACT_SOCKET, SCOPE_SIGNAL = 1 << 0, 1 << 1

FILES_ABI_1 = (
    WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_CHAR | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM
)
ONLY_FILES = WRITE_FILE | TRUNCATE
"""The rights that a rule for a single file (a device) may carry."""


def abi() -> int:
    """The version of Landlock that the kernel offers, 0 if none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(_library().syscall(CREATE_RULESET, None, 0, 1)))


def restrict(folders: Iterable[str], devices: Iterable[str]) -> list[str]:
    """Let this thread and what it starts write only under ``folders`` and to the files ``devices``; paths that don't exist are
    skipped.

    Reading stays free. From ABI 4 on TCP is refused, from ABI 6 on signals to processes outside. Call it before any thread
    is started. Returns what this kernel can not enforce, in words.

    Raises OSError if the kernel refuses.
    """
    version = abi()
    if version == 0:
        return ["writes outside the scratch folder by anything but Python itself (the kernel has no Landlock)"]
    library = _library()
    files = FILES_ABI_1 | (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    attributes = struct.pack("=Q", files)
    if version >= 4:
        attributes += struct.pack("=Q", BIND_TCP | CONNECT_TCP)
    if version >= 6:
        attributes += struct.pack("=Q", SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL)
    ruleset = library.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        for path in folders:
            _allow(ruleset, path, files)
        for path in devices:
            _allow(ruleset, path, files & ONLY_FILES)
        if library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or library.syscall(RESTRICT_SELF, ruleset, 0):
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(ruleset)
    lacking = {3: "truncation of files outside the scratch folder", 4: "network connections", 6: "signals to other processes"}
    return [what for needed, what in lacking.items() if version < needed]


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = struct.pack("=Qi", rights, target)
        if _library().syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0):
            raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")
    finally:
        os.close(target)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
