from __future__ import annotations

import io
import json
import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.benchmarks.pictures.planting import draw_photographs, photograph
from vggdoctor.errors import InputError
from vggdoctor.evidence import DatasetEvidence, Recipe
from vggdoctor.gather.dataset import crew, scan
from vggdoctor.gather.dataset.alike import alike
from vggdoctor.gather.dataset.elsewhere import behind, in_records
from vggdoctor.gather.dataset.examine import examine
from vggdoctor.project import Project
from vggdoctor.schema import GatherReport

fsspec = pytest.importorskip("fsspec")


def varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def record(**features: bytes | int) -> bytes:
    """One tf.train.Example as a TFRecord, its checksums left at zero."""
    entries = b""
    for name, value in features.items():
        values = field(1, field(1, value)) if isinstance(value, bytes) else field(3, field(1, varint(value)))
        entries += field(1, field(1, name.encode()) + field(2, values))
    data = field(1, entries)
    return struct.pack("<Q", len(data)) + bytes(4) + data + bytes(4)


def encoded(seed: int) -> bytes:
    target = io.BytesIO()
    photograph(seed).save(target, "JPEG")
    return target.getvalue()


def scanned(root: Path, data: Path | None = None, url: str = "") -> tuple[DatasetEvidence | None, GatherReport]:
    return scan(Project(root), Recipe(), data, 60, url=url)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Two splits of TFRecords; one picture is in both."""
    folder = tmp_path / "pets" / "1.0.0"
    folder.mkdir(parents=True)
    for split, seeds in {"train": (1, 2, 3, 4), "test": (5, 2)}.items():
        data = b"".join(record(image=encoded(seed), label=seed % 2, file=b"x.jpg") for seed in seeds)
        (folder / f"pets-{split}.tfrecord-00000-of-00001").write_bytes(data)
    return tmp_path


def test_pictures_in_tfrecords_are_counted_by_split_and_class_and_compared(records: Path) -> None:
    evidence, report = scanned(records)
    assert evidence is not None
    assert report.status == "ok"
    assert {split.role: {one.name: one.files for one in split.classes} for split in evidence.splits} == {
        "train": {"0": 2, "1": 2},
        "test": {"0": 1, "1": 1},
    }
    assert evidence.examined == 6
    assert evidence.broken == ()
    files = in_records(records).files
    assert [pair.kind for pair in alike(examine(files))] == ["same bytes"]


def test_the_rest_of_a_cut_record_file_is_broken_and_what_is_before_counts(records: Path) -> None:
    (file,) = records.rglob("pets-train*")
    file.write_bytes(file.read_bytes()[:-100])
    found = in_records(records)
    assert len(found.files) == 5
    assert "cut off" in found.unreadable[0].reason


@pytest.mark.parametrize("data", [b"\x1f\x8b compressed records", struct.pack("<Q", 8) + bytes(4) + b"\xff" * 8 + bytes(4), b""])
def test_what_is_no_tfrecord_is_said_and_never_raises(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "train.tfrecord").write_bytes(data)
    found = in_records(tmp_path)
    assert len(found.files) == 0
    assert "no encoded pictures" in found.note


def test_where_fewer_pictures_were_read_than_tensorflow_datasets_declares_it_is_said(records: Path) -> None:
    info = {"splits": [{"name": "train", "shardLengths": ["900"]}, {"name": "test", "shardLengths": ["100"]}]}
    next(records.rglob("pets-train*")).with_name("dataset_info.json").write_text(json.dumps(info))
    _, report = scanned(records)
    assert report.status == "partial"
    assert "6 of 1,000 pictures" in report.reason


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_pictures_behind_a_url_are_scanned_as_if_they_lay_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    local = tmp_path / "pictures"
    for split, count in {"train": 6, "validation": 4}.items():
        draw_photographs(local / split, count)
    (local / "train" / "cats" / "broken.jpg").write_bytes(b"no picture")
    (local / "train" / "cats" / "notes.txt").write_text("not a picture")
    url = f"file://{local}"
    if kind == "memory":
        monkeypatch.setattr(crew, "_pool", ThreadPoolExecutor)  # other processes have a memory of their own
        memory = fsspec.filesystem("memory")
        memory.put(str(local), "/bucket", recursive=True)
        url = "memory://bucket"
    (tmp_path / "project").mkdir()
    evidence, _ = scanned(tmp_path / "project", url=url)
    assert evidence is not None
    assert {split.role: split.pictures for split in evidence.splits} == {"train": 7, "validation": 4}
    assert [file.path.rpartition("/")[2] for file in evidence.broken] == ["broken.jpg"]
    assert evidence.examined == 11


@pytest.mark.parametrize(
    ("url", "package"), [("s3://b/x", "s3fs"), ("gs://b/x", "gcsfs"), ("gcs://b/x", "gcsfs"), ("abfs://b/x", "adlfs")]
)
def test_the_package_that_a_url_needs_is_named(monkeypatch: pytest.MonkeyPatch, url: str, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf'{package} and fsspec: pip install "vggdoctor\[cluster\]" {package}$'):
        behind(url)


def test_a_url_that_nothing_opens_is_refused() -> None:
    with pytest.raises(InputError, match="nosuch://"):
        behind("nosuch://bucket/pictures")
