"""What an observed tensor says about the way that it was normalised.

Each usual way turns pixels of 0..255 into a range of its own. Undoing one on the observed statistics gives pixels back; a way is
plausible if those could be pixels of pictures. Dark, bright and dull pictures leave several ways plausible, never none.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from vggdoctor.backbones import Mode
from vggdoctor.checks.preprocessing.contract import PIXELS, Channels, Fault, arrival, fault_of, overall
from vggdoctor.evidence import InputContract, Role, Step
from vggdoctor.schema import Undetermined

OVERSHOOT = 25.0
"""Pixels may lie so far outside of 0..255: contrast and brightness layers overshoot (ours, a tenth of the range)."""
MINIMUM_STD = 4.0
"""Standard deviation, in pixels, below which a channel shows no picture (ours; photographs have 40 to 70)."""
FULL_COVERAGE, PARTIAL_COVERAGE = 0.9, 0.6
"""Pictures in some number use nearly all of 0..255. A way under which they do wins over ways under which they use less than
PARTIAL_COVERAGE (ours)."""
ENOUGH_PICTURES = 16
"""Fewer pictures may all be dull (ours)."""


def _function(family: str) -> Step:
    return Step(role=Role.NORMALIZATION, operation="preprocess_input", family=family)


def _affine(scale: float, offset: float = 0.0) -> Step:
    return Step(role=Role.NORMALIZATION, operation="affine", scale=scale, offset=offset)


_BY_255, _CAFFE, _SIGNED = _affine(1 / 255), _function("vgg16"), _affine(1 / 127.5, -1.0)
_TORCH = _affine(1 / (255 * 0.226), -0.449 / 0.226)  # the means over the channels: a hand-made standardisation looks the same
WAYS: tuple[tuple[Step, ...], ...] = (
    (),
    (_BY_255,),
    (_SIGNED,),
    (_TORCH,),
    (_CAFFE,),
    (_CAFFE, _BY_255),
    (_BY_255, _CAFFE),
    (_CAFFE, _CAFFE),
    (_SIGNED, _BY_255),
    (_BY_255, _SIGNED),
    (_BY_255, _TORCH),
    (_TORCH, _BY_255),
    (_BY_255, _BY_255),
)
"""The usual ways, right and wrong."""


class Guess(Struct, frozen=True):
    """A way that explains an observed tensor; ``coverage`` is the share of 0..255 that the pictures then use."""

    fault: Fault | None
    coverage: float


def coverage_of(observed: InputContract, values: Channels) -> float | None:
    """The share of 0..255 that the pictures use if pixels of 0..255 became ``values``; None if those cannot be."""
    low, high = overall(values)
    if high <= low:
        return None
    to_pixels = 255 / (high - low)
    darkest, brightest = (observed.minimum - low) * to_pixels, (observed.maximum - low) * to_pixels
    if darkest < -OVERSHOOT or brightest > 255 + OVERSHOOT:
        return None
    spreads = [std * 255 / (top - bottom) for std, (bottom, top) in zip(observed.std, values, strict=False) if top > bottom]
    if max(spreads, default=0.0) < MINIMUM_STD:
        return None
    return min(1.0, (brightest - darkest) / 255)


def guesses(observed: InputContract, mode: Mode) -> list[Guess]:
    """Every usual way that explains the tensor, with the fault that it would be for weights of a mode."""
    found = []
    for steps in WAYS:
        values = arrival(PIXELS[0], steps)
        coverage = coverage_of(observed, values) if values else None
        fault = fault_of(PIXELS[0], steps, mode)
        if coverage is not None and not isinstance(fault, Undetermined):
            found.append(Guess(fault, coverage))
    return found


def best(guesses: Sequence[Guess], pictures: int) -> Guess | None:
    """The one guess that stands out, None if several could be."""
    if len({guess.fault for guess in guesses}) == 1:
        return guesses[0]
    ranked = sorted(guesses, key=lambda guess: -guess.coverage)
    others = [guess.coverage for guess in ranked if guess.fault is not ranked[0].fault] if ranked else []
    clear = others and ranked[0].coverage >= FULL_COVERAGE and others[0] <= PARTIAL_COVERAGE
    return ranked[0] if clear and pictures >= ENOUGH_PICTURES else None
