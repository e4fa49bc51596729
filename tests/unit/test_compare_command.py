from pathlib import Path

import msgspec
import pytest

from vggdoctor.cli import main
from vggdoctor.report import json, write
from vggdoctor.schema import AuditResult, Confidence, Finding, GatherReport, Outcome, Severity, Status, Tool


def report(folder: Path, name: str, *severities: Severity) -> str:
    findings = tuple(
        Finding(check="a-check", severity=severity, confidence=Confidence.HIGH, message=f"Fault {n}.", fingerprint=f"{n}")
        for n, severity in enumerate(severities)
    )
    status = Status.FAILED if findings else Status.PASSED
    result = AuditResult(
        tool=Tool("vggdoctor", "0.1.0"),
        project="p",
        duration_s=1.0,
        environment={},
        gather={"source": GatherReport(status="ok")},
        outcomes=(Outcome(check="a-check", status=status, findings=findings),),
    )
    path = folder / name
    path.write_text(json.render(result), encoding="utf-8")
    return str(path)


def test_what_is_gone_is_no_failure_and_what_is_new_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faulty, clean = report(tmp_path, "a.json", Severity.ERROR), report(tmp_path, "b.json")
    assert main(["compare", faulty, clean]) == 0
    assert "gone: error a-check: Fault 0." in capsys.readouterr().out
    assert main(["compare", clean, faulty]) == 1
    assert "new: error a-check: Fault 0." in capsys.readouterr().out
    assert main(["compare", clean, faulty, "--fail-on", "never"]) == 0


def test_the_threshold_is_that_of_the_other_commands(tmp_path: Path) -> None:
    clean, noted = report(tmp_path, "a.json"), report(tmp_path, "b.json", Severity.WARNING)
    assert main(["compare", clean, noted]) == 0
    assert main(["compare", clean, noted, "--fail-on", "warning"]) == 1


def test_markdown_is_the_document_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faulty, clean = report(tmp_path, "a.json", Severity.ERROR), report(tmp_path, "b.json")
    main(["compare", faulty, clean, "--format", "markdown"])
    assert capsys.readouterr().out.startswith("## vggdoctor: before and after\n\n**1 finding gone, 0 new, 0 as before.**\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [("{}", "is not the JSON report of an audit"), ('{"schema_version": ', "is not the JSON report"), (None, "does not exist")],
)
def test_what_is_no_report_is_refused(content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "b.json"
    if content is not None:
        other.write_text(content)
    assert main(["compare", report(tmp_path, "a.json"), str(other)]) == 2
    assert said in capsys.readouterr().err


def test_a_report_of_another_format_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(report(tmp_path, "a.json"))
    path.write_text(path.read_text().replace('"schema_version": "1.', '"schema_version": "2.'))
    assert main(["compare", str(path), str(path)]) == 2
    assert "report format 2." in capsys.readouterr().err


def test_each_format_has_its_file(tmp_path: Path) -> None:
    result = msgspec.json.decode(Path(report(tmp_path, "a.json", Severity.ERROR)).read_bytes(), type=AuditResult)
    written = write(result, tmp_path / "out", ("markdown", "junit"))
    assert [path.name for path in written] == ["report.md", "report.junit.xml"]
    assert written[1].read_text(encoding="utf-8").startswith("<?xml")
