"""Takes the picture of the README: ``python -m tests.browser.screenshot vggdoctor-demo/report.html docs/report.png``.

Two halves side by side: the top of the report, and the first finding from its drawing on.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 820, 1120


def main(report: Path, picture: Path) -> None:
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=shutil.which("chromium")) as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
        page.goto(report.resolve().as_uri())
        halves = [page.screenshot()]
        page.locator("article.finding figure").first.evaluate("figure => figure.scrollIntoView()")
        halves.append(page.screenshot())
    joined = Image.new("RGB", (2 * WIDTH, HEIGHT))
    for index, half in enumerate(halves):
        joined.paste(Image.open(io.BytesIO(half)), (index * WIDTH, 0))
    joined.save(picture, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
