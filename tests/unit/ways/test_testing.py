"""The helpers of vggdoctor.testing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vggdoctor import testing
from vggdoctor.api import Audit
from vggdoctor.check import Case, Check
from vggdoctor.checks.model import OversizedHead
from vggdoctor.schema import AuditResult, Confidence, Finding, Location, Outcome, Severity, Status, Tool

PROGRAM = """\
from tensorflow import keras

train = keras.utils.image_dataset_from_directory("data/train", image_size=(64, 64))
model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])
model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train)
"""


def result(*outcomes: Outcome) -> AuditResult:
    return AuditResult(tool=Tool("vggdoctor", "0"), project="p", duration_s=0.0, environment={}, gather={}, outcomes=outcomes)


def failed(severity: Severity) -> Outcome:
    finding = Finding(
        check="bad-thing",
        severity=severity,
        confidence=Confidence.HIGH,
        message="It is bad",
        locations=(Location("train.py", 3, 3),),
    )
    return Outcome(check="bad-thing", status=Status.FAILED, findings=(finding,))


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a result in the place of the audit; gives the arguments that it was called with."""

    def install(*outcomes: Outcome) -> dict[str, Any]:
        asked: dict[str, Any] = {}

        def audit(**given: Any) -> AuditResult:
            asked.update(given)
            return result(*outcomes)

        monkeypatch.setattr(testing, "audit", audit)
        return asked

    return install


def test_a_finding_fails_from_the_threshold_on(live: Any) -> None:
    live(failed(Severity.WARNING))
    with pytest.raises(AssertionError, match=r"bad-thing \(warning\): It is bad\n  at train.py:3"):
        testing.assert_healthy("model", "train")
    assert testing.assert_healthy("model", "train", fail_on=Severity.ERROR).outcomes


def test_a_crash_and_an_unanswered_question_are_no_pass(live: Any) -> None:
    live(Outcome(check="new-thing", status=Status.ERRORED, reason="KeyError: 1"))
    with pytest.raises(AssertionError, match="new-thing crashed: KeyError: 1"):
        testing.assert_healthy("model", "train")
    live(Outcome(check="open-thing", status=Status.NOT_RUN, reason="no pictures"))
    testing.assert_healthy("model", "train")
    with pytest.raises(AssertionError, match="open-thing could not be determined: no pictures"):
        testing.assert_healthy("model", "train", select=["open-thing"])


def test_every_argument_reaches_the_audit(live: Any) -> None:
    asked = live()
    testing.assert_healthy("m", "t", "v", epochs=3, batch_size=4, callbacks=[], class_weight={0: 1.0}, budget=5, seed=1)
    assert {name: asked[name] for name in ("model", "train", "validation", "epochs", "batch_size", "budget", "seed")} == {
        "model": "m", "train": "t", "validation": "v", "epochs": 3, "batch_size": 4, "budget": 5, "seed": 1,
    }  # fmt: skip
    assert (asked["callbacks"], asked["class_weight"]) == ([], {0: 1.0})


@pytest.mark.parametrize("as_file", [False, True])
def test_a_source_is_read_as_text_or_as_a_file(tmp_path: Path, as_file: bool) -> None:
    (tmp_path / "train.py").write_text(PROGRAM)
    read = testing.audit_source(tmp_path if as_file else PROGRAM, select=["output-loss-mismatch"])
    assert isinstance(read, Audit)
    (finding,) = read.findings()
    assert finding.check == "output-loss-mismatch"
    assert finding.locations[0].path == "train.py"


def test_a_check_that_keeps_its_contract_passes(tmp_path: Path) -> None:
    testing.assert_keeps_contract(OversizedHead, tmp_path)


def broken(**changed: Any) -> type[Check]:
    return type("Broken", (OversizedHead,), {"__doc__": OversizedHead.__doc__, "__module__": __name__, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"BAD": OversizedHead.BAD[:1]},
        {"GOOD": (Case(name="no fault", source=OversizedHead.BAD[0].source),)},
        {"BAD": (*OversizedHead.BAD[:1], Case(name="no fault", source=OversizedHead.GOOD[0].source))},
        {"title": "A title that ends with a full stop."},
    ],
    ids=["too few cases", "speaks at a good case", "silent at a bad case", "title"],
)
def test_a_check_that_breaks_a_promise_fails(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        testing.assert_keeps_contract(broken(**changed), tmp_path)
