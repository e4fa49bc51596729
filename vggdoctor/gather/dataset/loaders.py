"""Which files and folders Keras' loaders take (read in the sources of Keras 3.15.1)."""

from __future__ import annotations

from msgspec import Struct


class Loader(Struct, frozen=True):
    """``suffixes`` are ends of lower-case names, with the dot or without as in Keras; ``hidden``: folders whose name starts
    with a dot become classes too."""

    suffixes: tuple[str, ...]
    hidden: bool

    def takes(self, name: str) -> bool:
        return name.lower().endswith(self.suffixes)

    def __or__(self, other: Loader) -> Loader:
        """What either of them takes."""
        return Loader(tuple(dict.fromkeys(self.suffixes + other.suffixes)), self.hidden or other.hidden)

    def is_class(self, name: str) -> bool:
        return self.hidden or not name.startswith(".")


GENERATOR = Loader(("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff"), hidden=True)
"""``ImageDataGenerator.flow_from_directory`` (keras/src/legacy/preprocessing/image.py)."""

DATASET = Loader((".bmp", ".gif", ".jpeg", ".jpg", ".png"), hidden=False)
"""``image_dataset_from_directory`` (keras/src/utils/image_dataset_utils.py)."""

ANY = Loader((".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff"), hidden=False)
"""What either of them takes: for folders that another way of reading, or none that is known, uses."""

PICTURES = (*ANY.suffixes, ".webp", ".jfif", ".jpe", ".heic", ".heif", ".avif", ".jp2", ".dib", ".svg", ".tga", ".dcm", ".dng")
"""Ends of names that people give to pictures, taken by a loader or not."""

LITTER = {"thumbs.db", "desktop.ini", ".ds_store", ".gitkeep", ".gitignore"}
"""Files of operating systems and of git, which nobody takes for pictures."""


def loader_of(function: str) -> Loader:
    """The loader behind the canonical name of a call; ANY for a name that is neither."""
    name = function.rsplit(".", 1)[-1]
    if name == "image_dataset_from_directory":
        return DATASET
    return GENERATOR if name == "flow_from_directory" else ANY
