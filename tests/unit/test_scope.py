"""Which part of a project counts: for the audit, and for one finding."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from outcomes import outcome

from vggdoctor.evidence import Evidence, Recipe, SourceFile
from vggdoctor.gather.source import read
from vggdoctor.project import Project
from vggdoctor.schema import Location, Severity, Status
from vggdoctor.scope import Surroundings, focus, with_severities

TRAIN = """\
from tensorflow import keras

train = keras.utils.image_dataset_from_directory("train")
model = keras.Sequential([keras.applications.VGG16(include_top=False, pooling="avg"), keras.layers.Dense(3)])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=3)
model.fit(train, epochs=9)
model.evaluate(train)
"""


def place(path: str) -> Location:
    return Location(path, 1, 1)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "train.py").write_text(TRAIN)
    return Evidence(recipe=read(Project(tmp_path)))


def test_a_finding_is_surrounded_by_its_own_program(evidence: Evidence) -> None:
    (finding,) = outcome(place("two/train.py")).findings
    recipe = Surroundings(evidence).of(finding).recipe
    assert {stage.place.path for stage in recipe.stages} == {"two/train.py"}
    assert [stage.follows for stage in recipe.stages] == [None, 0]
    assert [(each.place.path, each.stage) for each in recipe.evaluations] == [("two/train.py", 1)]


def test_a_finding_in_two_programs_keeps_all_evidence(evidence: Evidence) -> None:
    (finding,) = outcome(place("two/train.py")).findings
    joint = replace(finding, locations=(place("one/train.py"), place("two/train.py")))
    assert Surroundings(evidence).of(joint) is evidence


def test_findings_wholly_in_files_that_were_not_asked_for_are_left_aside() -> None:
    recipe = Recipe(files=(SourceFile(path="a.py"), SourceFile(path="b.py", asked=False)))
    (both,) = focus([outcome(place("a.py"), place("b.py"))], recipe)
    assert [finding.locations[0].path for finding in both.findings] == ["a.py"]
    (none,) = focus([outcome(place("b.py"))], recipe)
    assert (none.status, none.findings) == (Status.NOT_APPLICABLE, ())


def test_only_the_configured_severities_change() -> None:
    given = outcome(place("a.py"))
    (changed,) = with_severities([given], {"some-fault": Severity.NOTE})
    assert [finding.severity for finding in changed.findings] == [Severity.NOTE]
    assert with_severities([given], {"other-fault": Severity.NOTE}) == [given]
