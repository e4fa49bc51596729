import pytest

from tests.golden.making import FOLDER, documents

NAMES = ("report.json", "report.html", "report.sarif", "report.md", "report.junit.xml", "report.txt")


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return documents()


def test_every_format_has_a_reviewed_document(written: dict[str, str]) -> None:
    assert sorted(written) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_the_reviewed_one(name: str, written: dict[str, str]) -> None:
    """Where the change is meant: python -m tests.golden.making, and look at the difference."""
    assert written[name] == (FOLDER / name).read_text(encoding="utf-8")
