"""Programs that are made to break a reader: it must end, and say what it left out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import FROZEN_VGG, read_files, read_text

from vggdoctor.gather.source.interpreter import evaluator

FIT = "\nmodel.fit(x, y, epochs=1)\n"


@pytest.mark.parametrize(
    "program",
    [
        "x = " + "(" * 900 + "1" + ")" * 900,
        "x = " + "1+" * 5000 + "1",
        "x = a" + ".b" * 3000,
        "x = " + "[" * 150 + "]" * 150,
        "".join(" " * n + "if a:\n" for n in range(90)) + " " * 90 + "pass",
        "def f(n):\n    return f(n - 1) + f(n + 1)\nf(3)\ndef g(h):\n    return h(h)\ng(g)",
        "L = [1]\n" + "L = L + L\n" * 40,
        "s = 'a'\n" + "s = s + s\n" * 60,
        "x = 10 ** 10 ** 10\ny = 'a' * 10 ** 12\nz = [0] * 10 ** 12\nw = '%999999999d' % 3\nv = list(range(10 ** 12))",
        "d = {}\nd['a'] = d\nl = []\nl.append(l)\nfor a in l:\n    l.append(a)\nmodel.fit(l, d, epochs=l, callbacks=l)",
        "x = [1]\n" + "if a:\n    x = [x, x]\nelse:\n    x = [x]\n" * 100,
        "import numpy as np\n" + "if c:\n    x = np.array(x) / 2\nelse:\n    x = np.array(x) * 3\n" * 60,
        "from keras import Input\nx = Input((2, 2, 3))\n" + "x = Dense(3)(x)\n" * 2000,
        "model.add(model)",
        "x = 1\0",
    ],
)
def test_a_training_behind_it_is_still_found(program: str) -> None:
    assert len(read_text(FROZEN_VGG + program + FIT).stages) >= 1


@pytest.mark.parametrize(
    "program",
    [
        "L = list(range(10))\n" + "".join("  " * n + f"for i{n} in L:\n" for n in range(9)) + "  " * 9 + "z = 1",
        "".join(f"def f{n}(x):\n    if c:\n        return f{n + 1}(x)\n    return f{n + 1}([x])\n" for n in range(60)) + "f0(1)",
    ],
)
def test_work_that_grows_without_bound_is_broken_off_and_said(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluator, "MAXIMUM_STEPS", 5_000)
    recipe = read_text(program + FIT)
    assert "too large" in recipe.files[0].problem


LINES = [*(FROZEN_VGG + FIT).split("\n"), "for a in b:", "    x = [x, a]", "def f(x): return f(x)", "x = f(model)",
         "model.layers[0] = x",
         "x += [model]", "del x[0]", "(x, y), z = x", "while x:", "    break", "try:", "except E as e: raise", "class A(A): pass",
         "x = A()", "x.x = x", "x = x.x(x)", "yield x", "return x", "x = {**x, 'a': x}", "x = lambda: x()", "global x", "@x",
         "import x",
         "x = f'{x}{x:>9}'", "x = x[1:][::-1]", "match x:", "    case [a, *b]: pass", "model = Model(model, model)",
         "with x as (a, b):",
         "x = [x for x in x if x]", "model.trainable = x", "base.layers = base", "print x", "])", "'''"]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(LINES), max_size=25), st.randoms(use_true_random=False))
def test_any_mixture_of_lines_is_read_without_a_crash(lines: list[str], random) -> None:
    text = "\n".join(" " * random.choice((0, 0, 0, 4)) + line for line in lines)
    recipe = read_files({"a.py": text, "b.py": f"from a import *\n{text}"})
    assert {file.path for file in recipe.files} == {"a.py", "b.py"}
    assert not any("the reader failed" in file.problem for file in recipe.files)
