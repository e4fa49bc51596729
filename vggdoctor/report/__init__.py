"""HTML, JSON, SARIF and terminal forms of an AuditResult."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vggdoctor.schema import AuditResult

FORMATS = ("html", "json", "sarif")


def write(result: AuditResult, folder: Path, formats: Iterable[str]) -> list[Path]:
    """Write ``report.<format>`` into ``folder`` (made if it is not there), UTF-8; the paths in the order of ``formats``.

    Raises OSError if the folder cannot be written to, ValueError for a format that is not one of FORMATS.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in formats:
        path = folder / f"report.{name}"
        path.write_text(render(result, name), encoding="utf-8")
        paths.append(path)
    return paths


def render(result: AuditResult, name: str) -> str:
    """The document in one of FORMATS; each is loaded only when it is asked for."""
    if name == "html":
        from vggdoctor.report import html

        return html.render(result)
    if name == "json":
        from vggdoctor.report import json

        return json.render(result)
    if name == "sarif":
        from vggdoctor.report import sarif

        return sarif.render(result)
    raise ValueError(f"no such format: {name}")
