import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from vggdoctor import cli
from vggdoctor.errors import InputError
from vggdoctor.options import Fixes, Options, Progress
from vggdoctor.schema import (
    AuditResult,
    Confidence,
    Finding,
    GatherReport,
    Location,
    Outcome,
    Severity,
    Status,
    Tool,
)

Install = Callable[..., list[Options]]
PROJECT = """\
from tensorflow import keras

train = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10)
"""


def result(severity: Severity | None = None, crashed: bool = False) -> AuditResult:
    outcomes = [Outcome(check="fine-thing", status=Status.PASSED)]
    if severity:
        finding = Finding(
            check="bad-thing",
            severity=severity,
            confidence=Confidence.HIGH,
            message="It is bad",
            locations=(Location("train.py", 3, 3),),
        )
        outcomes.append(Outcome(check="bad-thing", status=Status.FAILED, findings=(finding,)))
    if crashed:
        outcomes.append(Outcome(check="broken-thing", status=Status.ERRORED, reason="KeyError: 1"))
    return AuditResult(
        tool=Tool("vggdoctor", "0"),
        project="p",
        duration_s=1.0,
        environment={},
        gather={"source": GatherReport(status="ok")},
        outcomes=tuple(outcomes),
    )


@pytest.fixture
def audited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Install:
    """Puts a result, or an error, in the place of the audit; gives the options that it is called with."""

    def install(outcome: AuditResult | Exception) -> list[Options]:
        asked: list[Options] = []

        def audit(options: Options, progress: Progress = lambda *_: None) -> AuditResult:
            asked.append(options)
            progress("source", "reading", None)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        module = ModuleType("vggdoctor.auditing")
        module.audit = audit  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "vggdoctor.auditing", module)
        return asked

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VGGDOCTOR_DEBUG", raising=False)
    return install


@pytest.mark.parametrize(
    ("severity", "fail_on", "status"),
    [
        (None, "note", 0),
        (Severity.NOTE, "error", 0),
        (Severity.NOTE, "note", 1),
        (Severity.WARNING, "error", 0),
        (Severity.WARNING, "warning", 1),
        (Severity.ERROR, "error", 1),
        (Severity.ERROR, "never", 0),
    ],
)
@pytest.mark.parametrize("command", ["audit", "lint"])
def test_exit_status_follows_the_threshold(
    audited: Install, command: str, severity: Severity | None, fail_on: str, status: int
) -> None:
    audited(result(severity))
    assert cli.main([command, ".", "--fail-on", fail_on]) == status


def test_the_default_threshold_is_error(audited: Install) -> None:
    audited(result(Severity.ERROR))
    assert cli.main(["lint", "."]) == 1
    audited(result(Severity.WARNING))
    assert cli.main(["lint", "."]) == 0


