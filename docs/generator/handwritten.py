"""The pages that people write, and the README as the first of them."""

from __future__ import annotations

import re
from pathlib import Path

LINK = re.compile(r"\[([^\]]+)\]\((?!https?://|#)([^)\s]+)\)")


def pages(root: Path) -> dict[str, str]:
    """Name -> text. Links that leave the documentation become plain text: there is no page behind them."""
    folder = root / "docs"
    found = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))}
    readme = (root / "README.md").read_text(encoding="utf-8")
    return {"index.md": LINK.sub(_of_readme, readme), **found}


def _of_readme(link: re.Match[str]) -> str:
    text, target = link.groups()
    if target.startswith("docs/") and target.endswith(".md"):
        return f"[{text}]({target.removeprefix('docs/')})"
    return "[{}]({})".format(text, "report-format.md") if target.endswith("report.schema.json") else text
