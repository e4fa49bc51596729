"""``vggdoctor lint`` as people use it: several paths, the project's configuration, a baseline."""

import json
from pathlib import Path

import pytest

from vggdoctor import cli

TRAIN = """\
from tensorflow import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory("train", target_size=(224, 224))
base = keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(train, epochs=9)
"""
ERROR = "rescale-only-preprocessing"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("src/train.py", "old/train.py", "src/tools.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TRAIN if name.endswith("train.py") else "x = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = cli.main(["lint", *words])
    said = capsys.readouterr()
    return status, said.out + said.err


def found(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, tuple[str, set[str]]]:
    """Severity and files of every check that found something."""
    _, said = lint(capsys, *words, "--format", "json")
    outcomes = json.loads(said)["outcomes"]
    return {
        outcome["check"]: (finding["severity"], {place["path"] for f in outcome["findings"] for place in f["locations"]})
        for outcome in outcomes
        for finding in outcome["findings"]
    }


def configure(project: Path, table: str) -> None:
    (project / "pyproject.toml").write_text(f"[tool.vggdoctor]\n{table}\n")


def test_several_files_are_one_result_and_others_are_left_aside(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "third").mkdir()
    (project / "third" / "train.py").write_text(TRAIN)
    assert found(capsys, "src/train.py", "src/tools.py", "old")[ERROR][1] == {"src/train.py", "old/train.py"}


def test_places_are_said_as_seen_from_where_lint_was_started(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"src/train.py:4:36 error {ERROR}" in lint(capsys, "src/train.py")[1]
    assert f"src/train.py:4:36 error {ERROR}" in lint(capsys, "src")[1]


@pytest.mark.parametrize("words", [["src/none.py"], ["src", "none"], ["README.md", "src"]])
def test_a_path_that_cannot_be_linted_is_refused(project: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    (project / "README.md").touch()
    status, said = lint(capsys, *words)
    assert status == 2
    assert said.count("\n") == 1


def test_a_severity_of_ones_own(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(project, f'severity = {{ "{ERROR}" = "note" }}')
    assert found(capsys, ".")[ERROR][0] == "note"
    assert cli.main(["lint", "."]) == 0


def test_files_can_be_left_out_by_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(project, f'per-file-ignores = {{ "old/*.py" = ["{ERROR}"] }}')
    everything = found(capsys, ".")
    assert everything[ERROR][1] == {"src/train.py"}
    assert "old/train.py" in everything["missing-lr-schedule"][1]


def test_the_command_line_wins(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(project, f'select = ["missing-lr-schedule"]\nignore = ["{ERROR}"]')
    assert found(capsys, ".").keys() == {"missing-lr-schedule"}
    assert found(capsys, ".", "--select", ERROR).keys() == {ERROR}
    assert not found(capsys, ".", "--ignore", "missing-lr-schedule")


@pytest.mark.parametrize(
    "table",
    [
        'select = ["no-such-check"]',
        'ignore = ["no-such-check"]',
        'severity = { "no-such-check" = "note" }',
        'per-file-ignores = { "*.py" = ["no-such-check"] }',
    ],
)
def test_an_unknown_id_is_refused_with_the_file_that_names_it(
    project: Path, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    configure(project, table)
    status, said = lint(capsys, ".")
    assert status == 2
    assert said.count("\n") == 1
    assert "pyproject.toml: no check is called no-such-check" in said


def test_a_baseline_leaves_only_what_is_new(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = lint(capsys, ".", "--write-baseline", "known.json")
    assert status == 0
    assert "no findings" in said
    assert "known from the baseline" in said
    assert lint(capsys, ".", "--baseline", "known.json")[0] == 0
    (project / "src" / "more.py").write_text(TRAIN.replace("VGG16", "VGG19").replace("1.0 / 255", "1 / 255."))
    status, said = lint(capsys, ".", "--baseline", "known.json")
    assert status == 1
    assert "src/more.py:4" in said
    assert "src/train.py:4" not in said


def test_a_baseline_may_be_configured_beside_the_configuration(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(project, 'baseline = "known.json"')
    status, said = lint(capsys, "src")
    assert status == 2
    assert "--write-baseline" in said
    assert lint(capsys, "src", "--write-baseline", "known.json")[0] == 0
    assert lint(capsys, "src")[0] == 0


def test_sarif_is_the_document_and_nothing_else(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = lint(capsys, "src", "--format", "sarif")
    assert status == 1
    (run,) = json.loads(said)["runs"]
    assert run["invocations"][0]["commandLine"] == "vggdoctor lint src --format sarif"
    assert ERROR in {result["ruleId"] for result in run["results"]}


def test_the_hook_of_pre_commit_runs_lint() -> None:
    hooks = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    assert "- id: vggdoctor-lint\n" in hooks
    assert "entry: vggdoctor lint\n" in hooks
    assert "types_or: [python, jupyter]\n" in hooks


@pytest.mark.parametrize(("form", "start"), [("markdown", "## vggdoctor\n"), ("junit", '<?xml version="1.0"')])
def test_documents_for_services_are_printed_and_nothing_else(
    form: str, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "train.py").write_text("print('nothing to see')\n")
    assert cli.main(["lint", str(tmp_path), "--format", form]) == 0
    assert capsys.readouterr().out.startswith(start)
