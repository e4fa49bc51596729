"""Decides by their pixels whether two files show the same picture."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from PIL import Image

from vggdoctor.gather.dataset.candidates import ORIENTATIONS, Orientation
from vggdoctor.gather.dataset.decoding import SIDE, decoded
from vggdoctor.gather.dataset.laying import Laid, Sheet, lay
from vggdoctor.gather.dataset.looking import read
from vggdoctor.gather.dataset.measuring import LUMA

SAME = 0.8
"""Correlation of the fine structure from which on two show the same picture. Measured on photographs: copies of JPEG quality 30,
cropped by up to 5 %, scaled, turned by 3 degrees 0.85 and more (half of them over 0.95), the most alike of different ones
0.67."""

MOST_PATCH, MOST_STRANGE = 15.0, 0.25
"""A field of the picture that differs by more grey levels, or more fields with other structures: something was put in or
taken out. Measured: copies as above 10 and 0.25 at most (those made 1.3 times brighter, so that white was cut off, 11 and
0.00 at the 95 % quantile), photographs of faces and the same ones with a mask painted on 36 and more."""

LEAST_STRUCTURE = 1.5
"""Grey levels (root mean square): finer structure below it is noise of codec and camera (ours)."""

SPARSE, SAME_SPARSE, STRANGE_SPARSE = 0.08, 0.95, 0.05
"""Share of a picture that carries its fine structure. Below, it is a thing on a plain ground, a drawing, a digit, of which
different ones can be laid on each other: they must agree better (photographs that fill their frame have 0.1 to 0.5; ours)."""

OTHER_COLOUR = 15.0
"""Mean difference of chroma (0..255, in 8 x 8 fields, a cast of the whole picture taken away): the thing in another colour
(ours)."""

GREY = 2.0
"""Chroma (0..255) below which a picture has no colours: its coloured original is the same picture."""

MOVED, TURNED, BRIGHTER = 0.008, 1.0, 4.0
"""Of the width, degrees, grey levels: what is named as a change (ours)."""

ENLARGED = 128
"""Pixels: codecs reduce no further than this, so that SIDE x SIDE is averaged and not picked."""

Floats = npt.NDArray[np.float32]
ORIENTED_AS_STORED: Orientation = (False, False, False)


class Question(Struct, frozen=True):
    """Are these the same picture, the first laid as ``orientation`` says? ``exactly``: are all their pixels the same, as
    stored?"""

    first: str
    second: str
    orientation: Orientation = ORIENTED_AS_STORED
    exactly: bool = False


class Answer(Struct, frozen=True):
    """``same``, and how it was found; see :class:`vggdoctor.gather.dataset.alike.Alike`."""

    same: bool
    change: str = ""
    difference: float = 0.0
    correlation: float = 1.0


def confirm(questions: Sequence[Question]) -> list[Answer]:
    """The answers in order. Never raises: what can no longer be read is not the same."""
    return [_exact(question) if question.exactly else _near(question) for question in questions]


def unconfirmed(questions: Sequence[Question]) -> list[Answer]:
    """For files whose decoder took its process down."""
    return [Answer(False) for _ in questions]


def _exact(question: Question) -> Answer:
    first = _all_pixels(question.first)
    return Answer(first is not None and first == _all_pixels(question.second))


def _near(question: Question) -> Answer:
    first, second = _square(question.first, question.orientation), _square(question.second, ORIENTED_AS_STORED)
    if first is None or second is None or min(first.sheet.structure, second.sheet.structure) < LEAST_STRUCTURE:
        return Answer(False)
    laid = lay(first.sheet, second.sheet)
    if not _is_same(laid) or _other_colour(first.chroma, second.chroma):
        return Answer(False, difference=laid.difference, correlation=laid.correlation)
    return Answer(True, _change(question.orientation, laid, first.size != second.size), laid.difference, laid.correlation)


def _is_same(laid: Laid) -> bool:
    if laid.patch > MOST_PATCH:
        return False
    if laid.spread < SPARSE:
        return laid.correlation >= SAME_SPARSE and laid.strange <= STRANGE_SPARSE
    return laid.correlation >= SAME and laid.strange <= MOST_STRANGE


def _other_colour(first: Floats, second: Floats) -> bool:
    if min(float(np.abs(chroma).mean()) for chroma in (first, second)) < GREY:
        return False
    casts = [chroma - chroma.mean(axis=(0, 1)) for chroma in (first, second)]
    return float(np.abs(casts[0] - casts[1]).mean()) > OTHER_COLOUR


def _change(orientation: Orientation, laid: Laid, resized: bool) -> str:
    moved = abs(laid.scale) > MOVED or laid.shift > MOVED
    said = {
        ORIENTATIONS[orientation]: bool(ORIENTATIONS[orientation]),
        "turned": abs(laid.turn) > TURNED,
        "cropped or moved": moved,
        "resized": resized and not moved,
        "brighter": laid.brighter > BRIGHTER,
        "darker": laid.brighter < -BRIGHTER,
    }
    return ", ".join(word for word, holds in said.items() if holds) or "another encoding"


class _Square(Struct, frozen=True):
    """``chroma``: red and blue minus luma in 8 x 8 fields, (8, 8, 2); ``size`` as stored, laid as the picture is."""

    sheet: Sheet
    chroma: Floats
    size: tuple[int, int]


@lru_cache(maxsize=64)
def _square(path: str, orientation: Orientation) -> _Square | None:
    """The picture laid so; None if it cannot be decoded."""
    data, _ = read(path)
    try:
        picture, size = decoded(data or b"", ENLARGED)
    except Exception:  # noqa: BLE001 as in decoding.look; the file has changed since
        return None
    way = Image.Resampling.BOX if min(picture.size) >= SIDE else Image.Resampling.BICUBIC
    colours = np.asarray(picture.resize((SIDE, SIDE), way)).astype(np.float32)
    transposed, upside_down, left_to_right = orientation
    if transposed:
        colours, size = colours.transpose(1, 0, 2), size[::-1]
    colours = np.ascontiguousarray(colours[:: -1 if upside_down else 1, :: -1 if left_to_right else 1])
    fields = colours.reshape(8, SIDE // 8, 8, SIDE // 8, 3).mean(axis=(1, 3))
    return _Square(Sheet(colours @ LUMA), fields[..., ::2] - (fields @ LUMA)[..., None], size)


def _all_pixels(path: str) -> bytes | None:
    """A hash of every pixel, mode and size."""
    data, _ = read(path)
    try:
        picture, size = decoded(data or b"", None)
    except Exception:  # noqa: BLE001 as above
        return None
    return hashlib.blake2b(repr(size).encode() + picture.tobytes(), digest_size=16).digest()
