"""Decides by their pixels whether two files show the same picture, many pairs at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vggdoctor.gather.dataset.candidates import ORIENTATIONS, Orientation
from vggdoctor.gather.dataset.decoding import SIDE, decoded, look
from vggdoctor.gather.dataset.laying import LEAST_FIELDS, Bench, Laid, movements
from vggdoctor.gather.dataset.measuring import Square, squares_of
from vggdoctor.gather.dataset.reading import read

SAME, SAME_CLOSER = 0.91, 0.93
"""Correlation of the fine structure from which on two show the same picture, at the first look and at the closer one. Measured:
of the copies of 97 photographs that were flipped, rotated, brighter, half as large or cropped by 2 % a side 98 % have 0.925 and
more at the first look, 95 % 0.929 and more at the closer one; two X-rays of one patient have 0.82."""

SURE, SURE_SPARSE = 0.965, 0.985
"""From which on two photographs that fill their frame are the same picture without a closer look; and two that are SPARSE.
Measured: different flutes on white had up to 0.978 (ours)."""

MOST_PATCH, MOST_STRANGE = 15.0, 0.12
"""A field of the picture that differs by more grey levels, or more fields with other structures: something was put in or taken
out. Measured: 95 % of the copies as above 6 and 0.07; photographs of faces and the same ones with a mask painted on 36 and
more."""

LEAST_STRUCTURE = 1.5
"""Grey levels (root mean square): finer structure below it is noise of codec and camera (ours)."""

SPARSE = 0.09
"""Share of a picture that carries its fine structure. Below, it is a thing on a plain ground, a drawing, a digit, of which
different ones can be laid on each other: the closer look decides (photographs that fill their frame have 0.1 to 0.5; ours)."""

SMALL, SAME_SPARSE, STRANGE_SPARSE = 96, 0.95, 0.05
"""Pixels: pictures with a smaller side have nothing to show at a closer look, so that sparse ones must agree better at the first
(ours)."""

CLOSER = 128
"""Pixels a side of the closer look: different flutes on white, up to 0.98 alike at 64 x 64 pixels, are less than 0.91 alike
there."""

OTHER_COLOUR = 15.0
"""Mean difference of chroma (0..255, in 8 x 8 fields, a cast of the whole picture taken away): the thing in another colour
(ours)."""

GREY = 2.0
"""Chroma (0..255) below which a picture has no colours: its coloured original is the same picture."""

MOVED, TURNED, BRIGHTER = 0.008, 1.0, 4.0
"""Of the width, degrees, grey levels: what is named as a change (ours)."""

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.float64]
AS_STORED: Orientation = (False, False, False)
_FIRST, _CLOSER = Bench(SIDE), Bench(CLOSER)


class Picture(Struct, frozen=True):
    """A file, its size in pixels, and its square where that is at hand."""

    path: str
    size: tuple[int, int]
    square: Square | None = None


class Question(Struct, frozen=True):
    """Are these the same picture, the first laid as ``orientation`` says? ``exactly``: are all their pixels the same?"""

    first: Picture
    second: Picture
    orientation: Orientation = AS_STORED
    exactly: bool = False

    @property
    def is_small(self) -> bool:
        return min(*self.first.size, *self.second.size) < SMALL


class Answer(Struct, frozen=True):
    """``same``, and how it was found; see :class:`vggdoctor.gather.dataset.alike.Alike`."""

    same: bool
    change: str = ""
    difference: float = 0.0
    correlation: float = 1.0


class Glances(Struct):
    """What squares alone say: an answer to each question that they suffice for, by its place; and for the others, that take a
    closer look or are not at hand, where the first picture's points lie in the second (see Laid)."""

    answers: dict[int, Answer]
    doubtful: dict[int, Matrix]


def confirm(questions: Sequence[Question]) -> list[Answer]:
    """The answers in order. Never raises: what can no longer be read is not the same."""
    answers = {place: _exact(question) for place, question in enumerate(questions) if question.exactly}
    found = glance(questions, decodes=True)
    answers |= found.answers | _looked_closer(questions, found.doubtful)
    return [answers.get(place, Answer(False)) for place in range(len(questions))]


def unconfirmed(questions: Sequence[Question]) -> list[Answer]:
    """For files whose decoder took its process down."""
    return [Answer(False) for _ in questions]


def glance(questions: Sequence[Question], *, decodes: bool = False) -> Glances:
    """What can be said of those whose squares are at hand; with ``decodes``, of those as well whose files can be decoded."""
    pairs = {}
    for place, question in enumerate(questions):
        squares = [_at_hand(picture, decodes) for picture in (question.first, question.second)]
        if not question.exactly and squares[0] is not None and squares[1] is not None:
            pairs[place] = _Pair(question, squares[0], squares[1])
    if not pairs:
        return Glances({}, {})
    laid, same, doubtful = _looked(list(pairs.values()))
    answers = {
        place: _answer(pair.question, laid, number, bool(same[number]))
        for number, (place, pair) in enumerate(pairs.items())
        if not doubtful[number]
    }
    return Glances(answers, {place: laid.places[number] for number, place in enumerate(pairs) if doubtful[number]})


