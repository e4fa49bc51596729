"""Where in the user's code the tool was called from, whether that is a script, a notebook or a prompt."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType

from vggdoctor.gather.capture.places import Places
from vggdoctor.schema import Location

OURS = ("vggdoctor", "keras", "tensorflow")
"""Packages whose frames lie between the user's line and the tool."""


def frame_of_caller() -> FrameType | None:
    """The innermost frame that is neither ours nor of Keras or TensorFlow."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).split(".")[0] in OURS:
        frame = frame.f_back
    return frame


def where(frame: FrameType | None) -> tuple[Location, Path]:
    """The call that a frame is in, and the folder that its path is relative to. Prompts have the name of their input instead
    of a path: ``In[3]`` in IPython and Jupyter, ``<stdin>`` in Python's own."""
    here = Path.cwd()
    if frame is None:
        return Location("<unknown>", 1, 1), here
    name = frame.f_code.co_filename
    if not os.path.isfile(name) or "ipykernel" in name:
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        path = f"In[{shell.execution_count}]" if shell is not None else name
        return Location(path, frame.f_lineno, frame.f_lineno), here
    file = Path(name).resolve()
    root = here if file.is_relative_to(here) else file.parent
    return Places(root.as_posix()).at(frame), root
