"""Several repairs on one project, and those that cannot be done."""

from __future__ import annotations

from pathlib import Path

from marked import fixed, planned, refused

from vggdoctor.fixing import plan
from vggdoctor.project import Project
from vggdoctor.schema import Change, InsertStatements, Location, RemoveArgument, Repair, ReplaceExpression, SetArgument

OVERLAP = "another repair changes the same place"


def test_arguments_of_two_repairs_meet_in_one_call() -> None:
    _, patch = planned("⟦⟦f(x)⟧⟧\n", lambda at: SetArgument(at, "a", "1"), lambda at: SetArgument(at, "b", "2"), one_repair=False)
    assert patch.files == {"train.py": "f(x, a=1, b=2)\n"}
    assert patch.left_out == ()


def test_the_later_of_two_values_is_left_out() -> None:
    _, patch = planned("⟦⟦f(x)⟧⟧\n", lambda at: SetArgument(at, "a", "1"), lambda at: SetArgument(at, "a", "2"), one_repair=False)
    assert patch.files == {"train.py": "f(x, a=1)\n"}
    assert [(repair.title, reason) for repair, reason in patch.left_out] == [("1", "a is already given another value there")]


def test_the_later_of_overlapping_ones_is_left_out_whole() -> None:
    source = "y = ⟦f(⟦g(x)⟧)⟧\n"
    _, patch = planned(source, lambda at: ReplaceExpression(at, "h(x)"), lambda at: SetArgument(at, "a", "1"), one_repair=False)
    assert patch.files == {"train.py": "y = h(x)\n"}
    assert patch.left_out[0][1] == OVERLAP
    _, patch = planned(source, lambda at: ReplaceExpression(at, "h(x)"), lambda at: SetArgument(at, "a", "1"))
    assert patch.files == {}
    assert patch.diff == patch.readable == ""


def test_what_is_left_out_leaves_no_import() -> None:
    source = "import os\ny = ⟦⟦f(x)⟧⟧\n"
    _, patch = planned(
        source,
        lambda at: ReplaceExpression(at, "h(x)"),
        lambda at: SetArgument(at, "a", "${keras.layers.Dense}"),
        one_repair=False,
    )
    assert patch.files == {"train.py": "import os\ny = h(x)\n"}


def test_a_nested_call_is_changed_beside_its_outer_one() -> None:
    _, patch = planned(
        "⟦f(⟦g(x)⟧)⟧\n", lambda at: SetArgument(at, "a", "1"), lambda at: SetArgument(at, "b", "2"), one_repair=False
    )
    assert patch.files == {"train.py": "f(g(x, b=2), a=1)\n"}


def test_a_repair_of_two_files_is_done_in_both_or_neither(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("f(x)\n")
    (tmp_path / "b.py").write_text("g(x)\n")
    good: tuple[Change, ...] = (
        SetArgument(Location("a.py", 1, 1), "n", "1"),
        SetArgument(Location("b.py", 1, 1), "n", "2"),
    )
    assert plan(Project(tmp_path), [Repair("both", good)]).files == {"a.py": "f(x, n=1)\n", "b.py": "g(x, n=2)\n"}
    bad = (good[0], RemoveArgument(Location("b.py", 1, 1), "m"))
    patch = plan(Project(tmp_path), [Repair("both", bad)])
    assert patch.files == {}
    assert "no argument m" in patch.left_out[0][1]


def test_reasons_why_a_place_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("f(x); g(x)\n")
    (tmp_path / "bad.py").write_text("f(x\n")
    (tmp_path / "feed.py").write_text("\x0cf(x)\n")
    reasons = {
        Location("gone.py", 1, 1): "cannot be read",
        Location("bad.py", 1, 1): "not valid Python",
        Location("feed.py", 1, 1): "places in feed.py cannot be told",
        Location("a.py", 9, 9): "fewer lines",
        Location("a.py", 1, 1, 1, 90): "line 1 is shorter",
        Location("a.py", 1, 1): "which one is meant is not clear",
        Location("a.py", 1, 1, cell=2): "no code cell 2",
    }
    for place, reason in reasons.items():
        patch = plan(Project(tmp_path), [Repair("set", (RemoveArgument(place, "zzz"),))])
        assert reason in patch.left_out[0][1], place
        assert patch.files == {}


def test_a_result_that_does_not_parse_is_left_out() -> None:
    assert "would not be valid Python" in refused("y = ⟦x⟧\n", lambda at: ReplaceExpression(at, "1 +"))
    assert "outside function" in refused("⟦f(x)⟧\n", lambda at: InsertStatements(at, "return 1"))
    assert "would not be valid Python" in refused("⟦f(x)⟧\n", lambda at: InsertStatements(at, "if x:"))


def test_a_program_that_does_not_compile_is_repaired_all_the_same() -> None:
    """A cell of a notebook turned into a script, say; the result must parse, more cannot be asked."""
    assert fixed("return ⟦f(x)⟧\n", lambda at: SetArgument(at, "a", "1")) == "return f(x, a=1)\n"
    assert "not valid Python" in refused("return ⟦f(x)⟧\n", lambda at: ReplaceExpression(at, "1 +"))


def test_a_name_of_another_function_is_refused() -> None:
    source = "def build():\n    model = 1\n    return model\n\n\n⟦f(x)⟧\n"
    put = lambda at: InsertStatements(at, "model.predict()")  # noqa: E731
    assert refused(source, put) == "model is known elsewhere, not at train.py:6"
    assert fixed("from m import *\n" + source, put).endswith("\nmodel.predict()\nf(x)\n")
    bring = lambda at: InsertStatements(at, "model = 2\nprint([model for i in ()])")  # noqa: E731
    assert fixed(source, bring).endswith("\nmodel = 2\nprint([model for i in ()])\nf(x)\n")


def test_nothing_to_do_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("f(x, n=1)\n")
    patch = plan(Project(tmp_path), [Repair("set", (SetArgument(Location("a.py", 1, 1), "n", "1"),))])
    assert (patch.files, patch.diff, patch.left_out) == ({}, "", ())
    assert plan(Project(tmp_path), []).files == {}
