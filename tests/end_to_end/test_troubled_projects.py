"""Projects that cannot be audited in full end with a report that says why, or with one clear line, in bounded time."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vggdoctor import AuditResult, Options, audit
from vggdoctor.cli import main
from vggdoctor.errors import InputError

LEARNS = """
import keras
train = keras.utils.image_dataset_from_directory("pictures", image_size=(32, 32), label_mode="categorical")
model = keras.Sequential([
    keras.layers.Rescaling(1 / 127.5, offset=-1),
    keras.layers.Conv2D(4, 3, activation="relu"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(2, activation="softmax"),
])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
"""
FIT = "model.fit(train, epochs=3)\n"


def make(folder: Path, script: str) -> Path:
    """A project of one script and two classes of six pictures, one of which is cut short."""
    random = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (folder / "pictures" / name).mkdir(parents=True)
        for number in range(6):
            picture = Image.fromarray(random.integers(0, 256, (40, 40, 3), dtype=np.uint8))
            picture.save(folder / "pictures" / name / f"{number}.png")
    (folder / "train.py").write_text(script)
    return folder


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files)).hexdigest()


def audited(folder: Path, budget: float = 60) -> AuditResult:
    before = digest(folder)
    result = audit(Options(path=folder, budget=budget))
    assert digest(folder) == before
    return result


def failed_outcomes(result: AuditResult) -> set[str]:
    return {finding.check for finding in result.findings()}


def test_a_folder_without_python_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("no code")
    with pytest.raises(InputError, match="no Python script and no notebook"):
        audit(Options(path=tmp_path))
    assert main(["audit", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_syntax_error_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    result = audited(make(tmp_path / "p", LEARNS + FIT + "print 'done'\n"))
    assert result.gather["source"].status == "partial"
    assert "train.py" in result.gather["source"].reason
    assert result.gather["capture"].status == "failed"
    assert "missing-augmentation" in failed_outcomes(result)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("import sys; sys.exit(3)\n", "ended itself with exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n", "SIGKILL"),
        ("import a_module_that_nobody_has\n", "a_module_that_nobody_has"),
        ("while True: pass\n", "time"),
    ],
    ids=["exits before fit", "kills itself", "lacks a module", "never ends"],
)
def test_a_script_that_does_not_reach_fit_is_still_read(tmp_path: Path, ending: str, said: str) -> None:
    result = audited(make(tmp_path / "p", "import os\nif os.listdir('.'):\n    " + ending + LEARNS + FIT), budget=30)
    capture = result.gather["capture"]
    assert capture.status == "failed"
    assert said in capture.reason
    assert "missing-augmentation" in failed_outcomes(result)


@pytest.mark.slow
def test_a_broken_picture_is_listed(tmp_path: Path) -> None:
    folder = make(tmp_path / "p", LEARNS + FIT)
    whole = (folder / "pictures/cats/0.png").read_bytes()
    (folder / "pictures/cats/0.png").write_bytes(whole[: len(whole) // 2])
    result = audit(Options(path=folder, static=True))
    (data,) = (section for section in result.sections if section.title == "Data set")
    assert any("cats/0.png" in row.name for row in data.rows)
    assert audited(folder).outcomes
