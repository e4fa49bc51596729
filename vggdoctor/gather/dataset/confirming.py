"""Decides by their pixels whether two files show the same picture."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vggdoctor.gather.dataset.candidates import ORIENTATIONS, Orientation
from vggdoctor.gather.dataset.decoding import SIDE, Pixels, decoded, square_of
from vggdoctor.gather.dataset.laying import Laid, Sheet, lay
from vggdoctor.gather.dataset.measuring import LUMA
from vggdoctor.gather.dataset.reading import read

SAME = 0.91
"""Correlation of the fine structure from which on two show the same picture. Measured: 95 % of the copies of photographs that
were cropped by 2 % a side, half as large, of JPEG quality 30 have it, half of them 0.96; the most alike of different
photographs have 0.67, different flutes with the same black corners 0.90."""

MOST_PATCH, MOST_STRANGE = 15.0, 0.12
"""A field of the picture that differs by more grey levels, or more fields with other structures: something was put in or taken
out. Measured: 95 % of the copies as above 6 and 0.10; photographs of faces and the same ones with a mask painted on 36 and
more."""

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

Floats = npt.NDArray[np.float32]
AS_STORED: Orientation = (False, False, False)


class Picture(Struct, frozen=True):
    """A file, its size in pixels, and its square where that is at hand: (SIDE, SIDE, 3)."""

    path: str
    size: tuple[int, int]
    square: Pixels | None = None


class Question(Struct, frozen=True):
    """Are these the same picture, the first laid as ``orientation`` says? ``exactly``: are all their pixels the same?"""

    first: Picture
    second: Picture
    orientation: Orientation = AS_STORED
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
    first = _all_pixels(question.first.path)
    return Answer(first is not None and first == _all_pixels(question.second.path))


def _near(question: Question) -> Answer:
    squares = [_square(picture) for picture in (question.first, question.second)]
    if squares[0] is None or squares[1] is None:
        return Answer(False)
    first, second = Sheet(_luma(_laid(squares[0], question.orientation))), Sheet(_luma(squares[1]))
    if min(first.structure, second.structure) < LEAST_STRUCTURE:
        return Answer(False)
    laid = lay(first, second)
    if not _is_same(laid) or _other_colour(_chroma(_laid(squares[0], question.orientation)), _chroma(squares[1])):
        return Answer(False, difference=laid.difference, correlation=laid.correlation)
    size = question.first.size[::-1] if question.orientation[0] else question.first.size
    return Answer(True, _change(question.orientation, laid, size != question.second.size), laid.difference, laid.correlation)


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


def _laid(square: Pixels, orientation: Orientation) -> Pixels:
    transposed, upside_down, left_to_right = orientation
    if transposed:
        square = square.transpose(1, 0, 2)
    return np.ascontiguousarray(square[:: -1 if upside_down else 1, :: -1 if left_to_right else 1])


def _luma(square: Pixels) -> Floats:
    return np.asarray(square.astype(np.float32) @ LUMA, np.float32)


def _chroma(square: Pixels) -> Floats:
    """Red and blue minus luma in 8 x 8 fields: (8, 8, 2)."""
    fields = square.reshape(8, SIDE // 8, 8, SIDE // 8, 3).mean(axis=(1, 3), dtype=np.float32)
    return np.asarray(fields[..., ::2] - (fields @ LUMA)[..., None], np.float32)


def _square(picture: Picture) -> Pixels | None:
    return picture.square if picture.square is not None else _decoded_again(picture.path)


@lru_cache(maxsize=64)
def _decoded_again(path: str) -> Pixels | None:
    """None if it cannot be decoded."""
    data, _ = read(path)
    try:
        return square_of(decoded(data or b"", SIDE)[0])
    except Exception:  # noqa: BLE001 as in decoding.look; the file has changed since
        return None


def _all_pixels(path: str) -> bytes | None:
    """A hash of every pixel, mode and size."""
    data, _ = read(path)
    try:
        picture, size = decoded(data or b"", None)
    except Exception:  # noqa: BLE001 as above
        return None
    return hashlib.blake2b(repr(size).encode() + picture.tobytes(), digest_size=16).digest()
