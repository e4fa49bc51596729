"""Opens and decodes one picture, as a loader would have to, but no larger than its measures need."""

from __future__ import annotations

import hashlib
import io
import os

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from PIL import Image, UnidentifiedImageError

from vggdoctor.gather.dataset.facts import FORMATS, MODES, SEEN

SIDE = 64
"""Pixels: JPEG is decoded at the smallest scale of its DCT that is not below this (every byte is still read), and all is measured
at SIDE x SIDE."""

BOMB_PIXELS = 100_000_000
"""Larger pictures are not decoded: 300 MB each as RGB. Pillow itself warns from 89 and refuses from 179 million pixels on."""

OTHER_PROGRAMS = ("EPS", "WMF")
"""Formats that Pillow has another program draw (Ghostscript), which no picture may start."""

DECODED_PIXELS = 40_000_000
"""Most pixels that are held at once, after the codec's own reduction (120 MB as RGB; ours): above it the header must do."""

SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".jpg", ".jpeg", ".mpo"),
    "PNG": (".png",),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "DIB": (".bmp", ".dib"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
}
"""Format as Pillow names it -> the suffixes that tell the truth. MPO is what some cameras write into .jpg files."""

_PROMISING = tuple(suffix for each in SUFFIXES.values() for suffix in each)

DEPTHS = {"1": 1, "I;16": 16, "I": 32, "F": 32}
"""Bits a channel of Pillow's modes; 8 for all others."""

IHDR_DEPTH = 24
"""Where PNG says its bits a sample: Pillow gives 16-bit colour as 8-bit RGB without a word."""
EXIF_ORIENTATION = 274
TIFF_BITS_PER_SAMPLE = 258
Pixels = npt.NDArray[np.uint8]


class Header(Struct):
    """What a file says of itself; the fields are those of PictureFacts."""

    format: int = 0
    mode: int = 0
    depth: int = 0
    orientation: int = 0
    icc: bool = False
    frames: int = 0
    width: int = 0
    height: int = 0


class Look(Struct):
    """One file as it was found: ``square`` is the picture as RGB, SIDE x SIDE, ``pixel_hash`` that of the square; both only where
    it was decoded."""

    header: Header
    bytes: int = 0
    byte_hash: int = 0
    pixel_hash: int = 0
    square: Pixels | None = None
    problem: str = ""

    @property
    def seen(self) -> int:
        return SEEN.index("pixels" if self.square is not None else "header" if self.header.format else "no")


def look(data: bytes, name: str, side: int = SIDE) -> Look:
    """Decode the file called ``name`` (empty: it has none) that holds ``data``, at ``side`` x ``side`` pixels. Never raises."""
    found = Look(Header(), len(data), digest(data))
    if not data:
        found.problem = "empty file (0 bytes)"
        return found
    try:
        with Image.open(io.BytesIO(data)) as picture:
            found.header = _header(picture, data)
            found.problem = _refused(picture.format, found.header)
            if not found.problem and _decode(picture, side):
                found.square = square_of(_as_rgb(_reduced(picture, side)), side)
                found.pixel_hash = digest(found.square.tobytes())
                found.problem = _wrong_suffix(name, picture.format or "")
    except Exception as error:  # noqa: BLE001 Pillow's decoders raise many kinds; each is a fact about the file
        found.problem = _reason(error, opened=found.header.format != 0)
    return found


def peek(data: bytes, name: str) -> Look:
    """The header alone. Never raises; a file that is cut after its header is not noticed."""
    found = Look(Header(), len(data))
    try:
        with Image.open(io.BytesIO(data)) as picture:
            found.header = _header(picture, data)
            found.problem = _refused(picture.format, found.header) or _wrong_suffix(name, picture.format or "")
    except Exception as error:  # noqa: BLE001 as above
        found.problem = _reason(error, opened=False)
    return found


def square_of(picture: Image.Image, side: int) -> Pixels:
    """RGB, side x side: averaged where the picture is larger, smooth where it is smaller.

    Averaged under a triangle: Pillow's BOX counts whole pixels, in turns one and two where 96 become 64, so that a flipped
    picture came out as another one (correlation of the fine structure 0.87 instead of 0.99)."""
    way = Image.Resampling.BILINEAR if min(picture.size) >= side else Image.Resampling.BICUBIC
    return np.asarray(picture.resize((side, side), way))


