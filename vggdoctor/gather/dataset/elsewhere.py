"""Pictures that do not lie as files in folders here: in TFRecord files, or behind a URL (s3://, gs://, ...) that fsspec opens."""

from __future__ import annotations

import os
import re
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from vggdoctor.errors import InputError
from vggdoctor.evidence import BrokenFile, ClassFolder, Split
from vggdoctor.gather.dataset.counting import Census, Walked, printable
from vggdoctor.gather.dataset.folders import Folder, role_of
from vggdoctor.gather.dataset.loaders import ANY
from vggdoctor.gather.dataset.records import Broken, declared, is_record_file, pictures_in

MOST_BYTES = 4 * 2**30
"""Of TFRecord files that are gone through; of larger sets every file gives its part (ours: seconds on a disk)."""

PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("az", "abfs", "abfss", "adl"), "adlfs"),
    "hf": "huggingface_hub",
}
"""What fsspec needs for the kinds of URLs; the packages are no part of vggdoctor[cluster], for each has many others in tow."""

WORDS = re.compile(r"[A-Za-z]+")


class Entry(Struct, frozen=True):
    """A picture, where it is used and what it is a picture of; ``modified``: any number that changes when the picture does."""

    path: str
    split: str
    label: str
    size: int
    modified: int


class Elsewhere(Census):
    """A census of what is not in folders here; ``note`` says what in it is not exact."""

    def __init__(self) -> None:
        super().__init__([])
        self.note = ""

    def take(self, base: Path, entries: Iterator[Entry]) -> None:
        """Put down the entries, split by split in the order in which they come."""
        found: dict[str, dict[str, array[int]]] = {}
        for entry in entries:
            classes = found.setdefault(entry.split, {})
            classes.setdefault(entry.label, array("L")).append(len(self.files))
            self.files.add(entry.path, printable(entry.split), printable(entry.label))
            self.files.sizes[-1], self.files.modified[-1] = entry.size, entry.modified
        for name, classes in found.items():
            role = next((role for word in WORDS.findall(name)[::-1] if (role := role_of(word)) != "unknown"), "unknown")
            folders = tuple(ClassFolder(name=printable(label), files=len(places)) for label, places in sorted(classes.items()))
            split = Split(path=printable(name), role=role, classes=folders)
            self.walked.append(Walked(Folder(base, printable(name), role, ANY), split, dict(sorted(classes.items()))))


def in_records(base: Path) -> Elsewhere:
    """The pictures in the TFRecord files below ``base``. Never raises: what cannot be read is in ``unreadable``."""
    found = Elsewhere()
    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(base) for name in names if is_record_file(name))
    if paths:
        total = sum(map(os.path.getsize, paths))
        found.take(base, _records(found, base, paths, min(1.0, MOST_BYTES / max(total, 1))))
        said = sum(sum(declared(Path(folder)).values()) for folder in {os.path.dirname(path) for path in paths})
        if total > MOST_BYTES or said > len(found.files):
            number = f"{said:,}" if said else f"about {round(len(found.files) * total / MOST_BYTES):,}"
            found.note = f"{len(found.files):,} of {number} pictures in TFRecord files were counted: counts are of these"
        elif not len(found.files):
            found.note = "the TFRecord files hold no encoded pictures that could be found (compressed files are not read)"
    return found


def behind(url: str) -> Elsewhere:
    """The pictures below ``url``: in class folders, or in class folders of folders named as splits.

    Raises InputError if the URL cannot be listed or the library for it is not installed.
    """
    try:
        import fsspec

        system, root = fsspec.url_to_fs(url)
        listing = system.find(root, detail=True)
    except ImportError as error:
        package = PACKAGES.get(url.partition(":")[0], "")
        needed = f"{package} and fsspec" if package else f"fsspec ({error})"
        raise InputError(f'{url} needs {needed}: pip install "vggdoctor[cluster]" {package}'.rstrip()) from error
    except Exception as error:  # each storage raises its own kinds
        raise InputError(f"{url} cannot be listed: {error}") from error
    found = Elsewhere()
    found.take(Path(url), _remote(url, system, root, listing))
    return found


def _records(found: Elsewhere, base: Path, paths: list[str], share: float) -> Iterator[Entry]:
    for path in paths:
        status = os.stat(path)
        left = status.st_size * share
        split = os.path.relpath(path, base).split(".tfrec")[0].replace(os.sep, "/")
        for picture in pictures_in(path):
            if isinstance(picture, Broken):
                found.unreadable.append(BrokenFile(printable(path), picture.reason))
                break
            yield Entry(
                f"{path}#bytes={picture.start}-{picture.end}",
                split,
                picture.label,
                picture.end - picture.start,
                status.st_mtime_ns,
            )
            if picture.end > left:
                break


def _remote(url: str, system: Any, root: str, listing: dict[str, dict[str, Any]]) -> Iterator[Entry]:
    for path, facts in sorted(listing.items()):
        if not ANY.takes(os.path.basename(path)):
            continue
        parts = path.removeprefix(root).strip("/").split("/")[:-1]
        is_split = bool(parts) and role_of(parts[0]) != "unknown"
        split = f"{url.rstrip('/')}/{parts[0]}" if is_split else url.rstrip("/")
        classes = parts[1:] if is_split else parts
        changed = next((facts[name] for name in ("mtime", "LastModified", "updated", "created", "ETag") if facts.get(name)), 0)
        state = zlib.crc32(str(changed).encode()) if changed else 0
        yield Entry(system.unstrip_protocol(path), split, classes[0] if classes else "", int(facts.get("size") or 0), state)
