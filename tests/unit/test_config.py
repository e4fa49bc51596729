"""Silencing, fingerprints and the project's own configuration."""

from pathlib import Path

import pytest

from vggdoctor.config import fingerprint, read_config, silence
from vggdoctor.errors import InputError
from vggdoctor.project import Project
from vggdoctor.schema import Confidence, Finding, Location, Outcome, Severity, Status


def outcome(*places: Location) -> Outcome:
    findings = tuple(
        Finding(check="some-fault", severity=Severity.ERROR, confidence=Confidence.HIGH, message="m", locations=(place,))
        for place in places
    )
    return Outcome(check="some-fault", status=Status.FAILED, findings=findings)


def project(folder: Path, text: str) -> Project:
    (folder / "train.py").write_text(text)
    return Project(folder)


def prints(project: Project, *lines: int) -> list[str]:
    places = [Location("train.py", line, line, 1, 100) for line in lines]
    return [finding.fingerprint for finding in fingerprint(project, [outcome(*places)])[0].findings]


def test_a_fingerprint_survives_a_move_and_other_spacing_but_not_another_snippet(tmp_path: Path) -> None:
    (before,) = prints(project(tmp_path, "model.fit(x,  y)\n"), 1)
    (after,) = prints(project(tmp_path, "# new line\nmodel.fit(x, y)\n"), 2)
    (other,) = prints(project(tmp_path, "model.fit(x, z)\n"), 1)
    assert before == after != other


def test_the_same_snippet_twice_has_two_fingerprints(tmp_path: Path) -> None:
    assert len(set(prints(project(tmp_path, "model.fit(x)\nmodel.fit(x)\n"), 1, 2))) == 2


def test_a_comment_on_a_line_of_the_finding_silences_that_check_only(tmp_path: Path) -> None:
    text = "fit(x,\n    y)  # vggdoctor: ignore[other-fault, some-fault] I know\nfit(z)  # vggdoctor: ignore[other-fault]\n"
    places = Location("train.py", 1, 2), Location("train.py", 3, 3)
    (kept,), silenced = silence(project(tmp_path, text), [outcome(*places)])
    assert silenced == 1
    assert [finding.locations[0].line for finding in kept.findings] == [3]
    (none,), _ = silence(project(tmp_path, text), [outcome(places[0])])
    assert none.status is Status.NOT_APPLICABLE


def test_the_configuration_is_read_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    assert read_config(tmp_path).select == ()
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.vggdoctor]\nignore = ["some-fault"]\n')
    assert read_config(tmp_path).ignore == ("some-fault",)
    file.write_text('[tool.vggdoctor]\nignored = ["some-fault"]\n')
    with pytest.raises(InputError, match="ignored"):
        read_config(tmp_path)
    file.write_text("[tool")
    with pytest.raises(InputError, match="pyproject"):
        read_config(tmp_path)
