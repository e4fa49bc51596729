"""What every check promises, third-party ones included: its own cases say so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from vggdoctor import registry
from vggdoctor.check import Case, Check
from vggdoctor.testing.contract import Form, Promise, assert_documented, promises

INSTALLED = registry.load()
CHECKS = list(INSTALLED.checks.values())


def promised() -> list[Any]:
    return [
        pytest.param(check, *kept, id=f"{check.id}: {kept[1].name}: {kept[0].__name__} {kept[2].__name__}")
        for check in CHECKS
        for kept in promises(type(check))
    ]


def test_no_entry_point_is_refused() -> None:
    assert INSTALLED.broken == {}
    assert INSTALLED.checks


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_is_documented_and_has_cases(check: Check) -> None:
    assert_documented(type(check))


@pytest.mark.parametrize(("check", "promise", "case", "form"), promised())
def test_keeps_its_promise(check: Check, promise: Promise, case: Case, form: Form, tmp_path: Path) -> None:
    promise(check, form(case, tmp_path))


@pytest.mark.parametrize("number", range(1, 16))
def test_each_trap_is_a_good_case_of_some_check(number: int) -> None:
    """The fifteen things that look like faults and are none."""
    named = [case.name for check in CHECKS for case in check.GOOD if re.search(rf"\btrap {number}\b", case.name)]
    assert named
