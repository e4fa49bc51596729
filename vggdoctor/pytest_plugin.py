"""``pytest --vggdoctor``: one test item for each check, on the project's source; with a budget, on its running training too.

Loaded by every pytest run in an environment with vggdoctor, so nothing is imported here but pytest.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from vggdoctor.schema import Outcome

NAME = "vggdoctor"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup(NAME, "audit of Keras trainings")
    group.addoption("--vggdoctor", action="store_true", help="Add one test for each check of vggdoctor.")
    group.addoption(
        "--vggdoctor-path", metavar="PATH", help="What is audited (default: the ini option vggdoctor_path, else the rootdir)."
    )
    group.addoption(
        "--vggdoctor-budget",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="Also run the training up to fit, and probe it (default: 0, the source is read and nothing is run).",
    )
    group.addoption(
        "--vggdoctor-fail-on",
        choices=("error", "warning", "note"),
        default="warning",
        help="The least severe that fails.",
    )
    parser.addini("vggdoctor_path", "what pytest --vggdoctor audits, relative to the rootdir", default=".")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "vggdoctor: a check of vggdoctor on the project (added by --vggdoctor)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """First, so that ``-k`` and ``-m`` choose among the checks as among all other tests."""
    if config.getoption("--vggdoctor"):
        items += Checks.from_parent(session, name=NAME, nodeid=NAME).collect()


class Checks(pytest.Collector):
    """The audit: made once, when the first check runs."""

    def collect(self) -> list[pytest.Item]:
        from vggdoctor import registry
        from vggdoctor.config import read_config

        config = read_config(self._path)
        checks = registry.load().select(config.select, config.ignore)
        return [CheckItem.from_parent(self, name=check.id) for check in checks]

    def outcome(self, check: str) -> Outcome:
        return self._outcomes[check]

    @property
    def _path(self) -> Path:
        given = self.config.getoption("--vggdoctor-path")
        return Path(given) if given else self.config.rootpath / str(self.config.getini("vggdoctor_path"))

    @property
    def _outcomes(self) -> dict[str, Outcome]:
        found: dict[str, Outcome] | None = getattr(self, "_audited", None)
        if found is None:
            found = self._audited = {outcome.check: outcome for outcome in self._audit()}
        return found

    def _audit(self) -> Iterator[Outcome]:
        from vggdoctor.auditing import audit
        from vggdoctor.options import Fixes, Options

        budget = float(self.config.getoption("--vggdoctor-budget"))
        if budget > 0:
            options = Options(path=self._path, budget=budget)
        else:
            options = Options(path=self._path, static=True, pictures=False, fixes=Fixes.NAMED)
        yield from audit(options).outcomes


class CheckItem(pytest.Item):
    """One check. It passes, fails with its findings, or is skipped where it does not apply or could not be determined."""

    parent: Checks

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_marker(NAME)

    def runtest(self) -> None:
        from vggdoctor.schema import Severity, Status
        from vggdoctor.testing.health import problems_of

        outcome = self.parent.outcome(self.name)
        problems = list(problems_of(outcome, Severity(self.config.getoption("--vggdoctor-fail-on"))))
        if problems:
            raise AssertionError("\n\n".join(problems))
        if outcome.status in (Status.NOT_APPLICABLE, Status.NOT_RUN):
            pytest.skip(f"{outcome.status.value}: {outcome.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings without a traceback: the place at fault is in the user's code, not here."""
        return str(excinfo.value) if excinfo.errisinstance(AssertionError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{NAME}: {self.name}"
