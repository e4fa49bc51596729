"""Pictures inside TFRecord files, found without TensorFlow: each becomes a file of its own, by where its bytes lie.

A TFRecord file is a row of records: length (8 bytes), a checksum (4), the data, a checksum (4)
(https://www.tensorflow.org/tutorials/load_data/tfrecord). The data are a tf.train.Example in protocol buffers' wire format:
features by name, each a list of bytes, floats or integers (https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

RECORD_FILE = re.compile(r"\.tfrecords?(-\d{5}-of-\d{5})?$|\.tfrec$")
"""As TensorFlow's guides and TensorFlow Datasets name them (``cats-train.tfrecord-00000-of-00004``)."""

LARGEST_RECORD = 256 * 2**20
"""Bytes; a longer record is taken for a broken file."""

LABELS = ("image/class/text", "image/class/label", "label", "class", "label_name", "image/object/class/text")
"""Features that hold the class, as TensorFlow's models, its Datasets and its guides call them, best first."""

PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"RIFF")


class Slice(Struct, frozen=True):
    """A picture in a record file: bytes ``start`` to ``end``, and its class as far as the record tells."""

    start: int
    end: int
    label: str


class Broken(Struct, frozen=True):
    """What cannot be read of a record file from here on."""

    reason: str


def is_record_file(name: str) -> bool:
    return RECORD_FILE.search(name) is not None


def pictures_in(path: str, most: int | None = None) -> Iterator[Slice | Broken]:
    """The pictures of a record file in their order, at most ``most``; records without one are passed over. Never raises."""
    found = 0
    try:
        size = os.path.getsize(path)
        with open(path, "rb") as file:
            while most is None or found < most:
                head = file.read(12)
                if not head:
                    return
                length = struct.unpack("<Q", head[:8])[0] if len(head) == 12 else LARGEST_RECORD + 1
                start = file.tell()
                if length > LARGEST_RECORD or start + length + 4 > size:
                    yield Broken(f"record at byte {start - len(head):,} is cut off or no TFRecord (or compressed)")
                    return
                data = file.read(length)
                file.seek(4, os.SEEK_CUR)
                for picture in _pictures(data, start):
                    found += 1
                    yield picture
    except OSError as error:
        yield Broken(f"not readable: {error.strerror}")


def declared(folder: Path) -> dict[str, int]:
    """Pictures of each split, as TensorFlow Datasets has written them into ``dataset_info.json``; empty where there is none."""
    try:
        info = msgspec.json.decode((folder / "dataset_info.json").read_bytes())
        return {split["name"]: sum(map(int, split.get("shardLengths", []))) for split in info.get("splits", [])}
    except (OSError, msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError):
        return {}


def _pictures(data: bytes, offset: int) -> Iterator[Slice]:
    features = _features(data)
    pictures = [
        (start, end)
        for values in features.values()
        for start, end in values.texts
        if data[start : start + 8].startswith(PICTURE_STARTS)
    ]
    label = next((_text(features[name], data) for name in LABELS if name in features), "")
    for start, end in pictures:
        yield Slice(offset + start, offset + end, label)


class _Values(Struct):
    """Where a feature's texts lie in the record, and its integers."""

    texts: list[tuple[int, int]] = []
    integers: list[int] = []


def _text(values: _Values, data: bytes) -> str:
    if values.texts:
        start, end = values.texts[0]
        return data[start:end].decode("utf-8", "backslashreplace")
    return str(values.integers[0]) if values.integers else ""


def _features(data: bytes) -> dict[str, _Values]:
    """Features by name. A record that is no Example has none."""
    found: dict[str, _Values] = {}
    try:
        for _, start, end in _fields(data, 0, len(data), wanted=1):  # Example.features
            for _, entry, last in _fields(data, start, end, wanted=1):  # Features.feature: a map, by entries
                name = next((data[a:b].decode("utf-8") for _, a, b in _fields(data, entry, last, wanted=1)), "")
                for _, a, b in _fields(data, entry, last, wanted=2):
                    found[name] = _values(data, a, b)
    except (IndexError, UnicodeDecodeError, ValueError):
        return {}
    return found


def _values(data: bytes, start: int, end: int) -> _Values:
    values = _Values()
    for _, first, last in _fields(data, start, end, wanted=1):  # Feature.bytes_list
        values.texts += [(a, b) for _, a, b in _fields(data, first, last, wanted=1)]
    for _, first, last in _fields(data, start, end, wanted=3):  # Feature.int64_list
        for wire, a, b in _fields(data, first, last, wanted=1):
            place = a
            while place < b:
                number, place = _varint(data, place)
                values.integers.append(number)
                if wire == 0:
                    break
    return values


def _fields(data: bytes, start: int, end: int, wanted: int) -> Iterator[tuple[int, int, int]]:
    """Fields numbered ``wanted`` of a message: wire type, begin and end of their value. Raises IndexError and ValueError."""
    place = start
    while place < end:
        tag, place = _varint(data, place)
        wire, begin = tag & 7, place
        if wire == 0:
            _, place = _varint(data, place)
        elif wire in (1, 5):
            place += 8 if wire == 1 else 4
        elif wire == 2:
            length, begin = _varint(data, place)
            place = begin + length
        else:
            raise ValueError(f"wire type {wire}")
        if place > end:
            raise ValueError("field is longer than its message")
        if tag >> 3 == wanted:
            yield wire, begin, place


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """The number at ``place``, and where it ends."""
    number = shift = 0
    while True:
        byte = data[place]
        number |= (byte & 127) << shift
        place += 1
        if byte < 128:
            return number, place
        shift += 7
        if shift > 63:
            raise ValueError("number is too long")
