"""A small process beside the child that may download Keras' own weights, and nothing else.

It is started before the walls go up, and only when the audit is not offline. Nothing but the standard library is imported here.
"""

from __future__ import annotations

import os
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

SOURCES = (
    "https://storage.googleapis.com/tensorflow/",
    "https://storage.googleapis.com/keras-applications/",
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
    "https://github.com/titu1994/Keras-NASNet/releases/download/",
    "https://github.com/fchollet/deep-learning-models/releases/download/",
)
"""Where keras.applications gets its weights from (keras/src/applications, 3.15.1)."""
TIMEOUT = 10.0
"""Seconds without an answer after which the network is taken for absent (ours)."""

Fetch = Callable[[str, str], str]


def start(base: str, store: str, sources: tuple[str, ...] = SOURCES) -> Fetch | None:
    """A function ``fetch(address, name)`` that gets one weights file into ``base``/keras/models, and a copy of it into
    ``store`` for later audits. It returns "" or why it failed. None where processes cannot be forked.
    """
    if not hasattr(os, "fork") or sys.platform == "win32":
        return None
    order_out, order_in = os.pipe()
    answer_out, answer_in = os.pipe()
    if os.fork() == 0:
        os.close(order_in)
        os.close(answer_out)
        with os.fdopen(order_out) as orders, os.fdopen(answer_in, "w", buffering=1) as answers:
            for line in orders:
                address, name = line.rstrip("\n").split("\t")
                answers.write(_get(address, Path(name).name, Path(base), Path(store), sources) + "\n")
        os._exit(0)
    os.close(order_out)
    os.close(answer_in)
    requests = os.fdopen(order_in, "w", buffering=1)
    replies = os.fdopen(answer_out)

    def fetch(address: str, name: str) -> str:
        requests.write(f"{address}\t{name}\n")
        return replies.readline().rstrip("\n")

    return fetch


def _get(address: str, name: str, base: Path, store: Path, sources: tuple[str, ...]) -> str:
    if not address.startswith(sources):
        return "only Keras' own weights may be downloaded"
    target = base / "keras" / "models" / name
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:
            store.mkdir(parents=True, exist_ok=True)
            descriptor, part = tempfile.mkstemp(dir=store, prefix=".part-")
            with os.fdopen(descriptor, "wb") as file:
                while block := answer.read(1 << 20):
                    file.write(block)
        os.replace(part, store / name)
        target.unlink(missing_ok=True)
        target.symlink_to(store / name)
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}".replace("\n", " ")
    return ""
