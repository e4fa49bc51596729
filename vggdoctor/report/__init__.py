"""The forms of an AuditResult: HTML, JSON, SARIF, Markdown, JUnit, and what a terminal shows."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path

from vggdoctor.schema import AuditResult

FORMATS = {
    "html": "report.html",
    "json": "report.json",
    "sarif": "report.sarif",
    "markdown": "report.md",
    "junit": "report.junit.xml",
}
"""Each format and the name of its file."""


def write(result: AuditResult, folder: Path, formats: Iterable[str]) -> list[Path]:
    """Write the files of ``formats`` into ``folder`` (made if it is not there), UTF-8; their paths in that order.

    Raises OSError if the folder cannot be written to, ValueError for a format that is not one of FORMATS.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in formats:
        path = folder / FORMATS.get(name, name)
        path.write_text(render(result, name), encoding="utf-8")
        paths.append(path)
    return paths


def render(result: AuditResult, name: str) -> str:
    """The document in one of FORMATS; each is loaded only when it is asked for."""
    if name not in FORMATS:
        raise ValueError(f"no such format: {name}")
    return str(importlib.import_module(f"{__name__}.{name}").render(result))
