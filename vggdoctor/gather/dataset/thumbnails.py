"""Small copies of pictures, for people to look at."""

from __future__ import annotations

import base64
import io
import warnings

from PIL import Image, ImageOps

from vggdoctor.gather.dataset.reading import read

SIDE = 112
"""Pixels of the longer side: two of them fit side by side on a phone, and a copy is told from a likeness (ours)."""
MOST = 80
"""Thumbnails of one audit: about 250 KB (ours)."""
LARGEST_FILE = 32 * 2**20
"""Bytes and, in the next line, pixels of what is opened for it (ours)."""
LARGEST_PICTURE = 50_000_000


def thumbnail(path: str) -> str:
    """A JPEG in base64, upright, with the proportions of the picture; empty where it cannot be made. Never raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata
            picture: Image.Image = Image.open(io.BytesIO(read(path, LARGEST_FILE)[0] or b""))
            if picture.width * picture.height > LARGEST_PICTURE:
                return ""
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            picture = ImageOps.exif_transpose(picture).convert("RGB")
            picture.thumbnail((SIDE, SIDE))
            written = io.BytesIO()
            picture.save(written, "JPEG", quality=75, optimize=True)
            return base64.b64encode(written.getvalue()).decode("ascii")
    except Exception:  # noqa: BLE001 Pillow's decoders raise many kinds; what does not decode is listed by the scan itself
        return ""
