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

import numpy as np
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
        self._known: dict[str, str] = {}
        self._told: set[tuple[str, str]] = set()

    def here(self, path: Any) -> Any:
        """The path itself if it exists or is none of another machine's, else what stands for it here."""
        if not isinstance(path, (str, os.PathLike)):
            return path
        name = os.fspath(path)
        if not isinstance(name, str) or self._exists(name) or not (FOREIGN.match(name) or self._below_known(name)):
            return path
        found = self._known.get(name) or self._below_known(name) or self._find(name)
        if found is None:
            return path
        self._known[name] = found
        return found

    def folder(self, path: Any) -> Any:
        """As :meth:`here`, for a folder of pictures that a loader is to read: any missing one is looked for, and where only one
        folder of the project can be meant, it is that.
        """
        found = self.here(path)
        if found is not path or not isinstance(path, (str, os.PathLike)) or self._exists(os.fspath(path)):
            return found
        if not self._session.asked_by_user():
            return path
        name = os.fspath(path)
        if not isinstance(name, str):
            return path
        if self._is_own(name):
            if not name.startswith(self._session.order.copy + os.sep):
                return path
            taken = self._find(os.path.relpath(name, self._session.order.copy)) or self._only_one(name)
        else:
            taken = self._find(name) or self._only_one(name)
        if taken is None:
            self._session.journal.notice(f"the folder {name} does not exist here, and nothing in the project looks like it")
            return path
        self._known[name] = taken
        return taken

    def pattern(self, path: Any) -> Any:
        """As :meth:`folder`, for the part of a pattern before its first wildcard."""
        if not isinstance(path, str) or "*" not in path:
            return self.folder(path)
        folder = path[: path.index("*")].rpartition("/")[0]
        return f"{self.folder(folder)}{path[len(folder) :]}" if folder else path

    def _only_one(self, name: str) -> str | None:
        """The folder of the pictures, unless what is wanted is a split that is held out."""
        data = self._session.order.data
        last = PurePosixPath(_plain(name) or "/").name.lower()
        if data is None or last.startswith(("val", "test")):
            return None
        self._tell(name, data, ())
        return data

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

    def _below_known(self, name: str) -> str | None:
        """What a path stands for that goes on from one that was mapped as a folder."""
        for theirs, ours in self._known.items():
            if name.startswith(theirs.rstrip("/\\") + "/"):
                found = os.path.join(ours, name[len(theirs.rstrip("/\\")) + 1 :])
                return found if self._exists(found) else None
        return None

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
    for name in ("stat", "lstat", "chdir"):
        setattr(os, name, _first_argument(getattr(os, name), elsewhere.here))
    for name in ("listdir", "scandir"):
        setattr(os, name, _first_argument(getattr(os, name), elsewhere.folder))
    os.mkdir = _first_argument(os.mkdir, elsewhere.to_write)
    builtins.open = io.open = _opening(builtins.open, elsewhere)
    for flow in ("flow_from_directory", "flow_from_dataframe"):
        _flowing(flow, elsewhere)
    original = image_dataset_utils.image_dataset_from_directory
    replace_everywhere(original, _first_argument(original, elsewhere.folder, "directory"))
    tf.data.Dataset.list_files = staticmethod(_first_argument(tf.data.Dataset.list_files, elsewhere.pattern, "file_pattern"))
    tf.data.Dataset.from_tensor_slices = staticmethod(_slices(tf.data.Dataset.from_tensor_slices, elsewhere))
    tf.io.read_file = _first_argument(tf.io.read_file, elsewhere.here, "filename")
    session.on_import("cv2", lambda cv2: vars(cv2).update(imread=_first_argument(cv2.imread, elsewhere.here, "filename")))
    session.on_import("h5py", lambda h5py: setattr(h5py.File, "__init__", _of_method(h5py.File.__init__, elsewhere.here)))


def _first_argument(original: Callable[..., Any], mapped: Callable[[Any], Any], name: str = "path") -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        if args:
            return original(mapped(args[0]), *args[1:], **kwargs)
        if name in kwargs:
            kwargs[name] = mapped(kwargs[name])
        return original(**kwargs)

    return call


def _of_method(original: Callable[..., Any], mapped: Callable[[Any], Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(self: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        return original(self, mapped(path), *args, **kwargs)

    return call


def _slices(original: Callable[..., Any], elsewhere: Elsewhere) -> Callable[..., Any]:
    """Names of files in a dataset are read by TensorFlow itself, so they are mapped before."""

    def mapped(part: Any) -> Any:
        array = np.asarray(part) if isinstance(part, list) else part
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "UO":
            return part
        return np.array([elsewhere.here(one) for one in array.ravel()], dtype=object).reshape(array.shape)

    @functools.wraps(original)
    def from_tensor_slices(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(tensors, tuple):
            return original(tuple(mapped(part) for part in tensors), *args, **kwargs)
        return original(mapped(tensors), *args, **kwargs)

    return from_tensor_slices


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
            args = (elsewhere.folder(args[0]), *args[1:])
        if "directory" in kwargs:
            kwargs["directory"] = elsewhere.folder(kwargs["directory"])
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
