"""What people read of the training and the probe."""

from vggdoctor.evidence import Evidence, Model, Pipeline, ProbeEvidence, Recipe, Stage, TrainingRun, known, unknown
from vggdoctor.schema import Curve, Location
from vggdoctor.summary import summarize

FIT = Location("train.py", 9, 9)


def stage(**fields: object) -> Stage:
    return Stage(**{"place": FIT, "model": Model(), "train": Pipeline(), **fields})


def test_what_is_unknown_is_said_with_its_reason() -> None:
    (section,) = summarize(Evidence(recipe=Recipe(stages=(stage(epochs=unknown("it comes from a file")),))))
    (row,) = (row for row in section.rows if row.name == "epochs")
    assert (row.value, row.origin) == ("could not be determined", "it comes from a file")


def test_a_known_none_is_no_unknown() -> None:
    (section,) = summarize(Evidence(recipe=Recipe(stages=(stage(validation=known(None, FIT)),))))
    (row,) = (row for row in section.rows if row.name == "validation data")
    assert (row.value, row.origin, row.place) == ("none", "read", "train.py:9")


def test_the_short_trainings_are_drawn_against_guessing() -> None:
    runs = (
        TrainingRun(stage=FIT, label="user", learning_rate=0.1, losses=(1.0, None), chance_loss=0.69),
        TrainingRun(stage=FIT, label="rate/10", learning_rate=0.01, losses=(1.0, 0.8), chance_loss=0.69),
    )
    *_, section = summarize(Evidence(recipe=Recipe(), probe=ProbeEvidence(runs=runs)))
    (curve,) = section.exhibits
    assert isinstance(curve, Curve)
    assert curve.y == {"your settings": (1.0, None), "at 0.01 (rate/10)": (1.0, 0.8)}
    assert curve.levels == {"guessing": 0.69}


def test_the_weights_of_a_backbone_are_named_for_what_they_are() -> None:
    def told(probe: ProbeEvidence) -> list[str]:
        rows = [row for section in summarize(Evidence(recipe=Recipe(), probe=probe)) for row in section.rows]
        return [row.value for row in rows if row.name == "weights of the backbone"]

    assert told(ProbeEvidence(pretrained=True)) == ["the published ones"]
    assert told(ProbeEvidence(substituted=True)) == [
        "random, in the place of those that the program asks for: no gain is claimed"
    ]
    assert told(ProbeEvidence()) == []
