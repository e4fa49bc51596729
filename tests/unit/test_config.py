"""The project's own configuration: what it may say, where it is found, and what is refused."""

from pathlib import Path

import pytest

from vggdoctor.config import matches, read_config
from vggdoctor.errors import InputError
from vggdoctor.registry import load
from vggdoctor.schema import Severity


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


def test_everything_that_the_table_can_say(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
[tool.vggdoctor]
select = ["a-b", "c-d"]
baseline = "known.json"
severity = { "a-b" = "note" }
per-file-ignores = { "old/*.py" = ["c-d"], "conftest.py" = ["e-f"] }
"""
    )
    config = read_config(tmp_path)
    assert config.severity == {"a-b": Severity.NOTE}
    assert config.baseline == "known.json"
    assert config.ids() == {"a-b", "c-d", "e-f"}
    assert config.ignored_in(tmp_path / "old" / "train.py") == {"c-d"}
    assert config.ignored_in(tmp_path / "deep" / "conftest.py") == {"e-f"}
    assert config.ignored_in(tmp_path / "train.py") == set()


@pytest.mark.parametrize("table", ['severity = { "a-b" = "fatal" }', 'select = "a-b"', 'folder = "x"', "per-file-ignores = [1]"])
def test_a_value_that_cannot_be_used_is_refused(tmp_path: Path, table: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.vggdoctor]\n{table}\n")
    with pytest.raises(InputError, match="pyproject"):
        read_config(tmp_path)


def test_the_nearest_table_counts_up_to_the_top_of_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.vggdoctor]\nignore = ["outer-one"]\n')
    inner = tmp_path / "repository" / "src"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[tool.other]\n")
    found = read_config(inner)
    assert (found.ignore, found.folder) == (("outer-one",), tmp_path)
    (tmp_path / "repository" / ".git").mkdir()
    assert read_config(inner).ignore == ()


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("old/*.py", "old/train.py", True),
        ("old/*.py", "old/deep/train.py", False),
        ("old/**", "old/deep/train.py", True),
        ("**/train.py", "train.py", True),
        ("**/train.py", "a/b/train.py", True),
        ("train.py", "a/b/train.py", True),
        ("./a/train.p?", "a/train.py", True),
        ("a.py", "axpy", False),
    ],
)
def test_globs(glob: str, path: str, fits: bool) -> None:
    assert matches(glob, path) is fits


def test_the_example_of_the_readme_can_be_used(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    example = readme.split("```toml\n")[1].split("```")[0]
    (tmp_path / "pyproject.toml").write_text(example, encoding="utf-8")
    config = read_config(tmp_path)
    assert config.baseline
    load().refuse_strangers(config.ids())
