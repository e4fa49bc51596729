"""Small picture sets on disk, and recipes that read them, for the tests of the scan."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter

from vggdoctor.evidence import Call, DatasetEvidence, Evaluation, Model, Pipeline, Recipe, SourceKind, Stage, known
from vggdoctor.gather.dataset import scan
from vggdoctor.project import Project
from vggdoctor.schema import Location

DATASET = "keras.utils.image_dataset_from_directory"
GENERATOR = ".flow_from_directory"


def at(line: int) -> Location:
    return Location("train.py", line, line)


def photograph(seed: int, size: tuple[int, int] = (120, 90)) -> Image.Image:
    """Smooth random patches of colour: unlike any other, as photographs are."""
    chance = random.Random(seed)
    small = Image.new("RGB", (12, 9))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(12 * 9)])
    return small.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))


def write(path: Path, seed: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    photograph(seed).save(path, quality=92)
    return path


def pipeline(directory: str, loader: str = GENERATOR, line: int = 1, **fields: Any) -> Pipeline:
    """What a loader of Keras gives, with the defaults of its arguments."""
    usual: dict[str, Any] = {
        "kind": known(SourceKind.DIRECTORY),
        "directory": known(directory, at(line)),
        "loader": Call(function=loader, place=at(line)),
        "subset": known(None),
        "validation_split": known(None),
        "seed": known(None),
        "shuffle": known(True),
    }
    return Pipeline(**(usual | fields))


def recipe(train: Pipeline, validation: Pipeline | None = None, test: Pipeline | None = None) -> Recipe:
    evaluations = () if test is None else (Evaluation(name="evaluate", place=at(9), pipeline=known(test), stage=0),)
    stage = Stage(place=at(8), model=Model(), train=train, validation=known(validation))
    return Recipe(stages=(stage,), evaluations=evaluations)


def scanned(root: Path, read: Recipe) -> DatasetEvidence:
    evidence, report = scan(Project(root), read, None, 60)
    assert evidence is not None, report.reason
    return evidence
