from pathlib import Path

import msgspec

from tests.unit.capture.pictures import class_folders
from vggdoctor.evidence import Evaluation, Model, Pipeline, Recipe, Stage, known
from vggdoctor.gather.capture.scratch import Scratch
from vggdoctor.gather.capture.view import pictures_a_folder, sample, uncounted, uncounted_evaluation
from vggdoctor.project import Project
from vggdoctor.schema import Location

PLACE = Location("train.py", 1, 1)


def recipe(**train: object) -> Recipe:
    pipeline = msgspec.structs.replace(Pipeline(), **train)
    return Recipe(stages=(Stage(place=PLACE, model=Model(), train=pipeline),))


def many(folder: Path, count: int) -> None:
    class_folders(folder / "data", {"a": 1, "b": 1})
    for name in ("a", "b"):
        for index in range(1, count):
            (folder / "data" / name / f"{index}.png").hardlink_to(folder / "data" / name / "0.png")


def test_only_large_sets_that_are_held_in_memory_are_sampled(tmp_path: Path) -> None:
    many(tmp_path, 700)
    held = recipe(held_in_memory=known(True))
    assert pictures_a_folder(Project(tmp_path), held) == 300
    assert pictures_a_folder(Project(tmp_path), recipe(picture_loop=PLACE)) == 300
    assert pictures_a_folder(Project(tmp_path), recipe(held_in_memory=known(False))) is None
    many(tmp_path / "small", 10)
    assert pictures_a_folder(Project(tmp_path / "small"), held) is None


def test_the_view_holds_so_many_pictures_of_each_folder_and_all_other_files(tmp_path: Path) -> None:
    many(tmp_path, 50)
    (tmp_path / "data" / "labels.csv").write_text("x")
    scratch = Scratch(Project(tmp_path), 20)
    try:
        assert len(list((scratch.copy / "data" / "a").iterdir())) == 20
        assert (scratch.copy / "data" / "labels.csv").exists()
    finally:
        scratch.remove()


def test_a_sample_keeps_the_shares_of_names() -> None:
    names = [f"cat.{index:03}.jpg" for index in range(300)] + [f"dog.{index:03}.jpg" for index in range(100)]
    shown = sample(names, 40)
    assert (sum(name.startswith("cat") for name in shown), len(shown)) == (30, 40)
    assert sample(names[:5], 40) == set(names[:5])


def test_what_depends_on_the_number_of_pictures_is_taken_back() -> None:
    pipeline = Pipeline(pictures=known(40), class_counts=known({"a": 40}), array_shape=known((40, 8, 8, 3)), classes=known(2))
    stage = Stage(
        place=PLACE,
        model=Model(),
        train=pipeline,
        validation=known(pipeline),
        steps_per_epoch=known(5),
        settings={"validation_steps": 1},
    )
    told = uncounted(stage)
    assert told.validation.value is not None
    for one in (told.train, told.validation.value):
        assert not (one.pictures.known or one.class_counts.known or one.array_shape.known)
        assert "sample" in one.pictures.reason
        assert one.classes.value == 2
    assert not told.steps_per_epoch.known and told.settings == {}
    evaluation = uncounted_evaluation(Evaluation(name="predict", place=PLACE, pipeline=known(pipeline)))
    assert evaluation.pipeline.value is not None and not evaluation.pipeline.value.pictures.known
