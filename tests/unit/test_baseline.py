"""Fingerprints, and the findings that are known already."""

from pathlib import Path

import pytest
from outcomes import outcome

from vggdoctor import baseline
from vggdoctor.errors import InputError
from vggdoctor.project import Project
from vggdoctor.schema import Location, Outcome, Status


def marked(folder: Path, text: str, *lines: int) -> list[Outcome]:
    (folder / "train.py").write_text(text)
    return baseline.fingerprint(Project(folder), [outcome(*(Location("train.py", line, line, 1, 100) for line in lines))])


def prints(outcomes: list[Outcome]) -> list[str]:
    return [finding.fingerprint for finding in outcomes[0].findings]


def test_a_fingerprint_survives_a_move_and_other_spacing_but_not_another_snippet(tmp_path: Path) -> None:
    (before,) = prints(marked(tmp_path, "model.fit(x,  y)\n", 1))
    (after,) = prints(marked(tmp_path, "# new line\nmodel.fit(x, y)\n", 2))
    (other,) = prints(marked(tmp_path, "model.fit(x, z)\n", 1))
    assert before == after != other


def test_the_same_snippet_twice_has_two_fingerprints(tmp_path: Path) -> None:
    assert len(set(prints(marked(tmp_path, "model.fit(x)\nmodel.fit(x)\n", 1, 2)))) == 2


def test_what_is_written_down_is_known_afterwards_and_anything_more_is_new(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    written = baseline.write(file, marked(tmp_path, "fit(x)\n", 1))
    assert baseline.read(file) == written
    (all_known,), count = baseline.only_new(marked(tmp_path, "\nfit(x)\n", 2), written)
    assert (all_known.status, all_known.findings, count) == (Status.NOT_APPLICABLE, (), 1)
    (some,), count = baseline.only_new(marked(tmp_path, "fit(x)\nfit(x)\n", 1, 2), written)
    assert (some.status, len(some.findings), count) == (Status.FAILED, 1, 1)


def test_the_file_is_the_same_for_the_same_findings(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    outcomes = marked(tmp_path, "fit(x)\nfit(y)\n", 1, 2)
    baseline.write(file, outcomes)
    first = file.read_text()
    baseline.write(file, marked(tmp_path, "fit(x)\nfit(y)\n", 2, 1))
    assert file.read_text() == first
    assert "train.py" in first


@pytest.mark.parametrize("content", [None, "{", "[]", '{"version": 2, "findings": []}'])
def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "known.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InputError, match=r"known\.json"):
        baseline.read(file)


def test_a_baseline_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        baseline.write(tmp_path / "none" / "known.json", [])
