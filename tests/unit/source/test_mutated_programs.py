"""Damaged and oversized programs: reading, judging and repairing them ends, without a crash, after work that is bounded.

Work is counted in calls of functions, so that a slow machine fails no test and a fast one hides no fault.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from mutations import mutated, names
from reading import FROZEN_VGG

from vggdoctor.evidence import Evidence, Recipe
from vggdoctor.gather.source import read
from vggdoctor.judge import judge
from vggdoctor.project import Project
from vggdoctor.registry import load
from vggdoctor.schema import Outcome, Status

CHECKS = load().select()
MOST_CALLS = 20_000_000
"""For a program of the corpus with damage done to it; measured on 400: 6,000 to 2,100,000."""
MOST_CALLS_A_LINE = 8_000
"""For long files; measured: up to 2,000. Work that grows with the square of the lines is far beyond."""
TRAINING = FROZEN_VGG + "\nmodel.fit(x, y, epochs=1)\n"


def calls_of(action: Callable[[], None]) -> int:
    """How many functions are called, built-in ones too."""
    count = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def examined(files: dict[str, str]) -> tuple[Recipe, list[Outcome]]:
    """What is read and said of a project, each finding with its repair worked out."""
    with TemporaryDirectory() as folder:
        for path, text in files.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_text(text, encoding="utf-8", errors="replace")
        recipe = read(Project(Path(folder)))
    evidence = Evidence(recipe=recipe)
    outcomes = judge(CHECKS, evidence)
    for check, outcome in zip(CHECKS, outcomes, strict=True):
        for finding in outcome.findings:
            check.fix(finding, evidence)
    return recipe, outcomes


def work_on(files: dict[str, str]) -> int:
    """Calls that it takes; nothing of it crashes."""
    said: list[Outcome] = []
    read_of: list[Recipe] = []

    def action() -> None:
        recipe, outcomes = examined(files)
        read_of.append(recipe)
        said.extend(outcomes)

    count = calls_of(action)
    assert [outcome for outcome in said if outcome.status is Status.ERRORED] == []
    assert {file.path for file in read_of[0].files} == set(files)
    return count


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.sampled_from(names()), some.integers(0, 10**6))
def test_a_damaged_program_is_examined_in_bounded_work(program: str, seed: int) -> None:
    assert work_on(mutated(program, seed)) < MOST_CALLS


@pytest.mark.parametrize("line", ["x = x + [model]", "model.fit(x, y, epochs={n})"])
def test_a_file_of_20_000_lines_takes_work_in_proportion(line: str) -> None:
    assert work_on({"train.py": repeated(line, 20_000)}) < MOST_CALLS_A_LINE * 20_000


@pytest.mark.parametrize(
    "line",
    [
        "model.add(keras.layers.Dense(3))",
        "def f{n}(a):\n    return f{n}(a) + f0(a)",
        "if flag:\n    x = [x, {n}]",
        "class C{n}(C0):\n    def fit(self):\n        self.model = model",
        "settings = {{**settings, '{n}': settings}}",
        "for a{n} in x:\n    model.fit(a{n}, y)",
        "train = keras.utils.image_dataset_from_directory('d{n}').map(lambda x, y: (x / 255, y))",
        "print x, {n}",
    ],
)
def test_a_long_file_takes_work_in_proportion(line: str) -> None:
    assert work_on({"train.py": repeated(line, 4_000)}) < MOST_CALLS_A_LINE * 4_000


def repeated(line: str, lines: int) -> str:
    """A training, so many lines, and a training again."""
    return TRAINING + "\n".join(line.format(n=number) for number in range(lines // (line.count("\n") + 1))) + TRAINING


def test_a_ring_of_imports_is_gone_through_once() -> None:
    size = 40
    files = {
        f"part{number}.py": f"from part{(number + 1) % size} import *\nimport part{(number + 7) % size}\n{TRAINING}"
        for number in range(size)
    }
    assert work_on(files) < MOST_CALLS
