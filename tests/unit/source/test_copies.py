"""Rows that are duplicated, or turned about beside the originals, before they are split."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, read_text

PROGRAM = """
import cv2, numpy as np
from sklearn.model_selection import train_test_split
x, y = [], []
{fill}
a, b, c, d = train_test_split(np.array(x), np.array(y))
{after}
model.fit(a, c, validation_data=(b, d), epochs=2)
"""
PLAIN = """
for path, label in rows:
    picture = cv2.imread(path)
    x.append(picture)
    y.append(label)
"""
BOTH = PLAIN + "    x.append(cv2.flip(picture, 1))\n    y.append(label)\n"


def lines(fill: str, after: str = "") -> list[tuple[int, int]]:
    recipe = read_text(FROZEN_VGG + PROGRAM.format(fill=fill.strip("\n"), after=after))
    offset = FROZEN_VGG.count("\n")
    return [(copied.line - offset, split.line - offset) for copied, split in recipe.copied_before_split]


def test_a_turned_picture_beside_the_original() -> None:
    assert lines(BOTH) == [(9, 11)]


def test_a_turned_picture_by_name() -> None:
    named = BOTH.replace(
        "x.append(cv2.flip(picture, 1))", "mirrored = picture[:, ::-1]; again = rotate(picture)\n    x.append(again)"
    )
    assert lines(named) == [(10, 12)]


def test_a_turned_list_beside_the_original() -> None:
    assert lines(PLAIN + "turned = [np.fliplr(each) for each in x]\nx = x + turned\ny = y + y") == [(10, 12)]
    assert lines(PLAIN + "turned = augmented(x)\nx = np.concatenate([x, turned])") == [(10, 11)]


@pytest.mark.parametrize(
    "fill",
    [
        PLAIN,
        PLAIN.replace("cv2.imread(path)", "cv2.flip(cv2.imread(path), 1)"),
        PLAIN.replace(
            "x.append(picture)", "if label:\n        x.append(picture)\n    else:\n        x.append(cv2.flip(picture, 1))"
        ),
        BOTH.replace("x.append(cv2.flip", "z.append(cv2.flip"),
    ],
)
def test_one_picture_of_each_file_is_no_copy(fill: str) -> None:
    assert lines(fill) == []


def test_copies_after_the_split_are_as_they_should_be() -> None:
    assert (
        lines(PLAIN, "turned = [np.fliplr(each) for each in a]\na = np.concatenate([a, turned])\nc = np.concatenate([c, c])")
        == []
    )
