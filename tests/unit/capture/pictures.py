"""Small generated pictures and the hash of a tree."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
from PIL import Image


def class_folders(folder: Path, counts: dict[str, int], side: int = 20) -> None:
    """Folders of random PNG pictures, one a class."""
    draw = np.random.default_rng(0)
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for index in range(count):
            Image.fromarray(draw.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(folder / name / f"{index}.png")


def tree_hash(folder: Path) -> str:
    """Over names, kinds, modes and contents of all that lies in ``folder``."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(f"{path.relative_to(folder)} {path.lstat().st_mode}\n".encode())
        digest.update(os.readlink(path).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()
