import math

import pytest

from vggdoctor import exhibits
from vggdoctor.backbones import RANGES, Mode
from vggdoctor.evidence import (
    Arrival,
    ClassFolder,
    DatasetEvidence,
    InputContract,
    Predictions,
    ProbeEvidence,
    RateRange,
    Split,
    TrainingRun,
)
from vggdoctor.schema import Bars, Histogram, Location, Matrix, PictureRow, Pictures

FIT = Location("train.py", 12, 12)


def contract(**changes: object) -> InputContract:
    fields: dict = {
        "stage": FIT,
        "role": "train",
        "family": "vgg16",
        "tensor": "block1_conv1",
        "pictures": 2,
        "minimum": 0.0,
        "maximum": 1.0,
        "mean": (0.5,),
        "std": (0.1,),
        "edges": (0.0, 0.5, 1.0),
        "counts": ((3, 1),),
        "arrivals": (Arrival(seen="grey", plain="cat", label=0), Arrival(seen="grey", plain="dog", label=1)),
    }
    return InputContract(**(fields | changes))


def run(label: str, *losses: float | None) -> TrainingRun:
    return TrainingRun(stage=FIT, label=label, learning_rate=0.1, losses=losses, chance_loss=math.log(2))


def predictions(labels: tuple[int, ...], answers: tuple[int, ...], classes: int = 2) -> Predictions:
    def counts(of: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(of.count(label) for label in range(classes))

    return Predictions(stage=FIT, predicted=counts(answers), actual=counts(labels), labels=labels, answers=answers)


def test_what_arrives_stands_against_what_the_family_expects() -> None:
    histogram, pictures = exhibits.arriving(contract(), names=("cats", "dogs"))
    assert isinstance(histogram, Histogram) and isinstance(pictures, Pictures)
    assert histogram.expected == RANGES[Mode.CAFFE]
    assert [[(shown.caption, shown.jpeg) for shown in row.pictures] for row in pictures.rows] == [
        [("", "grey"), ("", "grey")],
        [("cats", "cat"), ("dogs", "dog")],
    ]


def rows_of(given: InputContract) -> tuple[PictureRow, ...]:
    (pictures,) = (exhibit for exhibit in exhibits.arriving(given) if isinstance(exhibit, Pictures))
    return pictures.rows


def test_pictures_that_look_as_they_should_are_shown_once() -> None:
    (row,) = rows_of(contract(arrivals=(Arrival(seen="cat", plain="cat"),)))
    assert row.note.endswith("they look as they should")


def test_without_a_family_only_the_pictures_themselves_are_shown() -> None:
    (row,) = rows_of(contract(family="", arrivals=(Arrival(seen="", plain="cat", spread=True, label=3),)))
    assert row.note == "The same pictures, their values spread over all shades"
    assert row.pictures[0].caption == "class 3"
    assert exhibits.arriving(contract(edges=(), arrivals=())) == ()


@pytest.mark.parametrize(
    ("losses", "is_log"),
    [((1.0, 0.5), False), ((10.0, 0.1), True), ((10.0, 0.0), False), ((10.0, None), False), ((None,), False)],
)
def test_the_axis_is_logarithmic_where_small_losses_would_vanish(losses: tuple[float | None, ...], is_log: bool) -> None:
    curve = exhibits.losses("t", {"user": run("user", *losses)})
    assert (curve.y_log, curve.levels, curve.y["user"]) == (is_log, {"guessing": math.log(2)}, losses)


def test_the_range_of_rates_marks_the_rate_that_is_set_first() -> None:
    tested = RateRange(
        stage=FIT, rates=(1e-3, 1e-2, 1e-1), losses=(1.0, 0.8, None), user_rate=5.0, largest_stable=1e-2, steepest=None
    )
    curve = exhibits.rate_range(tested)
    assert curve
    assert list(curve.marks.items()) == [("rate that is set", 5.0), ("largest stable", 1e-2)]
    few = RateRange(stage=FIT, rates=(1e-3,), losses=(1.0,), user_rate=5.0, largest_stable=None, steepest=None)
    assert exhibits.rate_range(few) is None


def test_a_confusion_of_few_classes_is_a_matrix_with_their_names() -> None:
    seen = predictions((0, 0, 1, 1), (0, 1, 1, 1))
    matrix = exhibits.confusion("t", seen, ("cats", "dogs"))
    assert isinstance(matrix, Matrix)
    assert (matrix.names, matrix.counts) == (("cats", "dogs"), ((1, 1), (0, 2)))
    unnamed = exhibits.confusion("t", seen, ("one name too few",))
    assert isinstance(unnamed, Matrix) and unnamed.names == ("class 0", "class 1")
    assert exhibits.confusion("t", Predictions(stage=FIT, predicted=(1, 0), actual=(1, 0))) is None


def test_of_many_classes_the_most_frequent_mistakes_are_listed() -> None:
    labels = tuple(range(20)) * 2
    bars = exhibits.confusion("t", predictions(labels, tuple(0 if label < 3 else label for label in labels), 20))
    assert isinstance(bars, Bars)
    assert bars.bars == {"class 1 taken for class 0": 2.0, "class 2 taken for class 0": 2.0}
    assert exhibits.confusion("t", predictions(labels, labels, 20)) is None


def test_before_and_after_are_drawn_together_where_both_are_there() -> None:
    before = ProbeEvidence(runs=(run("user", 1.0, 0.9), run("rate/10", 1.0)), predictions=(predictions((0, 1), (0, 0)),))
    after = ProbeEvidence(runs=(run("user", 1.0, 0.2),), predictions=(predictions((0, 1), (0, 1)),))
    curve, first, second = exhibits.before_and_after(before, after, ("cats", "dogs"))
    assert curve == exhibits.losses(curve.title, {"before": before.runs[0], "after the fixes": after.runs[0]})
    assert isinstance(first, Matrix) and isinstance(second, Matrix)
    assert (first.counts, second.counts) == (((1, 0), (1, 0)), ((1, 0), (0, 1)))
    assert len(exhibits.before_and_after(before, ProbeEvidence(), ("cats", "dogs"))) == 1


def test_class_folders_are_drawn_where_it_is_clear_which_are_trained_on() -> None:
    def split(role: str, **files: int) -> Split:
        return Split(path=role, role=role, classes=tuple(ClassFolder(name=name, files=count) for name, count in files.items()))

    def drawn(*splits: Split) -> tuple[object, ...]:
        return exhibits.training_folders(DatasetEvidence(splits=splits, pictures=0, examined=0))

    assert drawn(split("train", cats=5, dogs=2, empty=0), split("test", cats=1)) == (
        exhibits.class_counts({"cats": 5, "dogs": 2}),
    )
    assert drawn(split("train", cats=5, dogs=2), split("train", cats=5, dogs=2)) == ()
    assert drawn(split("train", cats=5)) == ()
