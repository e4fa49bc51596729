"""The order in which lists of pictures are filled."""

from __future__ import annotations

import textwrap

import pytest
from reading import FROZEN_VGG, read_files, stage

HEAD = """
    import glob, os, cv2
    import numpy as np
    x, y, rows = [], [], []
"""
FIT = """
    model.fit(np.array(x), np.array(y), validation_split=0.2)
"""


def order(loops: str, fit: str = FIT) -> str | None:
    return stage(FROZEN_VGG, HEAD, loops, fit).train.order.value


NESTED = """
    for number, name in enumerate(os.listdir("d")):
        for file in os.listdir("d/" + name):
            x.append(cv2.imread(file))
            y.append(number)
"""
DERIVED = """
    for name in NAMES:
        label = NAMES.index(name)
        for file in os.listdir(name):
            rows.append([cv2.imread(file), label])
    x = np.array([row[0] for row in rows])
    y = np.array([row[1] for row in rows])
"""
EXTENDED = """
    for number, folder in enumerate(sorted(glob.glob("d/*"))):
        files = glob.glob(folder + "/*.jpg")
        x += [cv2.imread(file) for file in files]
        y += [number] * len(files)
"""
ONE_LOOP_A_CLASS = """
    for file in glob.glob("cats/*"):
        x.append(cv2.imread(file)); y.append(0)
    for file in glob.glob("dogs/*"):
        x.append(cv2.imread(file)); y.append(1)
"""


@pytest.mark.parametrize("loops", [NESTED, DERIVED, EXTENDED, ONE_LOOP_A_CLASS])
def test_lists_that_are_filled_class_by_class(loops: str) -> None:
    assert order(loops) == "by-class"


@pytest.mark.parametrize("loops", [NESTED, DERIVED, EXTENDED, ONE_LOOP_A_CLASS])
def test_what_may_shuffle_them_is_believed(loops: str) -> None:
    assert order(loops, "\n    from sklearn.utils import shuffle\n    x, y = shuffle(x, y)\n" + FIT) == "mixed"


LABELS_BY_NAME = """
    for file in glob.glob("d/*"):
        x.append(cv2.imread(file))
        if "cat" in file:
            y.append(0)
        else:
            y.append(1)
    for file in glob.glob("e/*"):
        x.append(cv2.imread(file))
        if "dog" in file:
            y.append(1)
        else:
            y.append(0)
"""
LABEL_OF_EACH_FILE = """
    for folder in ("a", "b"):
        for file in os.listdir(folder):
            x.append(cv2.imread(file))
            y.append(int(file[0]))
"""


@pytest.mark.parametrize("loops", [LABELS_BY_NAME, LABEL_OF_EACH_FILE])
def test_labels_that_change_from_file_to_file_say_nothing(loops: str) -> None:
    assert order(loops) is None


def test_of_several_files_the_one_counts_that_fills_the_list() -> None:
    loader = "\n".join(["def load():", textwrap.indent(textwrap.dedent(HEAD + NESTED), "    "), "    return x, y"])
    train = textwrap.dedent(FROZEN_VGG) + "import numpy as np\nfrom loader import load\nx, y = load()\n" + textwrap.dedent(FIT)
    (found,) = read_files({"train.py": train, "loader.py": loader, "other.py": "import train\n"}).stages
    assert found.train.order.value == found.validation.value.order.value == "by-class"
