"""File names that say that one picture was made out of another."""

from __future__ import annotations

import os
import re

_MADE = "augmented augment aug rotated rotate rotation rot hflip vflip flipped flip mirrored mirror"
_CHANGED = (
    "cropped crop zoomed zoom blurred blur noisy noise brightness brighter bright darker contrast sheared shear shifted copy"
)
_DETAIL = r"(?:[ _.()-]*(?:\d+|lr|ud|left|right|horizontal|vertical|h|v)(?![a-z]))*"


def _any(*words: str) -> str:
    return "|".join(sorted(" ".join(words).split(), key=len, reverse=True))


BEHIND = re.compile(rf"(?:[ _.(-]+(?:{_any(_MADE, _CHANGED)})\)?{_DETAIL}\)?)+$", re.IGNORECASE)
BEFORE = re.compile(rf"^(?:(?:{_any(_MADE)}){_DETAIL}[ _.-]+)+(?=.)", re.IGNORECASE)
"""Marks that augmentation scripts put behind or before a name; what could be the name of a thing ("crop_12") counts behind
only."""


def original(path: str) -> tuple[str, bool]:
    """(the name of the picture that a file was made of, in small letters and without its end; whether a mark says so)."""
    name = os.path.splitext(os.path.basename(path))[0]
    stem = BEFORE.sub("", BEHIND.sub("", name)) or name
    return stem.casefold(), stem != name
