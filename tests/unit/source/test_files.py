"""Scripts, notebooks, packages: what is read of each, and what is said of the rest."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, notebook, read_files, read_text

from vggdoctor.errors import InputError
from vggdoctor.schema import Location

FIT = "model.fit(x, y, epochs=1)"


def test_cells_in_order_with_magics_set_aside() -> None:
    cells = notebook(
        "# % A title",
        "%matplotlib inline\n!pip install keras\n" + FROZEN_VGG,
        "%%bash\nls -la",
        "if True:\n    %time print(1)\n    files = !ls\n    " + FIT,
        "model.summary?",
    )
    recipe = read_files({"a.ipynb": cells})
    (found,) = recipe.stages
    assert found.place == Location("a.ipynb", 4, 4, 5, 30, 3)
    assert found.model.backbone.value.place.cell == 1
    assert recipe.files[0].problem == ""


def test_a_percent_sign_that_continues_an_expression_is_no_magic() -> None:
    recipe = read_files({"a.ipynb": notebook(FROZEN_VGG, 'print("%d"\n% 3)\n' + FIT)})
    assert len(recipe.stages) == 1


def test_a_broken_cell_is_listed_and_the_others_count() -> None:
    recipe = read_files({"a.ipynb": notebook(FROZEN_VGG, "def broken(:\n    pass", FIT)})
    assert len(recipe.stages) == 1
    assert "cell 1" in recipe.files[0].problem


@pytest.mark.parametrize(
    "broken",
    [
        "print 'Python 2'",
        "def f():\n    print 'inside', 2",
        "x = (1,\ny = 2",
        "class A:\n  def f(self:\n    pass",
        "exec 'code'",
    ],
)
def test_broken_statements_of_a_script_are_set_aside(broken: str) -> None:
    recipe = read_text(f"{FROZEN_VGG}\n{broken}\n\n{FIT}")
    assert len(recipe.stages) == 1
    assert recipe.files[0].problem


def test_a_python_2_print_leaves_the_rest_of_its_function() -> None:
    recipe = read_text(f"{FROZEN_VGG}\ndef train():\n    print 'training'\n    {FIT}\ntrain()")
    assert len(recipe.stages) == 1


def test_one_entry_alone() -> None:
    files = {"a.py": f"{FROZEN_VGG}\n{FIT}", "b.py": f"{FROZEN_VGG}\n{FIT}", "c.py": "print(1)"}
    assert [found.place.path for found in read_files(files, "b.py").stages] == ["b.py"]
    assert [found.place.path for found in read_files(files).stages] == ["a.py", "b.py"]


def test_an_entry_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"nothing\.py"):
        read_files({"a.py": ""}, "nothing.py")


def test_files_that_import_each_other() -> None:
    files = {"a.py": f"import b\n{FROZEN_VGG}\ndef go():\n    {FIT}\n", "b.py": "import a\ndef run():\n    a.go()\nrun()\n"}
    assert len(read_files(files).stages) == 1
