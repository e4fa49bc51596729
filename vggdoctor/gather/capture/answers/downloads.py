"""What a script would download or unpack: taken from where it lies, else answered harmlessly, and said."""

from __future__ import annotations

import functools
import io
import json
import os
import shutil
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from keras.src.utils import file_utils

from vggdoctor.gather.capture.applications import WeightsUnavailableError
from vggdoctor.gather.capture.fetch import SOURCES
from vggdoctor.gather.capture.session import Session, replace_everywhere

CLASS_NAMES = "imagenet_class_index.json"
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
"""An archive without entries: the end record alone (APPNOTE.TXT 4.3.16)."""
EMPTY_TAR = bytes(1024)
PLACE = "/content/datasets"
"""A folder that exists nowhere, under which what should have been downloaded is looked for in the project."""


class NotDownloadedError(Exception):
    """A data set of Keras is not on this machine."""


def install(session: Session) -> None:
    """Stand before Keras' and Python's own ways to fetch and to unpack."""
    _get_file(session)
    urllib.request.urlretrieve = _nothing_fetched(session)
    _empty_where_missing(session)


def _get_file(session: Session) -> None:
    original = file_utils.get_file  # of applications.py, which knows about weights

    def get_file(fname: Any = None, origin: Any = None, *args: Any, **kwargs: Any) -> Any:
        is_weights = isinstance(origin, str) and origin.startswith(SOURCES) and str(fname or origin).endswith(".h5")
        if str(fname) == CLASS_NAMES:
            try:
                return original(fname, origin, *args, **kwargs)
            except WeightsUnavailableError:
                return _numbered_classes(session)
        if is_weights or not isinstance(origin, str) or origin.startswith("file:"):
            return original(fname, origin, *args, **kwargs)
        name = os.path.basename(str(fname or origin).rstrip("/"))
        folder = Path(session.order.base) / "keras" / str(kwargs.get("cache_subdir", "datasets"))
        stems = {name, name.split(".")[0], f"{name.removesuffix('.zip').removesuffix('.tar.gz').removesuffix('.tgz')}_extracted"}
        if any((folder / one).exists() for one in stems):
            return original(fname, origin, *args, **kwargs)
        place = session.places.of_caller("get_file")
        if session.places.written(place).find("get_file") < 0:  # one of keras.datasets asks
            raise NotDownloadedError(
                f"{os.path.basename(origin)} is not in ~/.keras/datasets, and an audit downloads nothing but Keras' own weights: "
                "run the script once by itself, it is kept there"
            )
        session.journal.notice(f"{name} was not downloaded from {origin}: what lies in the project was taken in its place")
        return f"{PLACE}/{name.split('.')[0]}"

    replace_everywhere(original, get_file)


def _numbered_classes(session: Session) -> str:
    """A file of 1000 class names that are numbers, for decode_predictions."""
    file = Path(session.order.base) / "numbered_classes.json"
    file.write_text(json.dumps({str(number): [f"n{number:08}", f"class {number}"] for number in range(1000)}), encoding="utf-8")
    session.journal.notice("the names of the 1000 ImageNet classes are not on this machine: decode_predictions gives numbers")
    return str(file)


def _nothing_fetched(session: Session) -> Callable[..., Any]:
    def urlretrieve(url: str, filename: Any = None, *args: Any, **kwargs: Any) -> Any:
        session.journal.notice(f"{url} was not downloaded: an audit runs without network")
        return filename or os.path.basename(url), {}

    return urlretrieve


def _empty_where_missing(session: Session) -> None:
    """Archives that are not here hold nothing."""
    original_zip, original_tar, original_unpack = zipfile.ZipFile.__init__, tarfile.open, shutil.unpack_archive

    def missing(name: Any, error: FileNotFoundError) -> None:
        if not session.places.is_users(sys._getframe(2).f_code.co_filename):
            raise error
        session.journal.notice(f"{name} does not exist here: nothing was unpacked")

    @functools.wraps(original_zip)
    def init(self: Any, file: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original_zip(self, file, *args, **kwargs)
        except FileNotFoundError as error:
            missing(file, error)
            original_zip(self, io.BytesIO(EMPTY_ZIP))

    @functools.wraps(original_tar)
    def open_tar(name: Any = None, *args: Any, **kwargs: Any) -> Any:
        try:
            return original_tar(name, *args, **kwargs)
        except FileNotFoundError as error:
            missing(name, error)
            return original_tar(fileobj=io.BytesIO(EMPTY_TAR))

    @functools.wraps(original_unpack)
    def unpack(filename: Any, *args: Any, **kwargs: Any) -> None:
        if os.path.exists(filename):
            original_unpack(filename, *args, **kwargs)
        else:
            missing(filename, FileNotFoundError(filename))

    zipfile.ZipFile.__init__ = init  # type: ignore[method-assign]
    tarfile.open = open_tar
    shutil.unpack_archive = unpack
