"""Pictures that are dark, light, blurred, plain, grey or of an odd size, from what was measured of them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from vggdoctor.gather.dataset.facts import SEEN, Facts

Oddity = Literal["dark", "light", "blurred", "plain", "grey", "odd size"]

DARKEST_LIGHT = 82
"""Grey levels: nothing but 1 % of the picture is lighter (0.32 of 255, as in CleanVision 0.3)."""

LIGHTEST_DARK = 243
"""Grey levels: 5 % of the picture, or less, are darker (0.95 of 255)."""

SHARP = 0.12
"""Standard deviation of the Laplacian over that of luma, at 64 x 64 pixels. Measured on 582 photographs about 400 pixels wide:
0.122 and more, all but one 0.144 and more, half of them over 0.53; the same ones blurred with a radius of 12 pixels 0.18 and
less, 16 pixels 0.116 and less."""

PLAIN_ENTROPY = 0.2
"""Bits, of 8. One colour has 0, the thinnest of 2,770 instruments on white 0.25 (ours)."""

GREY = 0.05
"""Difference of the channels over the standard deviation of luma, where it is largest: a grey picture that was saved in colour
has a little from rounding; a faded one shows little colour, but little of anything else either (ours)."""

ODD = 4.0
"""Times or parts of the median side (geometric mean of width and height)."""

Marks = npt.NDArray[np.bool_]


def oddities(facts: Facts) -> dict[Oddity, Marks]:
    """Which of the files are so, (files,) each; False for those that were not decoded."""
    rows = facts.rows
    seen = rows["seen"] == SEEN.index("pixels")
    side = np.sqrt(rows["width"].astype(float) * rows["height"])
    median = float(np.median(side[seen])) if seen.any() else 1.0
    structured = rows["entropy"] >= PLAIN_ENTROPY
    return {
        "dark": seen & (rows["dark"] < DARKEST_LIGHT),
        "light": seen & (rows["light"] > LIGHTEST_DARK),
        "blurred": seen & structured & (rows["sharpness"] < SHARP * rows["contrast"]),
        "plain": seen & ~structured,
        "grey": seen & (rows["greyness"] <= GREY * rows["contrast"]),
        "odd size": seen & ((side > ODD * median) | (side < median / ODD)),
    }
