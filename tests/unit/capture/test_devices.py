import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from vggdoctor.gather.capture.answers import devices
from vggdoctor.gather.capture.places import Places

CASES = {
    "gpus = listed('GPU')\nassert len(gpus) > 0\n": True,
    "gpus = listed('GPU')\nset_memory_growth(gpus[0], True)\n": True,
    "set_memory_growth(listed('GPU')[0], True)\n": True,
    "gpus = listed('GPU')\nif gpus:\n    set_memory_growth(gpus[0], True)\n": False,
    "gpus = listed('GPU')\ntry:\n    set_memory_growth(gpus[0], True)\nexcept IndexError:\n    pass\n": False,
    "gpus = listed('GPU')\nprint(len(gpus))\n": False,
}


@pytest.mark.parametrize("script", CASES)
def test_a_script_that_asks_is_told_the_truth(tmp_path: Path, script: str) -> None:
    file = tmp_path / "train.py"
    file.write_text(script)
    session = SimpleNamespace(places=Places(str(tmp_path)))
    answers: list[bool] = []

    def listed(kind: str) -> list[str]:
        answers.append(devices._is_certain(session, sys._getframe(1)))  # type: ignore[arg-type]
        return ["one"]

    exec(compile(script, str(file), "exec"), {"listed": listed, "set_memory_growth": print})
    assert answers == [CASES[script]]
