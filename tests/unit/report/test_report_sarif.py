"""The SARIF report: held against the published schema, and its replacements applied."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from msgspec.structs import replace
from report_samples import empty, rescale_finding, sample

from vggdoctor import Options, audit
from vggdoctor.options import Fixes
from vggdoctor.report import render, sarif
from vggdoctor.schema import Edit, Fix, Outcome, Safety, Status, Trial, Verdict

SCRIPT = """\
from tensorflow import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

makes = ImageDataGenerator(rescale=1.0 / 255)
train = makes.flow_from_directory("train", target_size=(224, 224))
base = keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(train, epochs=9)  # émile"""


@pytest.fixture(scope="module")
def validator() -> Draft4Validator:
    """The schema as OASIS publishes it (SARIF 2.1.0, errata 01), copied unchanged beside this file."""
    schema = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"] == sarif.SCHEMA
    return Draft4Validator(schema)


def run_of(text: str, validator: Draft4Validator) -> dict[str, Any]:
    document = json.loads(text)
    assert [error.message for error in validator.iter_errors(document)] == []
    (run,) = document["runs"]
    return run


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell.splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, indent=1, ensure_ascii=False)


def replaced(text: str, replacements: list[dict[str, Any]]) -> str:
    """The text with the replacements made, as one who reads the SARIF file would."""
    starts = [0] + [index + 1 for index, character in enumerate(text) if character == "\n"]
    for replacement in reversed(replacements):
        region = replacement["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


def linted(folder: Path, name: str, content: str, validator: Draft4Validator) -> dict[str, Any]:
    (folder / name).write_bytes(content.encode())
    result = audit(Options(path=folder, static=True, pictures=False, fixes=Fixes.PLANNED))
    return run_of(render(result, "sarif"), validator)


def test_samples_fit_the_published_schema(validator: Draft4Validator) -> None:
    assert run_of(render(sample(), "sarif"), validator)["results"]
    assert run_of(render(empty(), "sarif"), validator)["results"] == []


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_replacements_give_the_corrected_program(tmp_path: Path, validator: Draft4Validator, ending: str) -> None:
    text = SCRIPT.replace("\n", ending)
    run = linted(tmp_path, "a train.py", text, validator)
    result = next(result for result in run["results"] if result["ruleId"] == "rescale-only-preprocessing")
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"].endswith("a%20train.py")
    fixed = replaced(text, change["replacements"])
    assert "ImageDataGenerator(preprocessing_function=keras.applications.vgg16.preprocess_input)" in fixed
    assert "rescale" not in fixed
    assert fixed.count("\n") == fixed.count(ending)
    assert fixed.endswith("# émile")
    region = result["locations"][0]["physicalLocation"]["region"]
    assert text.split(ending)[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "1.0 / 255"


def test_a_notebook_is_addressed_by_the_lines_of_its_file_and_by_its_cells(tmp_path: Path, validator: Draft4Validator) -> None:
    raw = notebook("# VGG16 for three classes\n", SCRIPT)
    run = linted(tmp_path, "train.ipynb", raw, validator)
    result = next(result for result in run["results"] if result["ruleId"] == "rescale-only-preprocessing")
    assert result["message"]["text"].startswith("Cell 1, line 4: ")
    (place,) = result["locations"]
    region = place["physicalLocation"]["region"]
    assert region["startLine"] == region["endLine"]
    assert "rescale=1.0 / 255" in raw.split("\n")[region["startLine"] - 1]
    assert (place["properties"]["cell"], place["properties"]["cellRegion"]["startLine"]) == (1, 4)
    (change,) = result["fixes"][0]["artifactChanges"]
    cells = json.loads(replaced(raw, change["replacements"]))["cells"]
    assert "vgg16.preprocess_input" in "".join(cells[1]["source"])


def test_the_rule_of_a_result_has_its_help_and_usual_level(tmp_path: Path, validator: Draft4Validator) -> None:
    run = linted(tmp_path, "train.py", SCRIPT, validator)
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert "## How it is measured\n" in rule["help"]["markdown"]
        assert result["partialFingerprints"][sarif.FINGERPRINT]
    rules = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in run["tool"]["driver"]["rules"]}
    assert (rules["rescale-only-preprocessing"], rules["missing-lr-schedule"]) == ("error", "note")


def test_paths_count_from_where_the_audit_was_started(
    tmp_path: Path, validator: Draft4Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "src" / "pets"
    project.mkdir(parents=True)
    elsewhere = linted(project, "train.py", SCRIPT, validator)
    assert elsewhere["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "train.py"
    assert elsewhere["originalUriBaseIds"][sarif.BASE_ID]["uri"] == project.as_uri() + "/"
    monkeypatch.chdir(tmp_path)
    below = linted(project, "train.py", SCRIPT, validator)
    assert below["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/pets/train.py"
    assert "uri" not in below["originalUriBaseIds"][sarif.BASE_ID]


def test_what_could_not_be_examined_is_said(validator: Draft4Validator) -> None:
    result = empty()
    result.outcomes = (
        Outcome(check="broken-thing", status=Status.ERRORED, reason="KeyError: 1"),
        Outcome(check="blind-thing", status=Status.NOT_RUN, reason="no data"),
    )
    (invocation,) = run_of(render(result, "sarif"), validator)["invocations"]
    assert invocation["executionSuccessful"] is False
    said = {note["associatedRule"]["id"]: note["level"] for note in invocation["toolExecutionNotifications"][:2]}
    assert said == {"broken-thing": "error", "blind-thing": "note"}


@pytest.mark.parametrize(("trial", "offered"), [(Trial.SILENCED, True), (Trial.HARMFUL, False), (Trial.FAILED, False)])
def test_a_fix_that_failed_its_trial_is_not_offered(validator: Draft4Validator, trial: Trial, offered: bool) -> None:
    fix = Fix(
        title="t",
        safety=Safety.SAFE,
        diff="d",
        edits=(Edit("train.py", 1, 1, 1, 1, "x\n"),),
        verdict=Verdict(trial=trial, reason="r"),
    )
    result = empty()
    finding = replace(rescale_finding(), fix=fix)
    result.outcomes = (Outcome(check=finding.check, status=Status.FAILED, findings=(finding,)),)
    (found,) = run_of(render(result, "sarif"), validator)["results"]
    assert ("fixes" in found) is offered
