"""What holds for every plan: the result parses, and only the lines of the changed statements differ."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from marked import Make, fixed, unmarked

from vggdoctor.fixing import Patch, plan
from vggdoctor.project import Project
from vggdoctor.schema import AppendItem, InsertStatements, RemoveArgument, RemoveStatement, Repair, ReplaceExpression, SetArgument

ENDS = {"(": ")", "[": "]"}
NAMES = st.sampled_from(["a", "b", "lr", "x"])
VALUES = st.sampled_from(["1", "[]", "(2)", "'s'", '"t"', "g(1, k=2)", "lambda q: q", "x if y else z", "-1", "[i for i in x]"])
COMMENTS = st.sampled_from(["", "", "  # note", "  # (note,"])


@st.composite
def sequences(draw: st.DrawFn, opening: str, keywords: bool) -> str:
    """A call's arguments or a list, with brackets, in one of the layouts that people use."""
    items = draw(st.lists(VALUES, max_size=3))
    if keywords:
        items += [f"{name}={draw(VALUES)}" for name in draw(st.lists(NAMES, unique=True, max_size=3))]
    comma = draw(st.sampled_from(["", ","])) if items else ""
    layout = draw(st.sampled_from(["line", "stacked", "aligned", "mixed"]))
    if layout == "line" or not items:
        return f"{opening}{', '.join(items)}{comma}{ENDS[opening]}"
    notes = [draw(COMMENTS) for _ in items]
    if layout == "aligned":
        lines = [f"{item},{note}" for item, note in zip(items[:-1], notes, strict=False)] + [items[-1] + comma]
        return opening + "\n        ".join(lines) + ENDS[opening]
    if layout == "mixed":
        return f"{opening}\n        {', '.join(items)}{comma}{notes[0]}\n    {ENDS[opening]}"
    lines = [f"{item},{note}" for item, note in zip(items[:-1], notes, strict=False)] + [items[-1] + comma + notes[-1]]
    return opening + "".join(f"\n        {line}" for line in lines) + f"\n    {ENDS[opening]}"


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, bool]:
    """A program with one marked call or list in a statement of some shape; whether it is a call."""
    is_call = draw(st.booleans())
    core = "⟦" + ("f" + draw(sequences("(", True)) if is_call else draw(sequences("[", False))) + "⟧"
    shape = draw(
        st.sampled_from(
            [
                "y = §",
                "§",
                "m.fit(1, c=§, d=2)",
                "@§\ndef h():\n    return 1",
                "if x: y = §",
                "u = 1; y = §; v = 2",
                "def h(p=§):\n    return p",
                "for i in §:\n    pass",
                "y = (§\n)",
                "return_ = lambda: §",
            ]
        )
    )
    statement = shape.replace("§", core + draw(COMMENTS) + "\n" if shape.startswith("y = (") else core)
    head = draw(st.sampled_from(["", "import os\n", "from keras.layers import Dense\nfrom keras import Model\n", '"""Doc."""\n']))
    tail = draw(st.sampled_from(["\n", "  # end\n", "\n\nz = 1\n", ""]))
    return head + "# before\n" + statement + tail, is_call


def changed(text: str, makes: list[Make]) -> tuple[str, str, Patch]:
    old, places = unmarked(text)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.py").write_bytes(old.encode())
        project = Project(Path(folder))
        patch = plan(project, [Repair(f"{number}", (make(places[0]),)) for number, make in enumerate(makes)])
    return old, patch.files.get("train.py", old), patch


CALL_MAKES: list[Make] = [
    lambda at: SetArgument(at, "a", "new(1)"),
    lambda at: SetArgument(at, "b", "[\n    1,\n    2,\n]"),
    lambda at: SetArgument(at, "x", "${keras.layers.Flatten}()"),
    lambda at: RemoveArgument(at, "a"),
    lambda at: RemoveArgument(at, "lr"),
    lambda at: ReplaceExpression(at, "p if q else r"),
    lambda at: InsertStatements(at, "n = 1\nfor i in n:\n    print(i)"),
    lambda at: InsertStatements(at, "n = 2", after=True),
    lambda at: RemoveStatement(at),
]
LIST_MAKES: list[Make] = [
    lambda at: AppendItem(at, "new(1)"),
    lambda at: AppendItem(at, "${keras.layers.Dense}(\n    1,\n)"),
    *CALL_MAKES[5:],
]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(programs(), st.data())
def test_every_plan_parses_and_leaves_other_lines_alone(program: tuple[str, bool], data: st.DataObject) -> None:
    text, is_call = program
    makes = data.draw(st.lists(st.sampled_from(CALL_MAKES if is_call else LIST_MAKES), min_size=1, max_size=3))
    old, new, patch = changed(text, makes)
    ast.parse(new)
    assert "# before" in new
    assert new.endswith("\n") == old.endswith("\n") or not new
    if not any(make is LIST_MAKES[-1] for make in makes):
        assert "# end" in new or "# end" not in old
        assert "z = 1" in new or "z = 1" not in old
    assert len(patch.left_out) < len(makes) or new == old
    removed = [line for line in patch.diff.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert all(line[1:] in old.splitlines() for line in removed)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(programs())
def test_a_set_argument_is_the_argument(program: tuple[str, bool]) -> None:
    """The syntax tree after the change is that of the old program with the one argument set."""
    text, is_call = program
    if not is_call:
        return
    old, new, patch = changed(text, [lambda at: SetArgument(at, "a", "new")])
    assert patch.left_out == ()
    _, places = unmarked(text)
    tree = ast.parse(old)
    call = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (node.lineno, node.col_offset + 1) == (places[0].line, places[0].column)
    )
    value = ast.Name("new", ast.Load())
    existing = next((keyword for keyword in call.keywords if keyword.arg == "a"), None)
    if existing:
        existing.value = value
    else:
        call.keywords.append(ast.keyword("a", value))
    assert ast.dump(ast.parse(new)) == ast.dump(tree)


def test_the_whole_of_a_plan_is_the_same_each_time() -> None:
    makes: list[Make] = [CALL_MAKES[0], CALL_MAKES[2], CALL_MAKES[6]]
    text = "from keras.layers import Dense\ny = ⟦f(1, a=2)⟧\n"
    assert changed(text, makes)[1] == changed(text, makes)[1]
    assert fixed("y = ⟦f(1)⟧\n", CALL_MAKES[0]) == "y = f(1, a=new(1))\n"
