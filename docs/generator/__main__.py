"""Builds the documentation's sources: ``python docs/generator build/docs``, then ``mkdocs build -f build/docs/mkdocs.yml``.

The pages that are written by hand are copied; those about the checks, their thresholds, the report's format and the false alarms
are made from what they describe, and are never committed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

import alarms  # noqa: E402
import check_pages  # noqa: E402
import handwritten  # noqa: E402
import report_format  # noqa: E402
import thresholds  # noqa: E402

CONFIGURATION = """\
site_name: vggdoctor
docs_dir: pages
site_dir: site
use_directory_urls: false
theme:
  name: material
  font: false
  features: [navigation.sections, navigation.indexes, content.code.copy]
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
markdown_extensions: [admonition, attr_list, tables, pymdownx.superfences, pymdownx.highlight]
plugins: [search]
validation:
  links:
    anchors: warn
nav:
"""


def main() -> None:
    """Write ``mkdocs.yml`` and ``pages`` into a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="made if it is not there; what lies in its folder pages is replaced")
    parser.add_argument("--programs", nargs="*", default=(), help="score only these programs of the corpus (default: all)")
    given = parser.parse_args()
    build(given.out, tuple(given.programs))


def build(out: Path, programs: tuple[str, ...] = ()) -> None:
    """All pages, and the configuration that puts them in order."""
    pages = {
        **handwritten.pages(ROOT),
        **check_pages.pages(),
        "thresholds.md": thresholds.page(ROOT),
        "report-format.md": report_format.page(ROOT),
    }
    pages["false-alarms.md"] = alarms.page(pages["false-alarms.md"], programs)
    folder = out / "pages"
    for old in folder.rglob("*.md"):
        old.unlink()
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (out / "mkdocs.yml").write_text(CONFIGURATION + "".join(_navigation(sorted(pages))), encoding="utf-8")


def _navigation(names: list[str]) -> list[str]:
    first = [
        ("Start", "index.md"),
        ("My VGG16 is stuck", "my-vgg16-is-stuck.md"),
        ("From Python, and while it trains", "from-python.md"),
        ("Write your own check", "write-a-check.md"),
    ]
    last = [
        ("Thresholds and their sources", "thresholds.md"),
        ("False alarms", "false-alarms.md"),
        ("The report's format", "report-format.md"),
        ("Other tools", "comparison.md"),
        ("Benchmarks", "benchmarks.md"),
    ]
    lines = [f"  - {title}: {name}\n" for title, name in first]
    lines += ["  - Checks:\n", *(f"      - {name}\n" for name in names if name.startswith("checks/"))]
    lines += [f"  - {title}: {name}\n" for title, name in last]
    listed = {name for _, name in (*first, *last)}
    beside = [name for name in names if name not in listed and not name.startswith("checks/")]
    return [*lines, "  - Decisions:\n", *(f"      - {name}\n" for name in beside)]


if __name__ == "__main__":
    main()
