from __future__ import annotations

from typing import Any

import pytest
from training_recipes import FIT, LOADER, array_pipeline, at, evidence, folder, generator_pipeline, stage

from vggdoctor.checks.data import InMemoryDataset
from vggdoctor.evidence import Call, Evidence, known, unknown
from vggdoctor.schema import Bars, Confidence, Finding, LoadInBatches, NotApplicable, Severity, Undetermined

CHECK = InMemoryDataset()
PICTURE = 224 * 224 * 3 * 8
GB = 10**9


def found(given: Evidence) -> Finding:
    (said,) = CHECK.detect(given)
    assert isinstance(said, Finding)
    return said


def loop(**fields: Any) -> Any:
    return array_pipeline(directory=known("dataset"), **fields)


def test_bytes_are_of_the_whole_folder_not_of_the_part_that_trains() -> None:
    train = loop(pictures=known(40), array_shape=known((40, 224, 224, 3)))
    finding = found(evidence(stage(train), dataset=folder("dataset", "unknown", covid=25, normal=25), machine_memory=16 * GB))
    assert finding.severity is Severity.NOTE
    assert finding.measured["the array"].value == 50 * PICTURE
    assert finding.message == (
        "All 50 pictures are read into one array before training: 60.2 MB, about 120 MB at the peak of 16 GB in this machine."
    )
    assert [place.line for place in finding.locations] == [5, 50]
    (bars,) = finding.exhibits
    assert isinstance(bars, Bars)
    assert bars.bars["this machine"] == 16.0


@pytest.mark.parametrize(
    ("memory", "severity"),
    [(2 * 1000 * PICTURE - 1, Severity.ERROR), (10 * 1000 * PICTURE, Severity.WARNING), (11 * 1000 * PICTURE, Severity.NOTE)],
)
def test_severity_grows_with_the_share_of_memory(memory: int, severity: Severity) -> None:
    given = evidence(stage(loop()), dataset=folder("dataset", "unknown", a=500, b=500), machine_memory=memory)
    assert found(given).severity is severity


def test_without_the_machines_memory_a_gibibyte_is_a_warning() -> None:
    for pictures, severity in ((800, Severity.NOTE), (900, Severity.WARNING)):
        assert found(evidence(stage(loop()), dataset=folder("dataset", "unknown", a=pictures))).severity is severity


def test_rows_for_training_and_validation_add_up_where_no_folder_is_known() -> None:
    validation = array_pipeline(pictures=known(200))
    train = array_pipeline(pictures=known(800))
    assert found(evidence(stage(train, validation=known(validation)))).measured["pictures"].value == 1000


def test_without_counts_it_says_what_one_picture_takes() -> None:
    finding = found(evidence(stage(array_pipeline())))
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.MEDIUM)
    assert "1.2 MB a picture, so 12 GB for 10,000" in finding.message
    vague = found(evidence(stage(array_pipeline(array_dtype=unknown("?")))))
    assert "at least 151 kB a picture" in vague.message


@pytest.mark.parametrize(
    ("train", "answer"),
    [
        (generator_pipeline(), None),
        (generator_pipeline(held_in_memory=known(True), picture_loop=at(5)), NotApplicable),
        (array_pipeline(held_in_memory=unknown("a function of another module")), Undetermined),
        (
            array_pipeline(picture_loop=None, loader=Call(function="keras.datasets.cifar10.load_data", place=LOADER)),
            NotApplicable,
        ),
        (array_pipeline(picture_loop=None, array_shape=known((100, 32, 32, 3))), None),
        (array_pipeline(array_shape=known((2000, 4, 4, 512))), NotApplicable),
    ],
    ids=["a generator", "features of a generator", "not known", "a ready-made set", "small arrays from elsewhere", "features"],
)
def test_no_alarm(train: Any, answer: type | None) -> None:
    said = list(CHECK.detect(evidence(stage(train), machine_memory=16 * GB)))
    assert [type(item) for item in said] == ([] if answer is None else [answer])


def test_large_arrays_from_elsewhere_are_reported_but_not_rewritten() -> None:
    train = array_pipeline(picture_loop=None, array_shape=known((5000, 224, 224, 3)))
    given = evidence(stage(train), machine_memory=16 * GB)
    assert found(given).severity is Severity.WARNING
    assert CHECK.fix(found(given), given) is None


def test_the_loop_is_turned_into_batches() -> None:
    given = evidence(stage(loop()))
    repair = CHECK.fix(found(given), given)
    assert repair is not None
    assert repair.changes == (LoadInBatches(at(5), FIT),)
