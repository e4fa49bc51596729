"""``vggdoctor fix`` on files as people have them, and the patch that git applies."""

import json
import subprocess
from pathlib import Path

import nbformat
import pytest

from vggdoctor import cli
from vggdoctor.auditing import audit
from vggdoctor.fixing.patch import in_bytes
from vggdoctor.fixing.stored import patch_of
from vggdoctor.options import Options
from vggdoctor.project import Project

TRAIN = """\
# Größe und Rate
from tensorflow import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

generator = ImageDataGenerator(rescale=1.0 / 255, horizontal_flip=True)
train = generator.flow_from_directory("train", target_size=(224, 224), interpolation="bilinear")
base = keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(train, epochs=9)
"""
SELECT = ("--select", "rescale-only-preprocessing,missing-lr-schedule,lossy-resizing")
FORMS = {
    "plain": TRAIN.encode(),
    "carriage returns": TRAIN.replace("\n", "\r\n").encode(),
    "byte order mark": b"\xef\xbb\xbf" + TRAIN.encode(),
    "latin-1": b"# -*- coding: latin-1 -*-\n" + TRAIN.encode("latin-1"),
    "no line end at the end": TRAIN.rstrip().encode(),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fix(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = cli.main(["fix", *words, *SELECT])
    said = capsys.readouterr()
    return status, said.out + said.err


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_shows_the_diff_and_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "train.py").write_text(TRAIN)
    status, said = fix(capsys, ".")
    assert status == 1
    assert "rescale-only-preprocessing" in said
    assert "-generator = ImageDataGenerator(rescale=1.0 / 255, horizontal_flip=True)" in said
    assert (folder / "train.py").read_text() == TRAIN


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS.keys())
def test_what_is_written_keeps_the_form_of_the_file_and_a_second_time_changes_nothing(
    content: bytes, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "train.py"
    file.write_bytes(content)
    assert fix(capsys, "train.py", "--apply", "--backup")[0] == 0
    fixed = file.read_bytes()
    assert (folder / "train.py.orig").read_bytes() == content
    assert b"preprocessing_function" in fixed
    assert b"rescale" not in fixed
    old, new = content.splitlines(keepends=True), fixed.splitlines(keepends=True)
    assert {line for line in old if b"Gr" in line} <= set(new)
    assert fixed.startswith(content[:3])
    assert fixed.endswith(b"\n") == content.endswith(b"\n")
    assert (b"\r\n" in content) == (b"\r\n" in fixed)
    assert all(line.endswith(b"\r\n") for line in new) or b"\r\n" not in content
    assert fix(capsys, "train.py", "--apply", "--backup") == (0, "There is nothing to fix.\n")
    assert file.read_bytes() == fixed
    assert not (folder / "train.py.orig1").exists()


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS.keys())
def test_git_applies_the_patch_in_a_folder_below_its_top(content: bytes, folder: Path) -> None:
    git(folder, "init", "-q")
    project = folder / "sub folder"
    project.mkdir()
    (project / "train.py").write_bytes(content)
    options = Options(path=project, static=True, pictures=False, select=("rescale-only-preprocessing",))
    combined = audit(options).combined_fix
    assert combined is not None
    patch = patch_of(combined, Project(project))
    (folder / "fix.patch").write_bytes(in_bytes(patch, project))
    git(project, "apply", str(folder / "fix.patch"))
    encoding = "latin-1" if b"latin-1" in content else "utf-8"
    assert (project / "train.py").read_bytes() == patch.files["train.py"].encode(encoding)


def test_a_notebook_keeps_its_outputs_and_metadata(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = nbformat.v4.new_output("stream", text="Epoch 1\n")
    cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell(TRAIN, outputs=[output], execution_count=3)]
    book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "mine"}})
    file = folder / "train.ipynb"
    nbformat.write(book, file)
    before = json.loads(file.read_text())
    assert fix(capsys, "train.ipynb", "--apply", "--backup")[0] == 0
    after = json.loads(file.read_text())
    assert "preprocessing_function" in "".join(after["cells"][1]["source"])
    for document in (before, after):
        document["cells"][1].pop("source")
    assert after == before


def test_without_backup_git_must_hold_the_file_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "train.py"
    file.write_text(TRAIN)
    assert fix(capsys, ".", "--apply")[0] == 2
    git(folder, "init", "-q")
    git(folder, "add", "train.py")
    assert fix(capsys, ".", "--apply")[0] == 2
    git(folder, "commit", "-qm", "a")
    file.write_text(TRAIN + "\n")
    status, said = fix(capsys, ".", "--apply")
    assert status == 2
    assert "train.py: git holds no copy" in said
    assert file.read_text() == TRAIN + "\n"
    file.write_text(TRAIN)
    assert fix(capsys, ".", "--apply")[0] == 0
    assert "preprocessing_function" in file.read_text()
    assert not (folder / "train.py.orig").exists()


def test_safe_only_leaves_out_what_a_person_should_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "train.py").write_text(TRAIN.replace(', interpolation="bilinear"', "").replace(", horizontal_flip=True", ""))
    words = ("fix", ".", "--select", "rescale-only-preprocessing,missing-augmentation")
    cli.main([*words])
    everything = capsys.readouterr().out
    cli.main([*words, "--safe-only"])
    safe = capsys.readouterr().out
    assert "+" in safe
    assert ("rotation_range" in everything, "rotation_range" in safe) == (True, False)


def test_where_nothing_is_wrong_nothing_is_fixed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "train.py").write_text("x = 1\n")
    assert fix(capsys, ".") == (0, "There is nothing to fix.\n")


def test_an_audit_writes_the_patch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "train.py").write_text(TRAIN)
    words = ["audit", "train.py", "--static", "--out", "report", "--fail-on", "never", "--format", "json"]
    assert cli.main([*words, "--patch", "fix.patch", *SELECT]) == 0
    git(folder, "apply", "--check", "fix.patch")
    (folder / "train.py").write_text("x = 1\n")
    assert cli.main([*words, "--patch", "none.patch"]) == 0
    assert "no patch was written" in capsys.readouterr().err
    assert not (folder / "none.patch").exists()
