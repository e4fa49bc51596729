"""Paths of another machine (Colab, Kaggle, a colleague's Windows) are looked for in the project, and the mapping is told."""

from __future__ import annotations

import builtins
import functools
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import tensorflow as tf
from keras.src.legacy.preprocessing import image as legacy
from keras.src.utils import image_dataset_utils

from vggdoctor.gather.capture.session import Session, replace_everywhere

FOREIGN = re.compile(
    r"(/content|/kaggle|/gdrive|/mnt|/home|/Users|/root|/media|/data|/dataset|/datasets|/workspace|/notebooks|/tmp|/opt|/storage)(/|$)"
    r"|[A-Za-z]:[\\/]|\.\./|[^/]*\\"
)
"""Where people keep data on machines that this one is not."""
SPLITS = ("train", "val", "test")
"""Names of splits that begin alike mean the same: ``val``, ``valid``, ``validation``."""


class Elsewhere:
    """Answers for paths that do not exist here. ``told``: prefixes that were mapped so far."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stat = os.stat
        self._lstat = os.lstat
        self._mkdir = os.mkdir
        self._written = os.path.join(session.order.base, "elsewhere")
        order = session.order
        self._own = tuple(filter(None, (order.base, order.features, order.root, sys.prefix, sys.base_prefix)))
        self._known: dict[str, str | None] = {}
        self._told: set[tuple[str, str]] = set()

    def here(self, path: Any) -> Any:
        """The path itself if it exists or is none of another machine's, else what stands for it here."""
        if not isinstance(path, (str, os.PathLike)):
            return path
        name = os.fspath(path)
        if not isinstance(name, str) or not FOREIGN.match(name) or self._exists(name):
            return path
        found = self._known.get(name) or self._find(name)
        if found is None:
            return path
        self._known[name] = found
        return found

    def to_write(self, path: Any) -> Any:
        """As :meth:`here`; a new file or folder that does not belong to the project goes to the scratch folder."""
        if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
            return path
        name = os.fspath(path)
        if not FOREIGN.match(name) or self._exists(name) or self._is_own(name):
            return path
        known = None if self._exists(os.path.dirname(name)) else self._find(os.path.dirname(name))
        target = os.path.join(known, os.path.basename(name)) if known else os.path.join(self._written, _plain(name))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        self._known[name] = target
        return target

    def _find(self, name: str) -> str | None:
        if self._is_own(name):
            return None
        parts = PurePosixPath(_plain(name)).parts
        for start in range(len(parts)):
            tail = parts[start:]
            for base in self._bases():
                found = _descend(base, tail, self._exists)
                if found is not None:
                    self._tell(name, found, tail)
                    return found
        return None

    def _bases(self) -> list[str]:
        order = self._session.order
        data = [order.data, os.path.dirname(order.data)] if order.data else []
        return list(dict.fromkeys([*data, os.path.join(order.copy, order.folder), order.copy, self._written]))

    def _tell(self, name: str, found: str, tail: tuple[str, ...]) -> None:
        """Say once what folder stands for what."""
        depth = len(tail)
        theirs, ours = PurePosixPath(name.replace("\\", "/")), PurePosixPath(found)
        for _ in range(depth - 1 if depth > 1 else 0):
            theirs, ours = theirs.parent, ours.parent
        shown = str(ours).replace(self._session.order.copy, ".", 1)
        if (str(theirs), shown) not in self._told:
            self._told.add((str(theirs), shown))
            self._session.journal.notice(f"{theirs} does not exist here: {shown} was taken in its place")

    def _is_own(self, name: str) -> bool:
        return os.path.isabs(name) and os.path.abspath(name).startswith(self._own)

    def _exists(self, name: str) -> bool:
        try:
            self._stat(name)
        except (OSError, ValueError):
            return False
        return True


def install(session: Session) -> None:
    """Let Python's and Keras' ways to reach files look elsewhere when a path is missing."""
    elsewhere = Elsewhere(session)
    for name in ("stat", "lstat", "listdir", "scandir", "chdir"):
        setattr(os, name, _first_argument(getattr(os, name), elsewhere.here))
    os.mkdir = _first_argument(os.mkdir, elsewhere.to_write)
    builtins.open = io.open = _opening(builtins.open, elsewhere)
    for flow in ("flow_from_directory", "flow_from_dataframe"):
        _flowing(flow, elsewhere)
    original = image_dataset_utils.image_dataset_from_directory
    replace_everywhere(original, _first_argument(original, elsewhere.here, "directory"))
    tf.data.Dataset.list_files = staticmethod(_first_argument(tf.data.Dataset.list_files, elsewhere.here, "file_pattern"))
    if "cv2" in sys.modules:
        cv2 = sys.modules["cv2"]
        vars(cv2).update(imread=_first_argument(vars(cv2)["imread"], elsewhere.here, "filename"))


def _first_argument(original: Callable[..., Any], mapped: Callable[[Any], Any], name: str = "path") -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        if args:
            return original(mapped(args[0]), *args[1:], **kwargs)
        if name in kwargs:
            kwargs[name] = mapped(kwargs[name])
        return original(**kwargs)

    return call


def _opening(original: Callable[..., Any], elsewhere: Elsewhere) -> Callable[..., Any]:
    @functools.wraps(original)
    def opening(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        return original(elsewhere.to_write(file) if writes else elsewhere.here(file), mode, *args, **kwargs)

    return opening


def _flowing(flow: str, elsewhere: Elsewhere) -> None:
    original = getattr(legacy.ImageDataGenerator, flow)

    @functools.wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if flow == "flow_from_directory" and args:
            args = (elsewhere.here(args[0]), *args[1:])
        if "directory" in kwargs:
            kwargs["directory"] = elsewhere.here(kwargs["directory"])
        return original(self, *args, **kwargs)

    setattr(legacy.ImageDataGenerator, flow, call)


def _plain(name: str) -> str:
    """Without drive, leading separators and steps up; with forward slashes."""
    text = re.sub(r"^[A-Za-z]:", "", name).replace("\\", "/")
    return "/".join(part for part in text.split("/") if part not in {"", ".", ".."})


def _descend(base: str, parts: tuple[str, ...], exists: Callable[[str], bool]) -> str | None:
    """``base`` with ``parts`` below it, where a split's folder may have another usual name."""
    current = base
    for part in parts:
        inside = os.path.join(current, part)
        if not exists(inside):
            split = next((one for one in SPLITS if part.lower().startswith(one)), None)
            alike = [one for one in _names(current) if split and one.lower().startswith(split)]
            if len(alike) != 1:
                return None
            inside = os.path.join(current, alike[0])
        current = inside
    return current if parts else None


def _names(folder: str) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(folder) if entry.is_dir()]
    except OSError:
        return []
