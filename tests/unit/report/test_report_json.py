import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from report_samples import empty, rescale_finding, sample

from vggdoctor.report import json as report_json
from vggdoctor.report import write
from vggdoctor.report.json_schema import schema_text
from vggdoctor.schema import AuditResult, Location

ROOT = Path(__file__).parents[3]


def test_keeps_the_contract() -> None:
    document = json.loads(report_json.render(sample()))
    assert {"schema_version", "tool", "project", "duration_s", "environment", "gather", "outcomes"} <= document.keys()
    assert document["gather"]["capture"] == {
        "status": "partial",
        "reason": "the second fit was not reached within the budget; raise --budget",
        "seconds": 31.9,
    }
    finding = next(item for item in document["outcomes"] if item["check"] == "rescale-only-preprocessing")["findings"][0]
    assert (finding["severity"], finding["confidence"], finding["fingerprint"]) == ("error", "high", "5e0d1c2ba9f14c77")
    assert finding["measured"]["maximum at block1_conv1"] == {"value": 1.0, "unit": ""}
    assert finding["locations"][0] == {"path": "train.py", "line": 9, "end_line": 9, "column": 17, "end_column": 73, "cell": None}
    assert finding["fix"]["safety"] == "safe"
    assert finding["fix"]["diff"].startswith("--- a/train.py\n")
    assert finding["fix"]["verdict"]["trial"] == "proved"


def test_reads_back_as_the_same_result() -> None:
    assert msgspec.json.decode(report_json.render(sample()), type=AuditResult) == sample()


def test_the_published_schema_is_current_and_describes_the_document() -> None:
    published = (ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "write it anew: make schema"
    validator = jsonschema.Draft202012Validator(json.loads(published))
    validator.check_schema(json.loads(published))
    document = json.loads(report_json.render(sample()))
    validator.validate(document)
    del document["outcomes"][0]["findings"][0]["severity"]
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(document)


def test_a_file_name_that_is_not_unicode_does_not_lose_the_report(tmp_path: Path) -> None:
    finding = msgspec.structs.replace(rescale_finding(), locations=(Location("caf\udce9.py", 1, 1),))
    result = sample()
    result.outcomes = (msgspec.structs.replace(result.outcomes[3], findings=(finding,)),)
    paths = write(result, tmp_path / "new" / "folder", ("html", "json"))
    assert [path.name for path in paths] == ["report.html", "report.json"]
    assert "caf\\udce9.py" in paths[0].read_text(encoding="utf-8")
    assert (
        json.loads(paths[1].read_text(encoding="utf-8"))["outcomes"][0]["findings"][0]["locations"][0]["path"] == "caf\\udce9.py"
    )


def test_not_finite_numbers_become_null() -> None:
    assert json.loads(report_json.render(empty(duration_s=float("nan"))))["duration_s"] is None


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pdf"):
        write(sample(), tmp_path, ("pdf",))
