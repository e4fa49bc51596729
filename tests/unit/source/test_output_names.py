"""Names of outputs that a program writes by hand."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, GENERATOR, read_files

from vggdoctor.evidence import OutputNames

TRAIN = FROZEN_VGG + GENERATOR + "model.fit(train)\nmodel.save('birds.keras')\n"
NAMES = "NAMES = ['terns', 'gulls', 'waders']\n"
LOAD = """\
import sys
import numpy as np
from keras.models import load_model
from keras.utils import img_to_array, load_img
model = load_model("birds.keras")
scores = model.predict(img_to_array(load_img(sys.argv[1]))[None])
"""


def found(use: str, names: str = NAMES) -> tuple[OutputNames, ...]:
    return read_files({"train.py": TRAIN, "predict.py": names + LOAD + use}).output_names


@pytest.mark.parametrize(
    "use",
    [
        "print(NAMES[np.argmax(scores)])",
        "best = int(scores[0].argmax())\nprint(NAMES[best])",
        "for number in scores[0].argsort()[-3:][::-1]:\n    print(NAMES[number], scores[0][number])",
        "print([NAMES[one] for one in np.argmax(scores, axis=1)])",
        "for name, share in zip(NAMES, scores[0]):\n    print(name, share)",
        "print(dict(zip(NAMES, model.predict(x)[0].tolist())))",
        "from sklearn.metrics import classification_report\nprint(classification_report(y, chosen, target_names=NAMES))",
        "print(NAMES[int(scores[0][0] > 0.5)])",
        "print(NAMES[int(round(scores[0][0]))])",
        "def answer():\n    index = np.argmax(scores)\n    return {'class': NAMES[index]}",
    ],
)
def test_a_list_that_names_outputs_is_known(use: str) -> None:
    (only,) = found(use)
    assert (only.name, only.names, only.by_number) == ("NAMES", ("terns", "gulls", "waders"), False)
    assert (only.place.path, only.place.line, only.place.column) == ("predict.py", 1, 9)
    assert only.used.path == "predict.py"


@pytest.mark.parametrize(
    ("names", "by_number"),
    [
        ("NAMES = {0: 'terns', 1: 'gulls', 2: 'waders'}\n", True),
        ("import numpy\nNAMES = numpy.array(('terns', 'gulls', 'waders'))\n", False),
        ("NAMES: list[str] = ['terns', 'gulls', 'waders']\n", False),
    ],
)
def test_dictionaries_and_arrays_of_names_are_known(names: str, by_number: bool) -> None:
    (only,) = found("print(NAMES[np.argmax(scores)])", names)
    assert (only.names, only.by_number) == (("terns", "gulls", "waders"), by_number)


def test_a_dictionary_may_be_asked_by_get() -> None:
    (only,) = found("print(NAMES.get(scores.argmax(), 'none'))", "NAMES = {0: 'terns', 1: 'gulls'}\n")
    assert only.names == ("terns", "gulls")


def test_a_list_of_another_file_is_found_by_its_import() -> None:
    files = {"lib/settings.py": NAMES, "train.py": TRAIN}
    files["predict.py"] = "from lib.settings import NAMES as shown\n" + LOAD + "print(shown[np.argmax(scores)])"
    (only,) = read_files(files).output_names
    assert (only.place.path, only.used.path) == ("lib/settings.py", "predict.py")


@pytest.mark.parametrize(
    ("names", "use"),
    [
        (NAMES, "for name in NAMES:\n    print(name, np.argmax(scores))"),
        (NAMES, "print(NAMES[0], np.argmax(scores))"),
        (NAMES, "print(dict(zip(NAMES, range(3))), scores)"),
        (NAMES + "NAMES = sorted(NAMES)\n", "print(NAMES[np.argmax(scores)])"),
        (NAMES + "NAMES.sort()\n", "print(NAMES[np.argmax(scores)])"),
        (NAMES + "NAMES[0] = 'auks'\n", "print(NAMES[np.argmax(scores)])"),
        ("NAMES = sorted(['terns', 'gulls'])\n", "print(NAMES[np.argmax(scores)])"),
        ("NAMES = ['terns', other]\n", "print(NAMES[np.argmax(scores)])"),
        ("NAMES = {1: 'terns', 2: 'gulls'}\n", "print(NAMES[np.argmax(scores)])"),
        (NAMES, "def show(NAMES):\n    return NAMES[np.argmax(scores)]"),
        ("NAMES = ['terns', 'terns']\n", "print(NAMES[np.argmax(scores)])"),
    ],
)
def test_what_is_no_fixed_list_of_names_or_is_not_looked_up_is_left_alone(names: str, use: str) -> None:
    assert found(use, names) == ()
