"""A small faulty VGG16 project that ships with the tool: one script, and pictures that are drawn when it is made."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from vggdoctor.demo.drawing import draw_signs
from vggdoctor.errors import InputError

COUNTS = {
    "train": {"circle": 96, "square": 48, "triangle": 24},
    "validation": {"circle": 42, "square": 42, "triangle": 42},
}
"""Pictures a class: unbalanced in training, as one of the faults."""


def create(folder: Path) -> Path:
    """Write the demo project into ``folder`` (made if need be) and return it; the same pictures every time.

    Raises InputError if the folder is there and is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already and is not an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files(__name__) / "project") as project:
        shutil.copytree(project, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    draw_signs(folder / "signs", COUNTS, seed=7)
    return folder
