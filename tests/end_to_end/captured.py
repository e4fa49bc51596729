"""Runs a project once in a real child, with something small in the place of the probe."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.capture.pictures import class_folders, tree_hash
from vggdoctor.evidence import Recipe, Stage
from vggdoctor.gather.capture import Captured, CaptureRequest, capture
from vggdoctor.project import Project

STAND_IN = '''
import numpy as np
from vggdoctor.evidence import ProbeEvidence

def probe(live, seconds, seed, report):
    """Trains for real, so that the restoring is seen, and tells what it was given."""
    before = live.model.get_weights()
    report(ProbeEvidence(skipped={"first": "report"}))
    live.model.fit(live.train, y=live.y, epochs=1, steps_per_epoch=1 if live.y is None else None, verbose=0)
    changed = any(not np.array_equal(old, new) for old, new in zip(before, live.model.get_weights()))
    live.restore()
    same = all(np.array_equal(old, new) for old, new in zip(before, live.model.get_weights()))
    told = {"changed": changed, "restored": same, "layers": len(live.backbone_layers), "validation": live.validation is not None,
            "loss": live.compile_arguments.get("loss"), "seed": seed,
            "rows": len(live.train) if hasattr(live.train, "shape") else None}
    return ProbeEvidence(pretrained=live.pretrained, skipped={name: str(value) for name, value in told.items()}, seconds=0.5)
'''


def line(text: str, source: str) -> int:
    """The number of the first line that holds ``text``."""
    return next(number for number, written in enumerate(source.splitlines(), start=1) if text in written)


def run(
    folder: Path, entry: str, probe_seconds: float = 20, seconds: float = 150, recipe: Recipe | None = None, **more: object
) -> Captured:
    """Capture with the stand-in for the probe, offline; the project must be as before."""
    before = tree_hash(folder)
    request = CaptureRequest(
        entry=entry,
        seconds=seconds,
        probe_seconds=probe_seconds,
        offline=True,
        probe="stand_in:probe",
        **more,  # type: ignore[arg-type]
    )
    shelf = folder.parent / f"{folder.name}-stand-in"
    shelf.mkdir()
    (shelf / "stand_in.py").write_text(STAND_IN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(shelf))
        patch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        captured = capture(Project(folder), recipe or Recipe(), request)
    assert tree_hash(folder) == before
    return captured


def of_script(folder: Path, script: str, **more: object) -> Captured:
    """Capture ``train.py`` with the text ``script`` beside ``data/{train,validation}/{cats,dogs}``."""
    for split, count in (("train", 12), ("validation", 4)):
        class_folders(folder / "data" / split, {"cats": count, "dogs": count})
    (folder / "train.py").write_text(script)
    return run(folder, "train.py", **more)  # type: ignore[arg-type]


def stages(captured: Captured) -> tuple[Stage, ...]:
    """Its stages; the script came to its end."""
    assert captured.capture.status == "ok", (captured.capture, captured.output)
    assert captured.output.rstrip().endswith("reached the end")
    assert captured.recipe is not None
    return captured.recipe.stages
