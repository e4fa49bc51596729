"""Every code block of the README and of docs/ is run, or checked for what can be checked without installing anything."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from blocks import ROOT, Block, blocks, pages

from vggdoctor import cli, registry
from vggdoctor.config import read_config

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLLOWED = {"docs/write-a-check.md"}
"""Pages that a test of their own follows."""
BLOCKS = [block for page in pages() for block in blocks(page) if block.page not in FOLLOWED]
PYTHON = [block for block in BLOCKS if block.language == "python"]
SHELL = [(block, command) for block in BLOCKS if block.language in ("", "bash", "console") for command in block.commands()]
TRACKERS = ("mlflow", "wandb")
"""Packages of the examples that are no dependency: what is written for them runs where they are installed."""
SHOWN = {"yaml", "toml", "text", "json"}
PROGRAM = """\
from tensorflow import keras

train = keras.utils.image_dataset_from_directory("data/train", image_size=(64, 64))
model = keras.Sequential([keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), keras.layers.Dense(5)])
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(train, epochs=3)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the commands speak of."""
    for name in ("my_project/train.py", "train.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PROGRAM)
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": PROGRAM}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "train.ipynb").write_text(json.dumps(notebook))
    (tmp_path / "pictures").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_no_block_is_of_a_kind_that_nobody_checks() -> None:
    kinds = {"python", "", "bash", "console", *SHOWN}
    assert [block for block in BLOCKS if block.language not in kinds] == []
    assert len(PYTHON) > 5
    assert len(SHELL) > 15


def name_of(block: Block) -> str:
    return f"{block.page}:{block.line}"


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The ``model``, ``train`` and ``validation`` that the examples speak of, sound and small; shared by the blocks of a run."""
    keras = pytest.importorskip("keras")
    import numpy as np

    draw = np.random.default_rng(0)

    def pictures(count: int) -> tuple[Any, Any]:
        labels = np.arange(count) % 3
        x = draw.integers(0, 160, (count, 32, 32, 3)).astype("float32")
        x[np.arange(count), ..., labels] += 90
        return x, labels

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(8, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    import tensorflow as tf

    train = tf.data.Dataset.from_tensor_slices(pictures(96)).shuffle(96).batch(8)
    validation = tf.data.Dataset.from_tensor_slices(pictures(24)).batch(8)
    yield {"model": model, "train": train, "validation": validation, "__name__": "example"}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes of a second or two: the examples show how to ask, not what is found."""
    examine = importlib.import_module("vggdoctor.gather.inprocess.examine")
    whole = examine.probe
    monkeypatch.setattr(examine, "probe", lambda live, seconds, *rest: whole(live, min(seconds, 2.0), *rest))


@pytest.mark.slow
@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("block", PYTHON, ids=name_of)
def test_python_runs(block: Block, objects: dict[str, Any], place: Path) -> None:
    code = compile(block.text, name_of(block), "exec")
    for tracker in TRACKERS:
        if f"import {tracker}" in block.text:
            pytest.importorskip(tracker)
    exec(code, objects)
    for name in [name for name in objects if name.startswith("test_")]:
        objects.pop(name)()


@pytest.mark.parametrize(("block", "command"), SHELL, ids=lambda item: item if isinstance(item, str) else "")
def test_commands_are_what_there_is(block: Block, command: str, place: Path) -> None:
    program, *words = shlex.split(command)
    words = [os.path.expanduser(word) for word in words]
    check = {"vggdoctor": vggdoctor, "pip": pip, "make": make, "pytest": collects, "python": module}[program]
    check(words)


def vggdoctor(words: list[str]) -> None:
    """Every option is known and takes that value; what is quick is done."""
    for word in words:
        if word.endswith(".json") and "=" not in word and not word.startswith("-"):
            Path(word).parent.mkdir(exist_ok=True)
            Path(word).write_text("{}")
    name, *rest = words
    if name in ("checks", "explain"):
        assert cli.main(words) == 0
        return
    group = typer.main.get_command(cli.app)
    command = group.get_command(None, name)  # type: ignore[attr-defined]
    assert command is not None, f"there is no command {name}"
    command.make_context(name, rest, obj=words)


def pip(words: list[str]) -> None:
    """The extras exist. Nothing is installed here: that is the installation test's work."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    asked = [name for word in words for found in re.findall(r"\[([\w,-]+)\]", word) for name in found.split(",")]
    assert words[0] == "install"
    assert set(asked) <= extras.keys()


def make(words: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert all(re.search(rf"(?m)^{word}:", makefile) for word in words)


def collects(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *words], capture_output=True, text=True, check=False
    )
    assert "vggdoctor::" in done.stdout, done.stdout + done.stderr


def module(words: list[str]) -> None:
    target = words[1] if words[0] == "-m" else words[0]
    found = (ROOT / target).exists() if words[0] != "-m" else (ROOT / f"{target.replace('.', '/')}.py").exists()
    assert found or importlib.util.find_spec(target) is not None


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "toml"], ids=name_of)
def test_configuration_is_read(block: Block, place: Path) -> None:
    (place / "pyproject.toml").write_text(block.text)
    registry.load().refuse_strangers(read_config(place).ids())


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_and_ids_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    installed = registry.load().checks
    for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text):
        generated = re.fullmatch(r"checks/([\w-]+)\.md", target)
        known = generated[1] in installed if generated else (page.parent / target).exists()
        assert known, f"{page.name} links to {target}, which is not there"
