"""A real Chromium for the tests of this folder.

Where there is none, they are skipped, and the end of the test run says so. With VGGDOCTOR_REQUIRE_BROWSER=1, as in .ci/run, they
fail instead. VGGDOCTOR_CHROMIUM names the program where it is not found by itself.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "report"))  # report_samples

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "THE REPORT WAS NOT TESTED IN A BROWSER: no Chromium was found. Install one (apt install chromium, or "
    "python -m playwright install chromium), or name it in VGGDOCTOR_CHROMIUM."
)
_was_missing = pytest.StashKey[bool]()


@pytest.fixture(scope="module")  # Playwright keeps an event loop running, which other tests must not meet
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = _program(playwright)
        if program is None:
            if os.environ.get("VGGDOCTOR_REQUIRE_BROWSER") == "1":
                pytest.fail(MISSING)
            request.config.stash[_was_missing] = True
            pytest.skip(MISSING)
        with playwright.chromium.launch(executable_path=program) as launched:
            yield launched


def _program(playwright: Any) -> str | None:
    named = os.environ.get("VGGDOCTOR_CHROMIUM")
    if named:
        return named
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else next(filter(None, map(shutil.which, NAMES)), None)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.stash.get(_was_missing, False):
        terminalreporter.section("browser", sep="!", red=True, bold=True)
        terminalreporter.line(MISSING, red=True, bold=True)