def test_a_crashed_check_is_not_a_pass(audited: Install) -> None:
    audited(result(crashed=True))
    assert cli.main(["lint", ".", "--fail-on", "never"]) == 3
    audited(result(Severity.ERROR, crashed=True))
    assert cli.main(["lint", "."]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["audit"],
        ["audit", ".", "--no-such-option"],
        ["audit", ".", "--budget", "soon"],
        ["audit", ".", "--budget", "0"],
        ["audit", ".", "--format", "pdf"],
        ["audit", ".", "--fail-on", "sometimes"],
        ["audit", ".", "--out", "file"],
        ["audit", ".", "--data", "no-such-folder"],
        ["lint", ".", "--format", "html"],
        ["explain", "no-such-check"],
        ["no-such-command"],
    ],
)
def test_bad_usage_is_one_clear_line(audited: Install, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    Path("file").touch()
    asked = audited(result())
    assert cli.main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("vggdoctor: ")
    assert said.err.count("\n") == 1
    assert not asked


def test_bad_input_is_one_clear_line(audited: Install, capsys: pytest.CaptureFixture[str]) -> None:
    audited(InputError("/nowhere\ndoes not exist"))
    assert cli.main(["lint", "/nowhere"]) == 2
    assert capsys.readouterr().err == "vggdoctor: /nowhere does not exist\n"


def test_a_defect_of_the_tool_is_status_3_and_one_line(audited: Install, capsys: pytest.CaptureFixture[str]) -> None:
    audited(KeyError("stages"))
    assert cli.main(["lint", "."]) == 3
    assert capsys.readouterr().err == "vggdoctor: the audit itself failed: KeyError: 'stages'\n"


def test_the_traceback_is_there_for_who_asks(
    audited: Install, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    audited(KeyError("stages"))
    monkeypatch.setenv("VGGDOCTOR_DEBUG", "1")
    assert cli.main(["lint", "."]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_audit_writes_both_reports_and_ends_with_their_paths(audited: Install, capsys: pytest.CaptureFixture[str]) -> None:
    audited(result(Severity.WARNING))
    assert cli.main(["audit", "a project"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-2:] == ["report: vggdoctor-report/report.html", "report: vggdoctor-report/report.json"]
    assert said.err == "source: reading\n"
    document = json.loads(Path("vggdoctor-report/report.json").read_text(encoding="utf-8"))
    assert document["command"] == "vggdoctor audit 'a project'"
    assert "It is bad" in Path("vggdoctor-report/report.html").read_text(encoding="utf-8")


def test_audit_writes_only_what_is_asked_for(audited: Install) -> None:
    audited(result())
    assert cli.main(["audit", ".", "--format", "json", "--out", "deep/er"]) == 0
    assert [path.name for path in Path("deep/er").iterdir()] == ["report.json"]


def test_audit_writes_sarif_beside_the_others(audited: Install) -> None:
    audited(result(Severity.WARNING))
    assert cli.main(["audit", ".", "--format", "html,json,sarif"]) == 0
    (run,) = json.loads(Path("vggdoctor-report/report.sarif").read_text(encoding="utf-8"))["runs"]
    assert [found["ruleId"] for found in run["results"]] == ["bad-thing"]


def test_options_reach_the_audit(audited: Install) -> None:
    asked = audited(result())
    Path("d").mkdir()
    words = "audit p --entry a.py --args '--epochs 3' --data d --offline --budget 30 --select a-b,c-d --select e-f --ignore g-h"
    assert cli.main(shlex.split(words)) == 0
    assert asked == [
        Options(
            path=Path("p"),
            entry="a.py",
            arguments="--epochs 3",
            data=Path("d"),
            offline=True,
            budget=30.0,
            select=("a-b", "c-d", "e-f"),
            ignore=("g-h",),
        )
    ]
    assert cli.main(["lint", "p"]) == 0
    assert asked[1] == Options(path=Path("p"), static=True, pictures=False, fixes=Fixes.NAMED)


def test_lint_json_is_the_document_and_nothing_else(audited: Install, capsys: pytest.CaptureFixture[str]) -> None:
    audited(result(Severity.NOTE))
    assert cli.main(["lint", ".", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["outcomes"][1]["findings"][0]["message"] == "It is bad"
    assert said.err == ""


def test_demo_makes_its_project_and_does_not_fail_for_its_faults(audited: Install, capsys: pytest.CaptureFixture[str]) -> None:
    asked = audited(result(Severity.ERROR))
    assert cli.main(["demo", "--out", "shown"]) == 0
    assert asked[0].path == Path("shown/project")
    assert list(Path("shown/project").glob("*.py"))
    assert capsys.readouterr().out.splitlines()[-2] == "report: shown/report.html"


def test_checks_lists_each_check_on_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["checks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", "severity", "area", "title"]
    row = next(line for line in lines if line.startswith("missing-normalization "))
    assert row.split()[1:3] == ["error", "preprocessing"]


def test_checks_names_the_plugins_that_were_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from vggdoctor import registry

    broken = registry.Registry()
    broken.broken["acme"] = "ImportError: no module named acme"
    monkeypatch.setattr(registry, "load", lambda: broken)
    assert cli.main(["checks"]) == 0
    assert capsys.readouterr().err == "vggdoctor: plugin acme was refused: ImportError: no module named acme\n"


def test_explain_prints_the_docstring(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "missing-normalization"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("missing-normalization  error, preprocessing\n")
    for heading in ("What it finds", "Why it hurts", "How it is measured", "The fix", "References"):
        assert f"\n{heading}\n" in said


def test_explain_suggests_the_check_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "missing-normalisation"]) == 2
    assert "did you mean missing-normalization" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["checks"], ["explain", "missing-normalization"], ["lint", "."]])
def test_nothing_heavy_is_loaded(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "train.py").write_text(PROJECT, encoding="utf-8")
    code = (
        "import sys\nfrom vggdoctor.cli import main\n"
        f"status = main({words!r})\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'matplotlib', 'scipy', 'libcst', 'numpy', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else status if status in (2, 3) else 0)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout
