"""Reads small programs given as text."""

from __future__ import annotations

import json
import tempfile
import textwrap
from pathlib import Path

from vggdoctor.evidence import Pipeline, Recipe, Stage
from vggdoctor.gather.source import read
from vggdoctor.project import Project

FROZEN_VGG = """
from keras.applications import VGG16
from keras.layers import Dense, Flatten, Dropout, GlobalAveragePooling2D
from keras.models import Model, Sequential
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, GlobalAveragePooling2D(), Dense(2, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
"""
GENERATOR = """
from keras.preprocessing.image import ImageDataGenerator
train = ImageDataGenerator(rescale=1/255).flow_from_directory("data/train", target_size=(224, 224))
"""


def read_files(files: dict[str, str], entry: str | None = None) -> Recipe:
    """The recipe of a project with these files, dedented."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text if path.endswith(".ipynb") else textwrap.dedent(text), encoding="utf-8")
        return read(Project(Path(folder)), entry)


def read_text(text: str) -> Recipe:
    return read_files({"train.py": text})


def stages(*parts: str) -> tuple[Stage, ...]:
    """The stages of one script, put together from parts."""
    return read_text("\n".join(textwrap.dedent(part) for part in parts)).stages


def stage(*parts: str) -> Stage:
    """The only stage of one script."""
    (found,) = stages(*parts)
    return found


def notebook(*cells: str) -> str:
    """A notebook whose code cells hold these texts; a cell that starts with # % is Markdown."""
    made = [
        {
            "cell_type": "markdown" if cell.startswith("# %") else "code",
            "metadata": {},
            "source": textwrap.dedent(cell),
            "outputs": [],
        }
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def operations(pipeline: Pipeline) -> list[str]:
    """The steps in short: ``preprocess_input:vgg16``, ``affine*0.00392``."""
    found = []
    for step in pipeline.steps:
        extra = f":{step.family}" if step.family else f"*{step.scale:.3g}{step.offset:+.3g}" if step.scale is not None else ""
        found.append(f"{step.operation}{extra}")
    return found
