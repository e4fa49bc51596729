"""Opens and decodes one picture, as a loader would have to."""

from __future__ import annotations

import os

from msgspec import Struct
from PIL import Image, UnidentifiedImageError

BOMB_PIXELS = 100_000_000
"""Larger pictures are not decoded: 300 MB each as RGB. Pillow itself warns from 89 and refuses from 179 million pixels on."""

SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".jpg", ".jpeg", ".mpo"),
    "PNG": (".png",),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
}
"""Format as Pillow names it -> the suffixes that tell the truth. MPO is what some cameras write into .jpg files."""

DRAFT_SIDE = 64
"""Pixels: JPEG is decoded at the smallest scale of its DCT that is not below this; every byte is still read."""


class Look(Struct, frozen=True):
    """One picture: header facts, and ``problem`` (empty where it decodes and is what its name says)."""

    path: str
    format: str = ""
    width: int = 0
    height: int = 0
    mode: str = ""
    problem: str = ""


def look(path: str) -> Look:
    """Open and decode the file at ``path``. Never raises."""
    picture = None
    try:
        with Image.open(path) as picture:
            kind, (width, height), mode = picture.format or "", picture.size, picture.mode
            if width * height > BOMB_PIXELS:
                problem = f"not decoded: {width} x {height} pixels"
            else:
                picture.draft(None, (DRAFT_SIDE, DRAFT_SIDE))
                picture.load()
                problem = _wrong_suffix(path, kind)
            return Look(path, kind, width, height, mode, problem)
    except Exception as error:  # noqa: BLE001 Pillow's decoders raise many kinds; each is a fact about the file
        return Look(path, problem=_reason(error, opened=picture is not None))


def _wrong_suffix(path: str, kind: str) -> str:
    suffix = os.path.splitext(path)[1].lower()
    expected = SUFFIXES.get(kind)
    if expected is not None and suffix not in expected:
        return f"is {kind}, named {suffix or 'without a suffix'}"
    return ""


def _reason(error: Exception, opened: bool) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, Image.DecompressionBombError):
        return "not decoded: over 179 million pixels"
    if isinstance(error, UnidentifiedImageError):
        return "not a picture that can be decoded"
    if "truncated" in text.lower():
        return f"truncated: {text}"
    return f"does not decode: {text}" if opened else f"does not open: {text}"
