"""What was made for fit is passed to it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from marked import unmarked

from vggdoctor.fixing import Patch, plan
from vggdoctor.project import Project
from vggdoctor.schema import HandOver, Repair


def planned(source: str, argument: str) -> Patch:
    """The marked call of fit is given what the other marked places make."""
    text, places = unmarked(source)
    places.sort(key=lambda place: text.splitlines()[place.line - 1][place.column - 1 :].startswith("m.fit"))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.py").write_text(text, encoding="utf-8")
        change = HandOver(places[-1], tuple(places[:-1]), argument)
        return plan(Project(Path(folder)), [Repair("one", (change,))])


CALLBACKS = {
    "a name": ("a = ⟦Stop(2)⟧\n⟦m.fit(t)⟧\n", "m.fit(t, callbacks=[a])"),
    "two names": ("a = ⟦Stop(2)⟧\nb = ⟦Slow(1)⟧\n⟦m.fit(t)⟧\n", "m.fit(t, callbacks=[a, b])"),
    "a list": ("a = [⟦Stop(2)⟧, ⟦Slow(1)⟧]\n⟦m.fit(t)⟧\n", "m.fit(t, callbacks=a)"),
    "a list that is filled": ("a = []\na.append(⟦Stop(2)⟧)\n⟦m.fit(t)⟧\n", "m.fit(t, callbacks=a)"),
    "a list and a name": ("a = [⟦Stop(2)⟧]\nb = ⟦Slow(1)⟧\n⟦m.fit(t)⟧\n", "m.fit(t, callbacks=[*a, b])"),
    "what a function returns": (
        "def made():\n    return [⟦Stop(2)⟧]\nc = made()\n⟦m.fit(t)⟧\n",
        "m.fit(t, callbacks=c)",
    ),
    "beside others": ("a = ⟦Stop(2)⟧\n⟦m.fit(t, callbacks=[Log()])⟧\n", "m.fit(t, callbacks=[Log(), a])"),
    "beside a list of others": ("a = ⟦Stop(2)⟧\no = [Log()]\n⟦m.fit(t, callbacks=o)⟧\n", "m.fit(t, callbacks=[*o, a])"),
    "a global for a function": ("a = ⟦Stop(2)⟧\ndef go(m):\n    ⟦m.fit(t)⟧\n", "    m.fit(t, callbacks=[a])"),
}


@pytest.mark.parametrize(("before", "after"), CALLBACKS.values(), ids=CALLBACKS.keys())
def test_callbacks(before: str, after: str) -> None:
    patch = planned(before, "callbacks")
    assert [reason for _, reason in patch.left_out] == []
    assert patch.files["train.py"].splitlines()[-1] == after


WEIGHTS = {
    "an array": ("w = ⟦compute(y)⟧\n⟦m.fit(t)⟧\n", "m.fit(t, class_weight=dict(enumerate(w)))"),
    "a dictionary made of it": ("w = ⟦compute(y)⟧\nd = dict(zip(c, w))\n⟦m.fit(t)⟧\n", "m.fit(t, class_weight=d)"),
    "a comprehension": ("w = ⟦compute(y)⟧\nd = {i: x for i, x in enumerate(w)}\n⟦m.fit(t)⟧\n", "m.fit(t, class_weight=d)"),
    "a dictionary at once": ("d = dict(enumerate(⟦compute(y)⟧))\n⟦m.fit(t)⟧\n", "m.fit(t, class_weight=d)"),
}


@pytest.mark.parametrize(("before", "after"), WEIGHTS.values(), ids=WEIGHTS.keys())
def test_class_weights(before: str, after: str) -> None:
    assert planned(before, "class_weight").files["train.py"].splitlines()[-1] == after


def test_validation_data_that_comes_in_steps() -> None:
    source = "v = ⟦load(d)⟧\nv = v.map(p)\n⟦m.fit(t, epochs=3)⟧\n"
    assert planned(source, "validation_data").files["train.py"].splitlines()[-1] == "m.fit(t, epochs=3, validation_data=v)"


UNSURE = {
    "held by nothing": "⟦Stop(2)⟧\n⟦m.fit(t)⟧\n",
    "set later": "def go(m):\n    ⟦m.fit(t)⟧\n    a = 0\n    a = ⟦Stop(2)⟧\n",
    "set after the call": "⟦m.fit(t)⟧\na = ⟦Stop(2)⟧\n",
    "set twice": "a = ⟦Stop(2)⟧\na = 1\n⟦m.fit(t)⟧\n",
    "set under a condition": "if x:\n    a = ⟦Stop(2)⟧\n⟦m.fit(t)⟧\n",
    "known in another function": "def made():\n    a = ⟦Stop(2)⟧\ndef go(m):\n    ⟦m.fit(t)⟧\n",
    "others come from a call": "a = ⟦Stop(2)⟧\n⟦m.fit(t, callbacks=more())⟧\n",
}


@pytest.mark.parametrize("source", UNSURE.values(), ids=UNSURE.keys())
def test_nothing_is_passed_that_may_not_be_set(source: str) -> None:
    patch = planned(source, "callbacks")
    assert patch.files == {}
    assert patch.left_out
