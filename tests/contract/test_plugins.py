"""The door is open to third parties: a package with an entry point brings its checks, and a broken one keeps nobody out."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from vggdoctor import registry
from vggdoctor.schema import Status
from vggdoctor.testing.programs import as_script

GUIDE = Path(__file__).parents[2] / "docs" / "write-a-check.md"
MODULES = ("greyscale_doctor", "broken_doctor")

Install = Callable[[str, dict[str, str]], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Writes what an installer would: the metadata of a distribution, beside its modules, in a folder that Python looks into."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def install(name: str, points: dict[str, str]) -> None:
        metadata = site / f"{name.replace('-', '_')}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
        lines = [f"[{registry.GROUP}]", *(f"{point} = {target}" for point, target in points.items())]
        (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    yield install
    for module in MODULES:
        sys.modules.pop(module, None)


@pytest.fixture
def sample(install: Install, tmp_path: Path) -> None:
    """The check of the guide, as a package."""
    (source,) = re.findall(r'```python title="[^"]*__init__.py"\n(.*?)```', GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "site-packages" / "greyscale_doctor.py").write_text(source, encoding="utf-8")
    install("greyscale-doctor", {"greyscale": "greyscale_doctor"})


@pytest.mark.usefixtures("sample")
def test_a_third_partys_check_is_found_and_runs(tmp_path: Path) -> None:
    installed = registry.load()
    assert installed.broken == {}
    check = installed.checks["grey-pictures"]
    assert [found.id for found in installed.select(("grey-pictures",))] == ["grey-pictures"]
    for number, (case, expected) in enumerate(
        [*((c, Status.PASSED) for c in check.GOOD), *((c, Status.FAILED) for c in check.BAD)]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        outcome = as_script(case, folder).outcome(check)
        assert outcome.status is expected
        assert [place.line for finding in outcome.findings for place in finding.locations] == list(case.lines)


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    ("module", "complaint"),
    [
        ("import a_module_that_is_nowhere\n", "ModuleNotFoundError"),
        ('from greyscale_doctor import GreyPictures\n\n\nclass Bare(GreyPictures):\n    id = "no-docs"\n', "docstring lacks"),
    ],
    ids=["cannot be imported", "is not documented"],
)
def test_a_broken_one_is_refused_by_name_and_the_others_go_on(
    install: Install, tmp_path: Path, module: str, complaint: str
) -> None:
    whole = registry.load()
    (tmp_path / "site-packages" / "broken_doctor.py").write_text(module, encoding="utf-8")
    install("broken-doctor", {"broken": "broken_doctor"})
    installed = registry.load()
    assert list(installed.broken) == ["broken"]
    assert complaint in installed.broken["broken"]
    assert installed.checks.keys() == whole.checks.keys()
    assert "grey-pictures" in installed.checks


def test_an_id_is_given_once(sample: None) -> None:
    point = next(point for point in entry_points(group=registry.GROUP) if point.name == "greyscale")
    installed = registry.load((point, EntryPoint("again", "greyscale_doctor:GreyPictures", registry.GROUP)))
    assert list(installed.checks) == ["grey-pictures"]
    assert "'grey-pictures' is taken by greyscale_doctor" in installed.broken["again"]


def test_an_entry_point_that_is_no_check_is_refused(install: Install) -> None:
    install("strange-doctor", {"strange": "json:dumps"})
    assert "neither a Check nor a module" in registry.load().broken["strange"]
