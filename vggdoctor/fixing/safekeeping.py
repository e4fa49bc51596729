"""What can be undone: files that git holds as they are, or copies beside them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

SUFFIX = ".orig"
"""As patch(1) names the file before its change."""


def unheld(files: Sequence[Path]) -> list[Path]:
    """Those of ``files`` that git could not give back: not tracked, or changed since the last commit; all without git."""
    return [file for file in files if not _is_held(file)]


def keep(file: Path) -> Path:
    """Copy a file beside itself under a name that is not taken yet; that name."""
    number = 0
    while True:
        target = file.with_name(f"{file.name}{SUFFIX}{number or ''}")
        if not target.exists():
            shutil.copy2(file, target)
            return target
        number += 1


def _is_held(file: Path) -> bool:
    real = file.resolve()
    tracked = _git(real, "ls-files", "--error-unmatch", "--", real.name)
    changed = _git(real, "status", "--porcelain", "--", real.name)
    return tracked is not None and changed == ""


def _git(file: Path, *words: str) -> str | None:
    """What git says in the file's folder; None if it fails or is not there."""
    try:
        done = subprocess.run(["git", "-C", str(file.parent), *words], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
