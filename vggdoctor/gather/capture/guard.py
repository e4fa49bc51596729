"""What the child may not do: write outside its scratch folder, reach the network, outlive its parent, dump core.

Nothing but the standard library is imported here: this runs before all else (see boot.py).
"""

from __future__ import annotations

import ctypes
import glob
import os
import platform
import shutil
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

PR_SET_PDEATHSIG = 1
WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/kfd")
DEVICE_PATTERNS = ("/dev/nvidia*", "/dev/dri/*", "/dev/nvidia-caps/*")
SHARED_MEMORY = "/dev/shm"
"""Semaphores and shared arrays of Python's multiprocessing live here."""
MAXIMUM_FILE = 16 * 2**30
"""Largest file that may be written, in bytes: keeps a runaway script from filling the disk (ours)."""
CHANGES: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),), "os.rmdir": ((0, 1),), "os.mkdir": ((0, 2),), "os.truncate": ((0, None),), "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),), "os.utime": ((0, 3),), "os.setxattr": ((0, None),), "os.removexattr": ((0, None),),
    "os.chflags": ((0, None),), "os.rename": ((0, 2), (1, 3)), "os.link": ((0, 2), (1, 3)), "os.symlink": ((1, 2),),
}  # fmt: skip
"""Audit event -> which of its arguments are paths that it changes, each with the argument that holds the folder it is relative
to.
"""
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
"""Audit events of a new program."""
LOCAL = (None, "", "localhost", "127.0.0.1", "::1")
ENTRIES_ONLY = {"os.remove", "os.rmdir", "os.mkdir", "os.rename", "os.symlink"}
"""These change a folder's entry: a link in the scratch folder may go although its target is outside."""


class Guard:
    """Confines this process to ``folders`` (absolute). :meth:`raise_it` comes before any thread and any heavy import."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self.folders = tuple(os.path.realpath(folder) for folder in folders)
        self.on_program: Callable[[str], None] = lambda name: None
        """Called with the name of each program that the script starts and that is not Python."""

    def raise_it(self, restrict: Callable[[Iterable[str], Iterable[str]], list[str]]) -> list[str]:
        """Put up all walls, the kernel's with ``restrict`` (of landlock.py); returns what could not be enforced here, in
        words.
        """
        devices = [*DEVICES, *(path for pattern in DEVICE_PATTERNS for path in glob.glob(pattern))]
        missing = []
        if sys.platform != "win32":
            missing = _limits()
        try:
            missing += restrict((*self.folders, SHARED_MEMORY), devices)
        except OSError as error:
            missing.append(f"writes outside the scratch folder by anything but Python itself ({error})")
        sys.addaudithook(self._hook)
        return missing

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._opening(*arguments)
        elif event in CHANGES:
            for index, folder_index in CHANGES[event]:
                folder = arguments[folder_index] if folder_index is not None and folder_index < len(arguments) else -1
                path = _full(arguments[index], folder)
                if path is not None and not self.allows(path, event in ENTRIES_ONLY):
                    raise PermissionError(f"the audit keeps your files as they are: {event} of {path} was refused")
        elif event in {"socket.connect", "socket.sendto"}:
            address = arguments[1] if len(arguments) > 1 else None
            if isinstance(address, tuple):
                raise PermissionError(f"the audit runs without network: a connection to {address[0]} was refused")
        elif event == "socket.getaddrinfo" and arguments[0] not in (*LOCAL, platform.node()):
            raise PermissionError(f"the audit runs without network: the address of {arguments[0]} was not looked up")
        elif event in PROGRAMS:
            self._starting(arguments[0], arguments[1] if len(arguments) > 1 else None)

    def _starting(self, program: Any, arguments: Any) -> None:
        words = arguments if isinstance(arguments, (list, tuple)) and arguments else [program]
        name = os.path.basename(os.fsdecode(words[0]).split()[0]) if isinstance(words[0], (str, bytes, os.PathLike)) else ""
        if name and not name.startswith("python"):
            self.on_program(name)

    def _opening(self, path: Any, mode: Any, flags: Any) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)) or not isinstance(flags, int) or not flags & WRITING:
            return
        name = os.fsdecode(path)
        if self.allows(name) or name.startswith("/dev/"):
            return
        if os.path.islink(name) and self.allows(name, entry_only=True):
            own_copy(name, keep=not flags & os.O_TRUNC)
            return
        if flags & os.O_CREAT or os.path.exists(name):
            raise PermissionError(f"the audit keeps your files as they are: writing {name} was refused")

    def allows(self, path: str | bytes | os.PathLike[Any], entry_only: bool = False) -> bool:
        """Whether ``path`` may be changed. ``entry_only``: only its folder's entry changes, so that links are not followed."""
        name = os.path.abspath(os.fsdecode(path))
        real = (
            os.path.join(os.path.realpath(os.path.dirname(name)), os.path.basename(name))
            if entry_only
            else os.path.realpath(name)
        )
        return any(real == folder or real.startswith(folder + os.sep) for folder in (*self.folders, SHARED_MEMORY))


def _full(path: Any, folder: Any) -> str | None:
    """An absolute path out of what an audit event tells; ``folder`` is a descriptor, -1 for none. None if there is no path in
    it.
    """
    if isinstance(path, int):
        return _path_of(path)
    if not isinstance(path, (str, bytes, os.PathLike)):
        return None
    name = os.fsdecode(path)
    if os.path.isabs(name) or not isinstance(folder, int) or folder < 0:
        return os.path.abspath(name)
    return os.path.join(_path_of(folder) or os.sep, name)


def _path_of(descriptor: int) -> str | None:
    """The path behind an open descriptor; None where the platform cannot tell."""
    if os.path.isdir("/proc/self/fd"):
        return os.readlink(f"/proc/self/fd/{descriptor}")
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    get_path = getattr(fcntl, "F_GETPATH", None)  # macOS
    return None if get_path is None else os.fsdecode(fcntl.fcntl(descriptor, get_path, bytes(1024)).rstrip(b"\0"))


def own_copy(link: str, keep: bool) -> None:
    """Turn a link into a file of its own, with the target's content if ``keep``, so that it can be written to."""
    target = os.path.realpath(link)
    os.unlink(link)
    if keep and os.path.exists(target):
        shutil.copyfile(target, link)


def _limits() -> list[str]:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = MAXIMUM_FILE if hard == resource.RLIM_INFINITY else min(MAXIMUM_FILE, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    if not sys.platform.startswith("linux"):
        return ["an end together with the audit, should that be killed"]
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    return []