class _Pair(Struct):
    """Two pictures as they are seen for the answer."""

    question: Question
    first: Square
    second: Square


def _at_hand(picture: Picture, decodes: bool) -> Square | None:
    return _square(picture.path, SIDE) if picture.square is None and decodes else picture.square


def _exact(question: Question) -> Answer:
    first = _all_pixels(question.first.path)
    return Answer(first is not None and first == _all_pixels(question.second.path))


def _looked(pairs: Sequence[_Pair]) -> tuple[Laid, Bools, Bools]:
    """How they lie, which are the same, and for which of these it takes a closer look."""
    first, second = _stacked(pairs, "luma")
    (structure, fields), (others, other_fields) = _FIRST.structure(first), _FIRST.structure(second)
    laid = _FIRST.lay(first, second, np.minimum(fields, other_fields) >= LEAST_FIELDS)
    sparse, is_small = laid.spread < SPARSE, np.array([pair.question.is_small for pair in pairs])
    same = _is_same(laid, *_stacked(pairs, "chroma")) & (np.minimum(structure, others) >= LEAST_STRUCTURE)
    same &= ~(is_small & sparse) | ((laid.correlation >= SAME_SPARSE) & (laid.strange <= STRANGE_SPARSE))
    return laid, same, same & ~is_small & (laid.correlation < np.where(sparse, SURE_SPARSE, SURE))


def _looked_closer(questions: Sequence[Question], places: dict[int, Matrix]) -> dict[int, Answer]:
    pairs = {}
    for place in places:
        question = questions[place]
        first, second = _square(question.first.path, CLOSER), _square(question.second.path, CLOSER)
        if first is not None and second is not None:
            pairs[place] = _Pair(question, first, second)
    if not pairs:
        return {}
    asked = list(pairs.values())
    laid = _CLOSER.refine(*_stacked(asked, "luma"), np.stack([places[place] for place in pairs]))
    same = _is_same(laid, *_stacked(asked, "chroma")) & (laid.correlation >= SAME_CLOSER)
    return {place: _answer(questions[place], laid, number, bool(same[number])) for number, place in enumerate(pairs)}


def _stacked(pairs: Sequence[_Pair], name: str) -> tuple[Floats, Floats]:
    first = np.stack([_laid(pair.first[name], pair.question.orientation) for pair in pairs])
    return first.astype(np.float32), np.stack([pair.second[name] for pair in pairs]).astype(np.float32)


def _is_same(laid: Laid, first: Floats, second: Floats) -> Bools:
    """``first`` and ``second``: their chroma as in measuring.square_dtype, (n, 8, 8, 2)."""
    same: Bools = (laid.correlation >= SAME) & (laid.patch <= MOST_PATCH) & (laid.strange <= MOST_STRANGE)
    same &= ~_other_colour(first, second)
    return same


def _answer(question: Question, laid: Laid, place: int, same: bool) -> Answer:
    change = _change(question, laid, place) if same else ""
    return Answer(same, change, float(laid.difference[place]), float(laid.correlation[place]))


def _other_colour(first: Floats, second: Floats) -> Bools:
    without = np.minimum(*(np.abs(chroma).mean(axis=(1, 2, 3)) for chroma in (first, second))) < GREY
    casts = [chroma - chroma.mean(axis=(1, 2), keepdims=True) for chroma in (first, second)]
    return np.asarray(~without & (np.abs(casts[0] - casts[1]).mean(axis=(1, 2, 3)) > OTHER_COLOUR))


def _change(question: Question, laid: Laid, place: int) -> str:
    scale, turn, shift, _ = (float(values[0]) for values in movements(laid.places[place : place + 1]))
    moved = abs(scale) > MOVED or shift > MOVED
    size = question.first.size[::-1] if question.orientation[0] else question.first.size
    said = {
        ORIENTATIONS[question.orientation]: bool(ORIENTATIONS[question.orientation]),
        "turned": abs(turn) > TURNED,
        "cropped or moved": moved,
        "resized": size != question.second.size and not moved,
        "brighter": laid.brighter[place] > BRIGHTER,
        "darker": laid.brighter[place] < -BRIGHTER,
    }
    return ", ".join(word for word, holds in said.items() if holds) or "another encoding"


def _laid(values: npt.NDArray[Any], orientation: Orientation) -> npt.NDArray[Any]:
    transposed, upside_down, left_to_right = orientation
    if transposed:
        values = values.swapaxes(0, 1)
    return values[:: -1 if upside_down else 1, :: -1 if left_to_right else 1]


@lru_cache(maxsize=64)
def _square(path: str, side: int) -> Square | None:
    """None if it cannot be decoded."""
    data, _ = read(path)
    pixels = look(data or b"", "", side).square
    return squares_of(pixels[None])[0] if pixels is not None else None


def _all_pixels(path: str) -> bytes | None:
    """A hash of every pixel, mode and size."""
    data, _ = read(path)
    try:
        picture, size = decoded(data or b"")
    except Exception:  # noqa: BLE001 as in decoding.look; the file has changed since
        return None
    return hashlib.blake2b(repr(size).encode() + picture.tobytes(), digest_size=16).digest()
