"""Fixtures for the contract that every check keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from case_programs import Program, as_notebook, as_script

from vggdoctor.check import Case


@pytest.fixture(params=[as_script, as_notebook], ids=["script", "notebook"])
def form(request: pytest.FixtureRequest) -> Callable[[Case, Path], Program]:
    """How a case is written down: a script, or a notebook."""
    written: Callable[[Case, Path], Program] = request.param
    return written
