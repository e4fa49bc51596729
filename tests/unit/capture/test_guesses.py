from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.capture.pictures import class_folders
from vggdoctor.gather.capture.answers import guesses


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for split in ("train", "valid"):
        class_folders(tmp_path / "set" / split, {"a": 1, "b": 1})
    monkeypatch.chdir(tmp_path)
    order = SimpleNamespace(data=str(tmp_path / "set" / "train"), copy=str(tmp_path), entry="run.py")
    text = "os.path.join(folder, 'train')"
    return SimpleNamespace(order=order, invented={}, places=SimpleNamespace(source=lambda path: text))


CASES = [
    ("train_dir", False, "set/train"),
    ("validation folder", False, "set/valid"),
    ("test images", False, None),
    ("dataset", False, "set"),
    ("epochs", True, "10"),
    ("learning rate", True, "0.001"),
    ("image size", True, "224"),
    ("output path of the model", False, guesses.OUTPUT_NAME),
    ("number of heads", True, None),
    ("secret", False, None),
]


@pytest.mark.parametrize(("wanted", "number", "expected"), CASES)
def test_what_can_be_guessed(session: Any, wanted: str, number: bool, expected: str | None) -> None:
    guess = guesses.of(wanted, session, number)
    assert (guess.text if guess else None) == expected


def test_a_command_line_is_filled_only_where_all_of_it_can_be_guessed(session: Any) -> None:
    script = "import sys\ntrain_dir, epochs = sys.argv[1], int(sys.argv[2])\n"
    assert [guess.text for guess in guesses.of_command_line(script, session)] == ["set/train", "10"]
    assert guesses.of_command_line(script + "mystery = sys.argv[3]\n", session) == []
    assert guesses.of_command_line("print(1)\n", session) == []


def test_numbers_that_were_invented_are_remembered(session: Any) -> None:
    guess = guesses.of("batch size", session, number=True)
    assert guess is not None and guesses.note(guess, session) == "32"
    assert session.invented == {"batch_size": "32"}
