"""Writes the package that a third party's check starts as."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from vggdoctor import registry
from vggdoctor.check import AREAS
from vggdoctor.errors import InputError


def create(check: str, area: str, out: Path) -> list[Path]:
    """A folder ``vggdoctor-<id>`` in ``out`` with a package, its test, its metadata and a README; their paths, metadata first.

    Raises InputError for an id that is taken or is no kebab-case name, an unknown area, or if the folder is already there;
    OSError if it cannot be written.
    """
    if not registry.is_id(check):
        raise InputError(f"{check!r} is no id: it takes two or more words of small letters and digits with hyphens between")
    if check in registry.load().checks:
        raise InputError(f"there is a check called {check} already (see: vggdoctor explain {check})")
    if area not in AREAS:
        raise InputError(f"--area: {area!r} is not one of {', '.join(AREAS)}")
    distribution = f"vggdoctor-{check}"
    folder, package = out / distribution, distribution.replace("-", "_")
    if folder.exists():
        raise InputError(f"{folder} is already there")
    words = {
        "id": check,
        "area": area,
        "distribution": distribution,
        "package": package,
        "class_name": "".join(word.capitalize() for word in check.split("-")),
        "title": check.replace("-", " ").capitalize(),
    }
    targets = {
        "pyproject.toml": folder / "pyproject.toml",
        "README.md": folder / "README.md",
        "check.py": folder / package / "__init__.py",
        "test_check.py": folder / "tests" / f"test_{check.replace('-', '_')}.py",
    }
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    for name, path in targets.items():
        source = files("vggdoctor.templates").joinpath(f"new_check/{name}.jinja").read_text(encoding="utf-8")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(environment.from_string(source).render(words), encoding="utf-8")
    return list(targets.values())
