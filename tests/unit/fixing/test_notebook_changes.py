"""Repairs of notebooks: only the source of the changed cells differs, magics and outputs stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from marked import unmarked

from vggdoctor.errors import RepairError
from vggdoctor.fixing import Patch, plan
from vggdoctor.fixing.magics import mask
from vggdoctor.fixing.notebook import code_cells, rewritten
from vggdoctor.project import Project
from vggdoctor.schema import Change, InsertStatements, Location, Repair, ReplaceExpression, SetArgument

BOOK = "train.ipynb"
OUTPUT = [{"data": {"text/plain": ["é <b>1</b>\n", "2"]}, "execution_count": 3, "metadata": {}, "output_type": "execute_result"}]


def notebook(*cells: str, **form: Any) -> str:
    """A notebook: markdown first, then the code cells (so that the first has index 1)."""
    code = [
        {
            "cell_type": "code",
            "execution_count": 3,
            "metadata": {"collapsed": True, "tags": []},
            "outputs": OUTPUT,
            "source": text.splitlines(keepends=True),
        }
        for text in cells
    ]
    document = {
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Überschrift"]}, *code],
        "metadata": {"kernelspec": {"name": "python3"}, "colab": {"provenance": []}},
        "nbformat": 4,
        "nbformat_minor": 0,
    }
    return json.dumps(document, **({"indent": 1, "ensure_ascii": False} | form)) + "\n"


def patched(folder: Path, text: str, *changes: Change) -> Patch:
    (folder / BOOK).write_bytes(text.encode())
    patch = plan(Project(folder), [Repair("all", changes)])
    assert [reason for _, reason in patch.left_out] == []
    return patch


FORMS: dict[str, dict[str, Any]] = {
    "nbformat's": {},
    "four spaces": {"indent": 4},
    "tabs": {"indent": "\t"},
    "ASCII": {"ensure_ascii": True},
    "one line": {"indent": None, "separators": (",", ":")},
    "sorted": {"sort_keys": True},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_only_the_changed_lines_differ(form: dict[str, Any], tmp_path: Path) -> None:
    cells = "%matplotlib inline\nimport keras\n!pip install x", "m = 'ä'\n# fit\nm.fit(x, 'ö')\nn = 1"
    text, after = notebook(*cells, **form), notebook(cells[0], cells[1].replace("'ö'", "'ö', epochs=2"), **form)
    assert patched(tmp_path, text, SetArgument(Location(BOOK, 3, 3, cell=2), "epochs", "2")).files == {BOOK: after}


def test_lines_added_at_the_ends_of_a_cell(tmp_path: Path) -> None:
    text = notebook("f(x)")
    changes = (
        InsertStatements(Location(BOOK, 1, 1, cell=1), "a = 1"),
        InsertStatements(Location(BOOK, 1, 1, cell=1), "b = 2", after=True),
    )
    assert patched(tmp_path, text, *changes).files == {BOOK: notebook("a = 1\nf(x)\nb = 2")}
    assert patched(tmp_path, text, changes[1]).files == {BOOK: notebook("f(x)\nb = 2")}


def test_a_source_that_is_one_string(tmp_path: Path) -> None:
    document = json.loads(notebook("import os\nf(x)"))
    document["cells"][1]["source"] = "import os\nf(x)"
    text = json.dumps(document, indent=1, ensure_ascii=False)
    after = text.replace(r'"import os\nf(x)"', r'"import os\nf(x, a=\"é\")"')
    assert patched(tmp_path, text, SetArgument(Location(BOOK, 2, 2, cell=1), "a", '"é"')).files == {BOOK: after}


def test_a_notebook_of_the_old_format(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "input": ["f(x)\n", "g(x)"], "outputs": [], "language": "python"}
    text = json.dumps({"worksheets": [{"cells": [cell]}, {"cells": [cell]}], "nbformat": 3}, indent=2)
    changed = patched(tmp_path, text, SetArgument(Location(BOOK, 2, 2, cell=1), "a", "1")).files[BOOK]
    assert json.loads(changed)["worksheets"][0] == {"cells": [cell]}
    assert json.loads(changed)["worksheets"][1]["cells"][0]["input"] == ["f(x)\n", "g(x, a=1)"]


def test_names_are_reached_across_cells_in_order(tmp_path: Path) -> None:
    cells = "f(x)", "%%time\nfrom tensorflow.keras.layers import Dense", "y = x"
    place = Location(BOOK, 1, 1, 5, 6, cell=3)
    changed = patched(tmp_path, notebook(*cells), ReplaceExpression(place, "${keras.layers.Flatten}"))
    assert changed.files == {BOOK: notebook(cells[0], f"{cells[1]}, Flatten", "y = Flatten")}
    above = Location(BOOK, 1, 1, 3, 4, cell=1)
    changed = patched(tmp_path, notebook(*cells), ReplaceExpression(above, "${keras.layers.Flatten}"))
    assert changed.files == {BOOK: notebook("from tensorflow.keras.layers import Flatten\nf(Flatten)", *cells[1:])}


def test_an_import_after_the_last_line_of_another_cell(tmp_path: Path) -> None:
    place = Location(BOOK, 1, 1, 5, 6, cell=2)
    changed = patched(tmp_path, notebook("import os", "y = x"), ReplaceExpression(place, "${numpy.inf}"))
    assert changed.files == {BOOK: notebook("import os\nimport numpy as np", "y = np.inf")}


def test_a_cell_of_another_language_is_left_alone(tmp_path: Path) -> None:
    cells = "%%bash\nfor f in *; do echo $f; done", "this is not python", "f(x)"
    changed = patched(tmp_path, notebook(*cells), SetArgument(Location(BOOK, 1, 1, cell=3), "a", "1"))
    assert changed.files == {BOOK: notebook(*cells[:2], "f(x, a=1)")}
    assert "1 = 1" not in changed.readable


def test_the_readable_diff_names_the_cell(tmp_path: Path) -> None:
    patch = patched(tmp_path, notebook("import os", "f(x)"), SetArgument(Location(BOOK, 1, 1, cell=2), "a", "1"))
    assert patch.readable == (
        "--- train.ipynb, cell 2\n+++ train.ipynb, cell 2\n@@ -1 +1 @@\n"
        "-f(x)\n\\ No newline at end of file\n+f(x, a=1)\n\\ No newline at end of file\n"
    )
    assert '"f(x, a=1)"' in patch.diff


def test_a_patched_notebook_is_read_again(tmp_path: Path) -> None:
    patch = patched(tmp_path, notebook("import os", "f(x)"), SetArgument(Location(BOOK, 1, 1, cell=2), "a", "1"))
    again = Project(tmp_path).with_changes(patch.files)
    assert again.sources[BOOK].cells == {1: "import os", 2: "f(x, a=1)"}
    repair = Repair("more", (SetArgument(Location(BOOK, 1, 1, cell=2), "b", "2"),))
    assert plan(again, [repair]).files == {BOOK: notebook("import os", "f(x, a=1, b=2)")}


MASKED = {
    "line magic": ("%matplotlib inline\nx = 1\n", "pass\nx = 1\n"),
    "shell": ("!pip install -q 'x'\n", "pass\n"),
    "shell with a bracket": ("x = 1\n!echo (\ny = 2\n", "x = 1\npass\ny = 2\n"),
    "in a block": ("if x:\n    !ls\n", "if x:\n    pass\n"),
    "assigned": ("files = !ls\nt = %time f()\n", "pass\npass\n"),
    "help": ("?f\nf?\nx = 1", "pass\npass\nx = 1"),
    "cell magic": ("\n%%time\nf(x)\n", "\npass\nf(x)\n"),
    "no magic": ("y = (x\n     % 2)\ns = '''\n%time\n!ls\n'''\n", "y = (x\n     % 2)\ns = '''\n%time\n!ls\n'''\n"),
    "magic beside such a string": ("s = '''\n!ls\n'''\n!ls\n", "s = '''\n!ls\n'''\npass\n"),
    "another language": ("%%bash\nls\n", None),
    "not Python": ("x = = 1\n", None),
}


@pytest.mark.parametrize(("source", "expected"), MASKED.values(), ids=MASKED.keys())
def test_mask(source: str, expected: str | None) -> None:
    assert mask(source) == expected


def test_json_that_is_no_notebook_is_refused() -> None:
    for text in ("{}", "[1]", '{"cells": [', "", '{"cells": 3}'):
        with pytest.raises(RepairError, match="could not be followed"):
            code_cells(text)


def test_unchanged_lines_keep_their_spelling() -> None:
    text = '{"cells": [{"cell_type": "code", "source": ["\\u0061 = 1\\n" ,  "b\\/c"]}]}'
    assert rewritten(text, {0: "a = 1\nn\nb/c"}) == text.replace('" ,  "b', '" ,  "n\\n" ,  "b')


def test_marks_count_in_cells() -> None:
    assert unmarked("⟦f(x)⟧", BOOK, 2)[1] == [Location(BOOK, 1, 1, 1, 5, 2)]
