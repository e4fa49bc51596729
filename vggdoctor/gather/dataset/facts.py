"""What the scan knows of each file: one row of a table, whose memory does not depend on the size of the pictures."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from msgspec import Struct

if TYPE_CHECKING:
    import pandas as pd

Seen = Literal["no", "header", "pixels"]
SEEN: tuple[Seen, ...] = ("no", "header", "pixels")
FORMATS = ("", "JPEG", "MPO", "PNG", "GIF", "BMP", "PPM", "TIFF", "WEBP", "other")
MODES = ("", "1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16", "other")
"""As Pillow names them (I;16 in every byte order); the table stores the place in these tuples."""

ROW = np.dtype(
    [
        ("seen", "u1"),
        ("format", "u1"),
        ("mode", "u1"),
        ("depth", "u1"),
        ("orientation", "u1"),
        ("icc", "?"),
        ("frames", "u2"),
        ("width", "u4"),
        ("height", "u4"),
        ("bytes", "u8"),
        ("byte_hash", "u8"),
        ("pixel_hash", "u8"),
        ("fingerprint", "i1", (64,)),
        ("brightness", "f4"),
        ("contrast", "f4"),
        ("sharpness", "f4"),
        ("entropy", "f4"),
        ("dark", "f4"),
        ("light", "f4"),
        ("mean", "f4", (3,)),
        ("std", "f4", (3,)),
        ("greyness", "f4"),
    ]
)
"""One file; the fields are those of :class:`PictureFacts`."""


class Rows(Struct):
    """Rows of some files in their order, and the problem of each place among them that has one. ``squares``: what copies are told
    by (dtype measuring.SQUARE, as many as rows), where it was asked for."""

    table: npt.NDArray[np.void]
    problems: dict[int, str]
    squares: npt.NDArray[np.void] | None = None

    def take(self, places: npt.NDArray[np.intp]) -> Rows:
        """The rows at ``places``, in that order."""
        problems = {new: self.problems[int(old)] for new, old in enumerate(places) if int(old) in self.problems}
        return Rows(self.table[places], problems)


class PictureFacts(Struct, kw_only=True, frozen=True):
    """One file.

    ``seen``: "pixels" where it was decoded, "header" where only its header was read, "no" where time or sample did not reach
    it or it could not be opened. ``problem``: why it cannot be used as a picture, empty where it can.

    Of the header: ``format`` and ``mode`` as Pillow names them, ``width`` and ``height`` in pixels as stored, ``depth`` in bits a
    channel, EXIF ``orientation`` (1 to 8; 0: none), ``icc``: an embedded colour profile, ``frames`` of an animation.

    Of the file: ``bytes``, ``byte_hash`` (BLAKE2b, 64 bits, of all bytes; 0: not read).

    Of the pixels, measured on the picture as decoded at a reduced scale (no side under 64 pixels unless the picture's is) and
    as RGB, 0 to 255: ``pixel_hash`` (BLAKE2b, 64 bits, at 64 x 64), ``perceptual_hash`` (signs of 64 low frequencies of its
    discrete cosine transform, 16 hexadecimal digits), ``brightness`` (mean luma, Rec. 601), ``contrast`` (its standard
    deviation), ``dark`` and ``light`` (luma at the 99 and 5 % quantiles: a picture is dark where even the lightest parts are),
    ``sharpness`` (standard deviation of the Laplacian of luma), ``entropy`` (bits, of the histogram of luma in 256 steps),
    ``mean`` and ``std`` of red, green and blue, ``greyness`` (largest minus smallest channel, where that is most; 0: grey).
    """

    path: str
    split: str
    label: str
    seen: Seen
    problem: str
    format: str
    mode: str
    width: int
    height: int
    depth: int
    orientation: int
    icc: bool
    frames: int
    bytes: int
    byte_hash: str
    pixel_hash: str
    perceptual_hash: str
    brightness: float
    contrast: float
    sharpness: float
    entropy: float
    dark: float
    light: float
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    greyness: float


class Files:
    """The files to look at, each with its split and its class, in columns: 1.3 million of them are to fit in memory.

    ``paths`` as they can be opened (a local path or a URL of fsspec). ``sizes`` (bytes) and ``modified`` (nanoseconds) are filled
    in by whoever lists the files, 0 where unknown.
    """

    def __init__(self) -> None:
        self.splits: list[str] = []
        self.labels: list[str] = []
        self.paths: list[str] = []
        self.split = array("L")
        self.label = array("L")
        self.sizes = array("Q")
        self.modified = array("Q")
        self._splits: dict[str, int] = {}
        self._labels: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.paths)

    def add(self, path: str, split: str, label: str, status: os.stat_result | None = None) -> None:
        """One more file; ``split`` is :attr:`vggdoctor.evidence.Split.path` and ``label`` the name of the class."""
        self.paths.append(path)
        self.split.append(_place(split, self.splits, self._splits))
        self.label.append(_place(label, self.labels, self._labels))
        self.sizes.append(status.st_size if status else 0)
        self.modified.append(status.st_mtime_ns if status else 0)


class Facts:
    """What is known of every file of ``files``, in their order: ``rows`` has the dtype ROW and shape (files,). ``squares``, of
    the dtype measuring.SQUARE: of sets that are not too large, so that they need not be decoded again to be compared."""

    def __init__(self, files: Files, rows: npt.NDArray[np.void], problems: dict[int, str]) -> None:
        self.files = files
        self.rows = rows
        self.problems = problems
        self.squares: npt.NDArray[np.void] | None = None

    def put(self, places: npt.NDArray[np.intp], rows: Rows) -> None:
        """What was found out of the files at ``places``."""
        self.rows[places] = rows.table
        for place, problem in rows.problems.items():
            self.problems[int(places[place])] = problem
        if rows.squares is not None:
            if self.squares is None:
                self.squares = np.zeros(len(self), rows.squares.dtype)
            self.squares[places] = rows.squares

    def square(self, index: int) -> np.void | None:
        """None where the file has to be decoded for it."""
        square = None if self.squares is None else self.squares[index]
        return square if square is not None and square["is_known"] else None

    def take(self, places: npt.NDArray[np.intp]) -> Rows:
        return Rows(self.rows, self.problems).take(places)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[PictureFacts]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> PictureFacts:
        row, files = self.rows[index], self.files
        return PictureFacts(
            path=files.paths[index],
            split=files.splits[files.split[index]],
            label=files.labels[files.label[index]],
            seen=SEEN[row["seen"]],
            problem=self.problems.get(index, ""),
            format=FORMATS[row["format"]],
            mode=MODES[row["mode"]],
            width=int(row["width"]),
            height=int(row["height"]),
            depth=int(row["depth"]),
            orientation=int(row["orientation"]),
            icc=bool(row["icc"]),
            frames=int(row["frames"]),
            bytes=int(row["bytes"]),
            byte_hash=f"{row['byte_hash']:016x}",
            pixel_hash=f"{row['pixel_hash']:016x}",
            perceptual_hash=np.packbits(row["fingerprint"] > 0).tobytes().hex(),
            brightness=float(row["brightness"]),
            contrast=float(row["contrast"]),
            sharpness=float(row["sharpness"]),
            entropy=float(row["entropy"]),
            dark=float(row["dark"]),
            light=float(row["light"]),
            mean=_three(row["mean"]),
            std=_three(row["std"]),
            greyness=float(row["greyness"]),
        )

    def frame(self) -> pd.DataFrame:
        """One row a file, columns as in PictureFacts (mean and std as ``mean_red`` ...; hashes as unsigned integers)."""
        import pandas as pd  # here: half a second that an audit without tables need not wait

        files = self.files
        columns: dict[str, object] = {
            "path": files.paths,
            "split": pd.Categorical.from_codes(np.asarray(files.split), files.splits),
            "label": pd.Categorical.from_codes(np.asarray(files.label), files.labels),
            "seen": pd.Categorical.from_codes(self.rows["seen"], list(SEEN)),
            "format": pd.Categorical.from_codes(self.rows["format"], list(FORMATS)),
            "mode": pd.Categorical.from_codes(self.rows["mode"], list(MODES)),
        }
        for name in ROW.names or ():
            if name in ("mean", "std"):
                columns |= {f"{name}_{colour}": self.rows[name][:, n] for n, colour in enumerate(("red", "green", "blue"))}
            elif name not in columns and name != "fingerprint":
                columns[name] = self.rows[name]
        frame = pd.DataFrame(columns)
        frame["problem"] = pd.Series(self.problems, dtype=object).reindex(frame.index).fillna("")
        return frame


def _place(name: str, names: list[str], places: dict[str, int]) -> int:
    if name not in places:
        places[name] = len(names)
        names.append(name)
    return places[name]


def _three(values: npt.NDArray[np.float32]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
