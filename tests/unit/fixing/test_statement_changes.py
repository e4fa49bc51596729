"""Whole statements put in and taken out."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path

import pytest
from marked import Make, fixed, refused

from vggdoctor.fixing import plan
from vggdoctor.project import Project
from vggdoctor.schema import InsertStatements, Location, RemoveStatement, Repair, SetArgument


def before(source: str) -> Make:
    return lambda at: InsertStatements(at, source)


def after(source: str) -> Make:
    return lambda at: InsertStatements(at, source, after=True)


def remove() -> Make:
    return lambda at: RemoveStatement(at)


BLOCK = "for i in n:\n    g(i)"
PUT = {
    "before a call": (before("n = 1"), "a()\nh = ⟦f(x)⟧  # fit\n", "a()\nn = 1\nh = f(x)  # fit\n"),
    "after a call": (after("n = 1"), "⟦f(x)⟧  # fit\nb()\n", "f(x)  # fit\nn = 1\nb()\n"),
    "after the last line, no newline": (after("n = 1"), "⟦f(x)⟧", "f(x)\nn = 1"),
    "after a call over lines": (after("n = 1"), "⟦f(\n    x\n)⟧\nb()\n", "f(\n    x\n)\nn = 1\nb()\n"),
    "a block in a function, tabs": (
        before(BLOCK),
        "def t():\n\ta()\n\t⟦f(x)⟧\n",
        "def t():\n\ta()\n\tfor i in n:\n\t\tg(i)\n\tf(x)\n",
    ),
    "a block, two spaces": (before(BLOCK), "def t():\n  ⟦f(x)⟧\n", "def t():\n  for i in n:\n    g(i)\n  f(x)\n"),
    "a blank line stays blank": (before("n = 1\n\nm = 2"), "if x:\n    ⟦f(x)⟧\n", "if x:\n    n = 1\n\n    m = 2\n    f(x)\n"),
    "into a one-line if": (before("n = 1"), "if x: ⟦f(x)⟧  # fit\nb()\n", "if x:\n    n = 1\n    f(x)  # fit\nb()\n"),
    "into a one-line else": (
        before("n = 1"),
        "if x: a()\nelse:  b(); ⟦f(x)⟧\n",
        "if x: a()\nelse:\n    b()\n    n = 1\n    f(x)\n",
    ),
    "at the end of a one-line for": (after("n = 1"), "for i in x: ⟦f(i)⟧\nb()\n", "for i in x:\n    f(i)\n    n = 1\nb()\n"),
    "before the first of a line": (before("n = 1"), "⟦f(x)⟧; b()\n", "n = 1\nf(x); b()\n"),
    "between semicolons": (before("n = 1"), "  \na(); ⟦f(x)⟧; b()\n", "  \na()\nn = 1\nf(x); b()\n"),
    "after the first of a line": (after("n = 1"), "a(⟦x⟧) ; b();\n", "a(x)\nn = 1\nb();\n"),
    "before an if for its condition": (before("n = 1"), "if ⟦f(x)⟧:\n    a()\n", "n = 1\nif f(x):\n    a()\n"),
    "before an if for its elif": (
        before("n = 1"),
        "if a:\n    b()\nelif ⟦f(x)⟧:\n    c()\n",
        "n = 1\nif a:\n    b()\nelif f(x):\n    c()\n",
    ),
    "before a decorated function": (before("n = 1"), "@⟦f(x)⟧\ndef g():\n    pass\n", "n = 1\n@f(x)\ndef g():\n    pass\n"),
    "after a loop with a comment": (
        after("n = 1"),
        "⟦for i in x:\n    a(i)  # a\n    # end⟧\nb()\n",
        "for i in x:\n    a(i)  # a\nn = 1\n    # end\nb()\n",
    ),
    "a definition, above the comment": (
        before("\n\ndef g():\n    pass\n\n"),
        "a = 1\n\n# all of them\n# in turn\n⟦f(x)⟧\n",
        "a = 1\n\n\ndef g():\n    pass\n\n# all of them\n# in turn\nf(x)\n",
    ),
    "a line, below the comment": (before("n = 1"), "# all of them\n⟦f(x)⟧\n", "# all of them\nn = 1\nf(x)\n"),
    "a definition, below a mark of a cell": (
        before("class A:\n    pass"),
        "# %% cell\n⟦f(x)⟧\n",
        "# %% cell\nclass A:\n    pass\nf(x)\n",
    ),
    "there already": (before("n = 1"), "n = 1\n⟦f(x)⟧\n", "n = 1\nf(x)\n"),
    "there already, after": (after("n = 1"), "⟦f(x)⟧\nn = 1\n", "f(x)\nn = 1\n"),
}


@pytest.mark.parametrize(("make", "source", "expected"), PUT.values(), ids=PUT.keys())
def test_put(make: Make, source: str, expected: str) -> None:
    found = fixed(source, make)
    ast.parse(found)
    assert found == expected


TAKEN = {
    "a line": ("a()\n⟦f(x)⟧  # fit\nb()\n", "a()\nb()\n"),
    "several lines": ("a()\n⟦f(\n    x\n)⟧\nb()\n", "a()\nb()\n"),
    "the last line, no newline": ("a()\n⟦f(x)⟧", "a()"),
    "the only one of a block": ("if x:\n    ⟦f(x)⟧  # fit\nb()\n", "if x:\n    pass  # fit\nb()\n"),
    "the only one behind a colon": ("if x: ⟦f(x)⟧\n", "if x: pass\n"),
    "the first of a line": ("⟦f(x)⟧; b()\n", "b()\n"),
    "the last of a line": ("a(); ⟦f(x)⟧\n", "a()\n"),
    "a loop": ("a()\n⟦for i in x:\n    b(i)⟧\nc()\n", "a()\nc()\n"),
    "a function with decorator": ("a()\n@d\n⟦def f():\n    b()⟧\nc()\n", "a()\nc()\n"),
}


@pytest.mark.parametrize(("source", "expected"), TAKEN.values(), ids=TAKEN.keys())
def test_take_out(source: str, expected: str) -> None:
    assert fixed(source, remove()) == expected


def test_lines_in_the_place_of_a_statement() -> None:
    assert fixed("a()\n⟦⟦for i in x:\n    b(i)⟧⟧\nc()\n", before("n = 1\nm = 2"), remove()) == "a()\nn = 1\nm = 2\nc()\n"
    assert fixed("if x:\n    ⟦⟦f(x)⟧⟧\n", before("n = 1"), remove()) == "if x:\n    n = 1\n"
    assert fixed("if x: ⟦⟦f(x)⟧⟧\n", after("n = 1"), remove()) == "if x:\n    n = 1\n"


def test_an_elif_alone_stays() -> None:
    assert "elif" in refused("if a:\n    b()\n⟦elif c:\n    d()⟧\n", remove())


def test_the_same_line_from_two_repairs_is_put_once() -> None:
    assert fixed("⟦⟦f(x)⟧⟧\n", before("n = 1"), before("n = 1"), one_repair=False) == "n = 1\nf(x)\n"


def test_lines_of_two_repairs_keep_their_order() -> None:
    assert fixed("⟦⟦f(x)⟧⟧\n", before("n = 1"), before("m = n"), one_repair=False) == "n = 1\nm = n\nf(x)\n"


def test_a_line_number_alone_means_what_begins_there() -> None:
    text = "def g():\n    a()\n    h = f(x)\n"
    place = Location("train.py", 3, 3)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.py").write_text(text)
        changes = (InsertStatements(place, "n = 1"), SetArgument(place, "a", "2"))
        patch = plan(Project(Path(folder)), [Repair("both", changes)])
    assert patch.files == {"train.py": "def g():\n    a()\n    n = 1\n    h = f(x, a=2)\n"}
