"""Saving and loading never break a script: odd file names and old arguments are taken."""

from __future__ import annotations

import functools
import inspect
import os
import shutil
import tempfile
from typing import Any

import keras
import tensorflow as tf

from vggdoctor.gather.capture.guard import own_copy
from vggdoctor.gather.capture.session import Session, replace_everywhere

MODEL, WEIGHTS = ".keras", ".weights.h5"
MODEL_ENDINGS = (".keras", ".h5", ".hdf5")


def install(session: Session) -> None:
    """Wrap save, save_weights, load_weights, load_model and ModelCheckpoint."""
    saved: dict[str, str] = {}
    _wrap_save(session, "save", MODEL, MODEL_ENDINGS, saved)
    _wrap_save(session, "save_weights", WEIGHTS, (WEIGHTS,), saved)
    _wrap_load_weights(session, saved)
    _wrap_load_model(session, saved)
    _wrap_checkpoint(session)
    _wrap_latest(saved)


def _wrap_save(session: Session, name: str, ending: str, endings: tuple[str, ...], saved: dict[str, str]) -> None:
    """Under a name that Keras refuses, the file is written all the same; ``saved`` remembers what is in it."""
    original = getattr(keras.Model, name)

    @functools.wraps(original)
    def save(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> None:
        path = os.path.abspath(os.fspath(filepath))
        for old in ("save_format", "include_optimizer", "options", "save_traces", "signatures"):
            if old in kwargs:
                kwargs.pop(old)
                if not session.inside:
                    session.supplied(old, f"the ending of the file name, {ending}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.islink(path):
            own_copy(path, keep=False)
        kwargs["overwrite"] = True
        if path.endswith(endings):
            original(self, path, **kwargs)
            return
        if not session.inside:
            session.supplied(f"{name}({os.path.basename(path)!r})", f"a file name that ends in {ending}")
        with tempfile.TemporaryDirectory() as folder:
            part = os.path.join(folder, "part" + ending)
            original(self, part, **kwargs)
            if os.path.isdir(path):
                shutil.rmtree(path)
            shutil.move(part, path)
        saved[path] = ending

    setattr(keras.Model, name, save)


def _wrap_load_weights(session: Session, saved: dict[str, str]) -> None:
    original = keras.Model.load_weights

    @functools.wraps(original)
    def load(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        with _Readable(filepath, saved, session) as path:
            return original(self, path, *args, **kwargs)

    keras.Model.load_weights = load


def _wrap_load_model(session: Session, saved: dict[str, str]) -> None:
    original = keras.models.load_model

    @functools.wraps(original)
    def load(filepath: Any, *args: Any, **kwargs: Any) -> Any:
        with _Readable(filepath, saved, session) as path:
            return original(path, *args, **kwargs)

    replace_everywhere(original, load)


class _Readable:
    """A file under a name that Keras takes, if it was saved under another; written first, if it is a checkpoint that is due."""

    def __init__(self, filepath: Any, saved: dict[str, str], session: Session) -> None:
        self._path = filepath
        name = os.path.abspath(os.fspath(filepath)) if isinstance(filepath, (str, os.PathLike)) else ""
        if name in session.checkpoints:
            with session.own_work():
                session.checkpoints.pop(name)()
        self._ending = saved.get(name)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Any:
        if self._ending is None:
            return self._path
        self._folder = tempfile.TemporaryDirectory()
        return shutil.copy(self._path, os.path.join(self._folder.name, "part" + self._ending))

    def __exit__(self, *error: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def _wrap_latest(saved: dict[str, str]) -> None:
    """The newest of the files that were saved to a folder, where TensorFlow knows of no checkpoint of its own."""
    original = tf.train.latest_checkpoint

    def latest(checkpoint_dir: Any, latest_filename: Any = None) -> Any:
        folder = os.path.abspath(os.fspath(checkpoint_dir))
        ours = [path for path in saved if os.path.dirname(path) == folder]
        return original(checkpoint_dir, latest_filename) or (ours[-1] if ours else None)

    tf.train.latest_checkpoint = latest


def _wrap_checkpoint(session: Session) -> None:
    cls = keras.callbacks.ModelCheckpoint
    original = cls.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **kwargs)
        path = os.fspath(bound.arguments["filepath"])
        wanted = (WEIGHTS,) if bound.arguments.get("save_weights_only") else (".keras", ".h5")
        if not path.endswith(wanted) and not session.inside:
            session.supplied(f"ModelCheckpoint({os.path.basename(path)!r})", f"a file name that ends in {wanted[0]}")
            bound.arguments["filepath"] = path + wanted[0]
        original(*bound.args, **bound.kwargs)
        self.filepath = path

    cls.__init__ = init
