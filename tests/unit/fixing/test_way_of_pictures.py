"""Calls taken out of the way of the pictures, and two of them in the other order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from marked import fixed, refused, unmarked

from vggdoctor.fixing import plan
from vggdoctor.project import Project
from vggdoctor.schema import (
    BypassCall,
    Change,
    InsertStatements,
    Location,
    PutThrough,
    Repair,
    SplitFunction,
    SwapCalls,
)

OUT = {
    "a statement of its own goes": (
        "def f(x, y):\n    x = ⟦aug(x, training=True)⟧  # random\n    return p(x), y\n",
        "def f(x, y):\n    return p(x), y\n",
    ),
    "inside an expression": ("def f(x, y):\n    return p(⟦aug(x)⟧), y\n", "def f(x, y):\n    return p(x), y\n"),
    "under another name": ("z = ⟦aug(x)⟧\n", "z = x\n"),
    "the only statement of a function": ("def f(x):\n    x = ⟦aug(x)⟧\n", "def f(x):\n    pass\n"),
    "a lambda that would give back what it is given": (
        "val = val.map(lambda x, y: (⟦aug(x, training=True)⟧, y)).batch(8)\n",
        "val = val.batch(8)\n",
    ),
    "such a lambda alone in its statement": (
        "val = (tr\n       .map(p))\nval = val.map(lambda x: ⟦aug(x)⟧)\n",
        "val = (tr\n       .map(p))\n",
    ),
    "a lambda that does more": ("val = val.map(lambda x, y: (p(⟦aug(x)⟧), y))\n", "val = val.map(lambda x, y: (p(x), y))\n"),
}


@pytest.mark.parametrize(("before", "after"), OUT.values(), ids=OUT.keys())
def test_a_call_is_taken_out(before: str, after: str) -> None:
    assert fixed(before, lambda at: BypassCall(at)) == after


def test_a_method_is_taken_out() -> None:
    assert fixed("val = ⟦val.map(aug)⟧.map(p)\n", lambda at: BypassCall(at, method=True)) == "val = val.map(p)\n"


def test_what_is_given_by_keyword_is_not_guessed_at() -> None:
    assert "not clear" in refused("x = ⟦aug(image=x)⟧['image']\n", lambda at: BypassCall(at))


def after(source: str, make: Callable[..., Change]) -> str:
    text, places = unmarked(source)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.py").write_text(text, encoding="utf-8")
        patch = plan(Project(Path(folder)), [Repair("one", (make(*places),))])
    assert [reason for _, reason in patch.left_out] == []
    return patch.files["train.py"]


SWAPPED = {
    "statements": (
        "x = ⟦p(x)⟧\nreturn_ = (⟦aug(x, training=True)⟧, y)\n",
        "x = aug(x, training=True)\nreturn_ = (p(x), y)\n",
    ),
    "one inside the other": ("y = ⟦aug(⟦p(x)⟧, training=True)⟧\n", "y = p(aug(x, training=True))\n"),
    "a division": ("x = ⟦tf.cast(x, tf.float32) / 255.0⟧\nx = ⟦aug(x)⟧\n", "x = aug(tf.cast(x, tf.float32))\nx = x / 255.0\n"),
    "a shift and a scale": ("x = ⟦(x - MEAN) / 127.5⟧\nx = ⟦aug(x)⟧\n", "x = aug(x)\nx = (x - MEAN) / 127.5\n"),
    "layers": (
        "x = ⟦p(i)⟧\nx = L.Flip()(x)\nx = ⟦L.Contrast(0.2)(x)⟧\n",
        "x = L.Contrast(0.2)(i)\nx = L.Flip()(x)\nx = p(x)\n",
    ),
}


@pytest.mark.parametrize(("before", "expected"), SWAPPED.values(), ids=SWAPPED.keys())
def test_two_steps_change_places(before: str, expected: str) -> None:
    def swap(one: Location, other: Location) -> SwapCalls:
        return SwapCalls(other, one) if one.contains(other) else SwapCalls(one, other)

    assert after(before, swap) == expected


def test_a_function_of_its_own() -> None:
    source = (
        "train = train.map(prepare)\n\ndef prepare(x, y):\n\t# both\n\tx = ⟦aug(x)⟧\n\tif x:\n\t\tx = p(x)\n\treturn x, y\n\n"
        "val = ⟦val.map(prepare)⟧\n"
    )
    expected = (
        "train = train.map(prepare)\n\ndef prepare(x, y):\n\t# both\n\tx = aug(x)\n\tif x:\n\t\tx = p(x)\n\treturn x, y\n\n\n"
        "def plain_prepare(x, y):\n\t# both\n\tif x:\n\t\tx = p(x)\n\treturn x, y\n\nval = val.map(plain_prepare)\n"
    )
    assert after(source, lambda random, mapped: SplitFunction(mapped, (random,))) == expected


def test_a_lambda_has_no_copy() -> None:
    text, (call, mapped) = unmarked("aug = 1\nx = ⟦aug(x)⟧\nval = ⟦val.map(lambda x: x)⟧\n")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.py").write_text(text, encoding="utf-8")
        patch = plan(Project(Path(folder)), [Repair("one", (SplitFunction(mapped, (call,)),))])
    assert "by name" in patch.left_out[0][1]


BEHIND = "train = train.map(lambda x, y: (p(x), y))"
THROUGH = {
    "the function that is mapped": (
        "def prepare(x, y):\n    x = aug(x)\n    return x, y\n\ntrain = ⟦train.map(prepare, num_parallel_calls=4)⟧.prefetch(2)\n",
        "def prepare(x, y):\n    x = aug(x)\n    return p(x), y\n\n"
        "train = train.map(prepare, num_parallel_calls=4).prefetch(2)\n",
    ),
    "one that others use": (
        "def prepare(x, y):\n    return x, y\n\nval = val.map(prepare)\ntrain = ⟦train.map(prepare)⟧\n",
        f"def prepare(x, y):\n    return x, y\n\nval = val.map(prepare)\ntrain = train.map(prepare)\n{BEHIND}\n",
    ),
    "one with two ends": (
        "def prepare(x, y):\n    if y: return x, 1\n    return x, y\n\ntrain = ⟦train.map(prepare)⟧\n",
        f"def prepare(x, y):\n    if y: return x, 1\n    return x, y\n\ntrain = train.map(prepare)\n{BEHIND}\n",
    ),
    "a lambda": (
        "train = ⟦train.map(lambda x, y: (x, y))⟧\n",
        f"train = train.map(lambda x, y: (x, y))\n{BEHIND}\n",
    ),
}


@pytest.mark.parametrize(("before", "expected"), THROUGH.values(), ids=THROUGH.keys())
def test_pictures_are_put_through_one_more_function(before: str, expected: str) -> None:
    assert fixed(before, lambda at: PutThrough(at, "p", InsertStatements(at, BEHIND, after=True))) == expected