def digest(data: bytes) -> int:
    """BLAKE2b, 64 bits, never 0: among a million files of one size two differ and agree in it with a chance of 3e-8."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little") or 1


def decoded(data: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """The whole picture as RGB, and its size as stored. Raises what Pillow raises."""
    with Image.open(io.BytesIO(data)) as picture:
        size = picture.size
        picture.load()
        return _as_rgb(picture), size


def _header(picture: Image.Image, data: bytes) -> Header:
    kind, mode = picture.format or "", picture.mode.partition(";")[0] + (";16" if picture.mode.startswith("I;16") else "")
    return Header(
        format=FORMATS.index(kind if kind in FORMATS else "other"),
        mode=MODES.index(mode if mode in MODES else "other"),
        depth=_depth(picture, kind, mode, data),
        orientation=_orientation(picture),
        icc="icc_profile" in picture.info,
        frames=min(getattr(picture, "n_frames", 1), 65_535),
        width=picture.width,
        height=picture.height,
    )


def _depth(picture: Image.Image, kind: str, mode: str, data: bytes) -> int:
    if kind == "PNG" and data[IHDR_DEPTH] == 16:
        return 16
    if kind == "TIFF":
        return int(max(picture.tag_v2.get(TIFF_BITS_PER_SAMPLE, (8,)), default=8))  # type: ignore[attr-defined]
    return DEPTHS.get(mode, 8)


def _orientation(picture: Image.Image) -> int:
    if "exif" not in picture.info:
        return 0
    value = picture.getexif().get(EXIF_ORIENTATION, 0)
    return value if isinstance(value, int) and 1 <= value <= 8 else 0


def _refused(kind: str | None, header: Header) -> str:
    if kind in OTHER_PROGRAMS:
        return f"not decoded: {kind}"
    if header.width * header.height > BOMB_PIXELS:
        return f"not decoded: {header.width} x {header.height} pixels"
    return ""


def _decode(picture: Image.Image, side: int) -> bool:
    """Decode reduced, where that does not take too much memory (a progressive JPEG holds all its coefficients)."""
    stored = picture.width * picture.height
    picture.draft(None, (side, side))
    held = stored if "progressive" in picture.info else picture.width * picture.height
    if held > DECODED_PIXELS:
        return False
    picture.load()
    return True


def _reduced(picture: Image.Image, side: int) -> Image.Image:
    """By a whole factor that leaves its smaller side at ``side`` or more: what follows then costs the same for every codec."""
    factor = min(picture.width, picture.height) // side
    if factor < 2 or picture.mode not in ("L", "RGB", "RGBA", "CMYK"):
        return picture
    return picture.reduce(factor)


def _as_rgb(picture: Image.Image) -> Image.Image:
    """As loaders do; what has more than 8 bits is scaled, not clipped."""
    if picture.mode == "RGB":
        return picture
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        values = np.asarray(picture).astype(np.float32)
        low, high = (0.0, 65_535.0) if picture.mode != "F" else (float(np.nanmin(values)), float(np.nanmax(values)))
        scaled = np.nan_to_num((values - low) * (255.0 / max(high - low, 1e-6)))
        picture = Image.fromarray(scaled.clip(0, 255).astype(np.uint8))
    return picture.convert("RGB")


def _wrong_suffix(name: str, kind: str) -> str:
    if not name:
        return ""
    lower = name.lower()
    if lower.endswith(SUFFIXES.get(kind, ())) or (kind not in SUFFIXES and not lower.endswith(_PROMISING)):
        return ""
    return f"is {kind}, named {os.path.splitext(name)[1].lower() or 'without a suffix'}"


def _reason(error: Exception, opened: bool) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, Image.DecompressionBombError):
        return "not decoded: over 179 million pixels"
    if isinstance(error, MemoryError):
        return "does not decode: takes too much memory"
    if isinstance(error, UnidentifiedImageError):
        return "not a picture that can be decoded"
    if "truncated" in text.lower():
        return f"truncated: {text}"
    return f"does not decode: {text}" if opened else f"does not open: {text}"
