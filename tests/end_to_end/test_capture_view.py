"""A script that loads a large set into one array, run in a real child on a sample, and on all of it where it needs that."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.unit.capture.pictures import class_folders
from vggdoctor.evidence import Model, Pipeline, Recipe, Stage, known
from vggdoctor.gather.capture import Captured, CaptureRequest, capture
from vggdoctor.project import Project
from vggdoctor.schema import Location

pytestmark = pytest.mark.slow

LOADS_ALL = """\
import glob
import keras
import numpy as np
from PIL import Image

files = glob.glob("data/*/*.png")
print("seen:", len(files))
{more}
x = np.array([np.array(Image.open(file).resize((8, 8))) for file in files]) / 255.0
y = np.array([file.split("/")[1] == "b" for file in files]).astype(int)
model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, steps_per_epoch=len(x) // 32)
"""


def run(folder: Path, more: str) -> Captured:
    class_folders(folder / "data", {"a": 1, "b": 1})
    for name in ("a", "b"):
        for index in range(1, 700):
            (folder / "data" / name / f"{index}.png").hardlink_to(folder / "data" / name / "0.png")
    (folder / "train.py").write_text(LOADS_ALL.format(more=more))
    train = msgspec.structs.replace(Pipeline(), held_in_memory=known(True))
    recipe = Recipe(stages=(Stage(place=Location("train.py", 15, 15), model=Model(), train=train),))
    return capture(Project(folder), recipe, CaptureRequest(seconds=90, probe_seconds=0, offline=True))


def test_a_sample_is_enough_and_no_count_is_taken_from_it(tmp_path: Path) -> None:
    captured = run(tmp_path, "")
    assert captured.capture.status == "ok", (captured.capture, captured.output)
    assert "seen: 600" in captured.output
    assert captured.recipe is not None
    stage = captured.recipe.stages[0]
    assert stage.train.held_in_memory.value is True
    assert (stage.train.pictures.known, stage.steps_per_epoch.known, stage.train.array_shape.known) == (False, False, False)
    assert any("sample of the pictures" in notice for notice in captured.notices)


def test_a_script_that_needs_files_out_of_view_is_run_again_on_all(tmp_path: Path) -> None:
    captured = run(tmp_path, "for number in range(700):\n    open(f'data/a/{number}.png').close()")
    assert captured.capture.status == "ok", (captured.capture, captured.output)
    assert "seen: 1400" in captured.output
    assert captured.recipe is not None and captured.recipe.stages[0].train.pictures.value == 1400
    assert any("did not reach fit" in notice and "FileNotFoundError" in notice for notice in captured.notices)
