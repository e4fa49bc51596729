"""Evidence that a plot shows better than a sentence; numbers only, the report draws them."""

from __future__ import annotations

from msgspec import Struct


class Histogram(Struct, frozen=True, tag="histogram"):
    """Counts of values in bins; ``edges`` has one entry more than each of ``counts`` (one row a series, say a channel).

    ``expected`` is the range that should have been met, in the unit of ``edges``.
    """

    title: str
    unit: str
    edges: tuple[float, ...]
    counts: dict[str, tuple[float, ...]]
    expected: tuple[float, float] | None = None
    expected_label: str = ""


class Curve(Struct, frozen=True, tag="curve"):
    """Lines over a shared horizontal axis; ``None`` marks a value that was not finite.

    ``marks`` are vertical lines, ``levels`` horizontal ones, each with its label.
    """

    title: str
    x_label: str
    y_label: str
    x: dict[str, tuple[float, ...]]
    y: dict[str, tuple[float | None, ...]]
    x_log: bool = False
    y_log: bool = False
    marks: dict[str, float] = {}
    levels: dict[str, float] = {}


class Bars(Struct, frozen=True, tag="bars"):
    """One bar a name, for example pictures a class."""

    title: str
    unit: str
    bars: dict[str, float]


class Shown(Struct, frozen=True):
    """One picture. ``path`` is its file, empty where it is none; ``caption`` says what it is (its class, its split); ``jpeg`` is
    a small copy of it, a JPEG in base64, upright and with the proportions of the original, empty where there is none."""

    path: str
    caption: str = ""
    jpeg: str = ""


class PictureRow(Struct, frozen=True):
    """Pictures to be seen side by side; ``note`` says what they have in common, or what is wrong with the one."""

    pictures: tuple[Shown, ...]
    note: str = ""


class Pictures(Struct, frozen=True, tag="pictures"):
    """Pictures that a finding speaks of. ``total`` is the number of rows that there are; not all need be among ``rows``."""

    title: str
    rows: tuple[PictureRow, ...]
    total: int


class Matrix(Struct, frozen=True, tag="matrix"):
    """``counts[i][j]`` of ``names[i]`` as ``names[j]``. ``rows`` and ``columns`` say what they stand for."""

    title: str
    rows: str
    columns: str
    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


Exhibit = Histogram | Curve | Bars | Pictures | Matrix
