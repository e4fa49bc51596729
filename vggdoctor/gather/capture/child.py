"""The child: imports Keras, instruments it, runs the user's script. Started by boot.py behind the walls."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from vggdoctor.gather.capture.guard import Guard
from vggdoctor.gather.capture.journal import ChildRequest, Ended, Environment, Journal, Phase
from vggdoctor.gather.capture.places import Places
from vggdoctor.gather.capture.session import Session

RESERVED_SHARE, RESERVED = 1.5, 4 * 2**30
"""Of the memory limit, and bytes, that may be reserved though not used: stacks of threads, pools (ours)."""


def main(request: str, guard: Guard, missing: list[str], fetch: Callable[[str, str], str] | None) -> None:
    """Run what the file ``request`` orders, write everything to the journal, and end the process.

    ``missing``: what the guard could not enforce.
    """
    order = msgspec.json.decode(Path(request).read_bytes(), type=ChildRequest)
    journal = Journal(Path(order.base) / "journal.jsonl")
    if missing:
        journal.notice(f"this machine cannot keep the script from: {', '.join(missing)}")
    _limit_memory(order.memory_bytes)
    journal.write(Phase("importing TensorFlow"))
    session = Session(order, journal, Places(order.copy, {}), guard, fetch)
    guard.on_program = lambda name: _tell_of_programs(name, session)
    journal.write(_run(session))
    with suppress(ValueError, OSError):  # the script may have closed it
        sys.stdout.flush()
    os._exit(0)  # threads of the script that never end must not hold the process


def _tell_of_programs(name: str, session: Session) -> None:
    """What walls without a filter of system calls leave open to programs that are not Python (landlock(7), its limitations)."""
    if session.asked_by_user():
        session.journal.write_once(
            f"the script started another program ({name}): the kernel keeps it from writing, from TCP and from signals to "
            "others, but not from changing the permissions and times of your own files, nor from UDP"
        )


def _limit_memory(watched: int) -> None:
    """Refuse what is far beyond the limit at once: the parent, which looks every tenth of a second, would be too late."""
    if watched and sys.platform.startswith("linux"):
        import resource

        limit = int(watched * RESERVED_SHARE) + RESERVED
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _run(session: Session) -> Ended:
    try:
        with _without(session.order.unused):
            import keras
            import tensorflow  # noqa: F401
    except ImportError as error:
        return Ended("no-keras", f"{error.name or 'TensorFlow'} cannot be imported ({error})", 1)
    from vggdoctor.gather.capture import instrument, runner
    from vggdoctor.gather.capture.answers import arguments, devices, downloads, elsewhere, standins

    session.journal.write(Environment(environment()))
    keras.utils.set_random_seed(session.order.seed)
    instrument.install(session)
    standins.install(session)
    arguments.install(session)
    elsewhere.install(session)
    downloads.install(session)
    devices.install(session)
    session.journal.write(Phase("running the script up to fit"))
    ended = runner.run(session)
    for finish in session.at_end:
        finish()
    return ended


@contextmanager
def _without(packages: tuple[str, ...]) -> Iterator[None]:
    """While it lasts, ``packages`` count as not installed."""
    hidden = dict.fromkeys(name for name in packages if name not in sys.modules)
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            if sys.modules.get(name, name) is None:
                del sys.modules[name]


def environment() -> dict[str, str]:
    """Versions and devices of this process."""
    import keras
    import tensorflow as tf

    devices = [device.device_type for device in tf.config.list_physical_devices()]
    facts = {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "devices": ", ".join(f"{devices.count(kind)} {kind}" for kind in dict.fromkeys(devices)),
    }
    for package in ("numpy", "pillow", "scikit-learn", "opencv-python", "opencv-python-headless"):
        try:
            facts[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return facts
