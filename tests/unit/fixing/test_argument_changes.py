"""Arguments set and taken away, in the layout that the call has."""

from __future__ import annotations

import pytest
from marked import Make, fixed, refused

from vggdoctor.schema import AppendItem, RemoveArgument, ReplaceExpression, SetArgument


def put(name: str, source: str) -> Make:
    return lambda at: SetArgument(at, name, source)


def drop(name: str) -> Make:
    return lambda at: RemoveArgument(at, name)


def item(source: str) -> Make:
    return lambda at: AppendItem(at, source)


SET = {
    "none yet": ("⟦f()⟧\n", "f(a=1)\n"),
    "one line": ("⟦f(x, b=2)⟧  # note\n", "f(x, b=2, a=1)  # note\n"),
    "trailing comma on one line": ("⟦f(x, b=2,)⟧\n", "f(x, b=2, a=1,)\n"),
    "one argument and a comma": ("⟦f(b=2,)⟧\n", "f(b=2, a=1,)\n"),
    "spaces in the brackets": ("⟦f( x )⟧\n", "f( x, a=1 )\n"),
    "there under that name": ("⟦f(x, a = 2, b=3)⟧\n", "f(x, a = 1, b=3)\n"),
    "there with brackets and a comment": ("⟦f(\n    a=(2),  # two\n)⟧\n", "f(\n    a=1,  # two\n)\n"),
    "one a line with a trailing comma": ("⟦f(\n    x,\n    b=2,\n)⟧\n", "f(\n    x,\n    b=2,\n    a=1,\n)\n"),
    "one a line without": ("⟦f(\n    x,\n    b=2\n)⟧\n", "f(\n    x,\n    b=2,\n    a=1\n)\n"),
    "one a line, closed at once": ("⟦f(x,\n  b=2)⟧\n", "f(x,\n  b=2,\n  a=1)\n"),
    "one a line, commented": ("⟦f(\n    x,  # ex\n    b=2  # two\n)⟧\n", "f(\n    x,  # ex\n    b=2,  # two\n    a=1\n)\n"),
    "one a line, last comma commented": ("⟦f(\n    b=2,  # two\n)⟧\n", "f(\n    b=2,  # two\n    a=1,\n)\n"),
    "tabs": ("if x:\n\t⟦f(\n\t\tx,\n\t\tb=2)⟧\n", "if x:\n\tf(\n\t\tx,\n\t\tb=2,\n\t\ta=1)\n"),
    "several a line": ("⟦f(x, b=2,\n  c=3)⟧\n", "f(x, b=2,\n  c=3, a=1)\n"),
    "an empty pair over lines": ("⟦f(\n)⟧\n", "f(a=1\n)\n"),
    "a call of a call": ("⟦f(x)(y)⟧\n", "f(x)(y, a=1)\n"),
    "a call in brackets": ("y = (⟦f(x)⟧)\n", "y = (f(x, a=1))\n"),
    "a callee in brackets": ("⟦(f)(x)⟧\n", "(f)(x, a=1)\n"),
    "a decorator": ("@⟦f(x)⟧\ndef g(): pass\n", "@f(x, a=1)\ndef g(): pass\n"),
    "in an f-string": ('print(f"{⟦f(x)⟧} left")\n', 'print(f"{f(x, a=1)} left")\n'),
    "continued by a backslash": ("y = \\\n    ⟦f(x, \\\n    b=2)⟧\n", "y = \\\n    f(x, \\\n    b=2,\n    a=1)\n"),
    "a one-line if": ("if x: ⟦f(x)⟧  # fit\n", "if x: f(x, a=1)  # fit\n"),
    "between semicolons": ("x = 1; ⟦f(x)⟧; y = 2\n", "x = 1; f(x, a=1); y = 2\n"),
    "nested": ("def g():\n    def h():\n        return ⟦f(x)⟧\n", "def g():\n    def h():\n        return f(x, a=1)\n"),
    "unpacked, written out": ("⟦f(x, **{'b': 2})⟧\n", "f(x, a=1, **{'b': 2})\n"),
    "unpacked, one a line": ("⟦f(\n    x,\n    **{'b': 2},\n)⟧\n", "f(\n    x,\n    a=1,\n    **{'b': 2},\n)\n"),
    "unpacked, known and without": ("o = {'b': 2}\n⟦f(x, **o)⟧\n", "o = {'b': 2}\nf(x, a=1, **o)\n"),
    "unpacked, known and with": ("o = {'a': 2}\n⟦f(x, **o)⟧\n", "o = {'a': 1}\nf(x, **o)\n"),
}


@pytest.mark.parametrize(("before", "after"), SET.values(), ids=SET.keys())
def test_set(before: str, after: str) -> None:
    assert fixed(before, put("a", "1")) == after


def test_sets_by_position() -> None:
    assert fixed("o = ⟦Adam(0.001)⟧\n", put("learning_rate", "1e-5")) == "o = Adam(1e-5)\n"
    assert (
        fixed("⟦m.compile('adam', 'mse')⟧\n", put("loss", '"binary_crossentropy"'))
        == "m.compile('adam', 'binary_crossentropy')\n"
    )
    assert fixed("⟦Dense(3, 'relu')⟧\n", put("use_bias", "False")) == "Dense(3, 'relu', use_bias=False)\n"


def test_the_position_is_known_under_another_name() -> None:
    before = "from keras.optimizers import Adam as Best\no = ⟦Best(1e-3)⟧\n"
    assert fixed(before, put("learning_rate", "1e-5")) == "from keras.optimizers import Adam as Best\no = Best(1e-5)\n"


def test_replaces_a_former_name() -> None:
    assert fixed("⟦Adam(lr=1e-3, decay=0)⟧\n", put("learning_rate", "1e-5")) == "Adam(learning_rate=1e-5, decay=0)\n"


def test_a_line_that_would_be_too_long_is_broken() -> None:
    long = "b" * 60
    assert fixed(f"y = ⟦f(x, {long}=2)⟧\n", put("argument", "some_value")) == f"y = f(x, {long}=2,\n      argument=some_value)\n"


def test_later_lines_of_a_value_are_indented_like_the_call() -> None:
    before = "def g():\n    ⟦f(\n        x,\n    )⟧\n"
    after = "def g():\n    f(\n        x,\n        a=h(\n            1,\n        ),\n    )\n"
    assert fixed(before, put("a", "h(\n    1,\n)")) == after


def test_lines_that_would_be_too_long_in_other_layouts() -> None:
    many = [put(f"argument_{number}", "some_value" * 2) for number in range(3)]
    after = "  y = f(\n    argument_0=V,\n    argument_1=V,\n    argument_2=V,\n  ).z\n".replace("V", "some_value" * 2)
    assert fixed("if x:\n  y = ⟦⟦⟦f()⟧⟧⟧.z\n", *many) == f"if x:\n{after}"
    far = "y" * 60
    assert fixed(f"{far} = ⟦f('{far}')⟧\n", put("a", "1")) == f"{far} = f('{far}',\n    a=1)\n"
    listed = f"g('{far}', metrics=⟦['accuracy']⟧)\n"
    assert fixed(listed, item("Precision()")) == f"g('{far}', metrics=['accuracy', Precision()])\n"
    assert fixed(listed, item("P" * 60)) == f"g('{far}',\n  metrics=['accuracy', {'P' * 60}])\n"
    assert fixed(listed, item("P" * 120)) == f"g('{far}', metrics=['accuracy',\n    {'P' * 120}])\n"


REFUSED = {
    "unpacked from a parameter": ("def g(**o):\n    ⟦f(x, **o)⟧\n", "a", "may come with the unpacked **o"),
    "unpacked and changed": ("o = {}\no['a'] = 1\n⟦f(**o)⟧\n", "a", "may come with the unpacked **o"),
    "unpacked and used twice": ("o = {'a': 2}\n⟦f(**o)⟧\ng(**o)\n", "a", "used in other places"),
    "starred where it may be": ("⟦Adam(*o)⟧\n", "learning_rate", "may come with the unpacked *o"),
    "positions that differ between versions": ("⟦m.compile('adam', 'mse', ['acc'])⟧\n", "metrics", "versions differ"),
    "a bare generator": ("⟦f(i for i in x)⟧\n", "a", "bare generator"),
}


@pytest.mark.parametrize(("before", "name", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_set_is_refused(before: str, name: str, reason: str) -> None:
    assert reason in refused(before, put(name, "1"))


DROPPED = {
    "the only one": ("⟦f(a=2)⟧\n", "f()\n"),
    "the only one on its line": ("⟦f(\n    a=2,\n)⟧\n", "f()\n"),
    "the only one with a comment above": ("⟦f(\n    # why\n    a=2,\n)⟧\n", "f(\n    # why\n    )\n"),
    "the first": ("⟦f(a=2, b=3)⟧\n", "f(b=3)\n"),
    "the last": ("⟦f(b=3, a=2)⟧\n", "f(b=3)\n"),
    "the last with a comma": ("⟦f(b=3, a=2,)⟧\n", "f(b=3,)\n"),
    "one between": ("⟦f(b=3, a=2, c=4)⟧\n", "f(b=3, c=4)\n"),
    "a line": ("⟦f(\n    b=3,\n    a=2,  # two\n    c=4,  # four\n)⟧\n", "f(\n    b=3,\n    c=4,  # four\n)\n"),
    "the last line": ("⟦f(\n    b=3,\n    a=2\n)⟧\n", "f(\n    b=3\n)\n"),
    "the last line, closed at once": ("⟦f(b=3,  # three\n  a=2)⟧\n", "f(b=3  # three\n  )\n"),
    "the first of aligned ones": ("⟦f(a=2,\n  b=3)⟧\n", "f(b=3)\n"),
    "the last position": ("⟦Adam(1, 2)⟧\n", "Adam(1)\n"),
}


@pytest.mark.parametrize(("before", "after"), DROPPED.values(), ids=DROPPED.keys())
def test_drop(before: str, after: str) -> None:
    assert fixed(before, drop("beta_1" if "Adam" in before else "a")) == after


def test_drop_is_refused_where_there_is_nothing_or_others_would_move() -> None:
    assert "no argument a" in refused("⟦f(b=1)⟧\n", drop("a"))
    assert "others after it" in refused("⟦Adam(1, 2)⟧\n", drop("learning_rate"))


def test_a_new_argument_takes_the_place_of_one_that_goes() -> None:
    before = "⟦⟦G(\n    rescale=1./255,  # scale\n    zoom=1)⟧⟧\n"
    after = "G(\n    preprocessing_function=p,  # scale\n    zoom=1)\n"
    assert fixed(before, drop("rescale"), put("preprocessing_function", "p")) == after
    assert (
        fixed("⟦⟦G(rescale=1./255)⟧⟧\n", drop("rescale"), put("preprocessing_function", "p")) == "G(preprocessing_function=p)\n"
    )


def test_several_go_and_come() -> None:
    assert fixed("⟦⟦⟦f(a=1, b=2, c=3)⟧⟧⟧\n", drop("a"), drop("b"), put("d", "4")) == "f(d=4, c=3)\n"
    assert fixed("⟦⟦f(\n  z,\n  a=1,\n  b=2\n)⟧⟧\n", drop("a"), drop("b")) == "f(\n  z\n)\n"
    assert fixed("⟦⟦f(\n  a=1\n)⟧⟧\n", put("b", "2"), put("c", "3")) == "f(\n  a=1,\n  b=2,\n  c=3\n)\n"


ITEMS = {
    "empty list": ("x = ⟦[]⟧\n", "x = [n]\n"),
    "one line": ("x = ⟦['a', b]⟧\n", "x = ['a', b, n]\n"),
    "a trailing comma": ("x = ⟦[a, b,]⟧\n", "x = [a, b, n,]\n"),
    "one a line": ("x = ⟦[\n    a,\n    b,\n]⟧\n", "x = [\n    a,\n    b,\n    n,\n]\n"),
    "an empty tuple": ("x = ⟦()⟧\n", "x = (n,)\n"),
    "a tuple of one": ("x = ⟦(a,)⟧\n", "x = (a, n)\n"),
    "a tuple": ("x = ⟦(a, b)⟧\n", "x = (a, b, n)\n"),
    "a tuple without brackets": ("x = ⟦a, b⟧\n", "x = a, b, n\n"),
    "unpacked": ("x = ⟦[*a]⟧\n", "x = [*a, n]\n"),
    "there already": ("x = ⟦[n]⟧\n", "x = [n]\n"),
}


@pytest.mark.parametrize(("before", "after"), ITEMS.values(), ids=ITEMS.keys())
def test_append(before: str, after: str) -> None:
    assert fixed(before, item("n")) == after


def test_append_needs_a_display() -> None:
    assert "no list or tuple display" in refused("x = ⟦[f(y) for y in z]⟧\n", item("n"))
    assert "no list or tuple display" in refused("x = ⟦callbacks⟧\n", item("n"))


REPLACED = {
    "a sum in a product": ("y = 2 * ⟦x⟧\n", "a + b", "y = 2 * (a + b)\n"),
    "a product in a product": ("y = ⟦x / 2⟧ * 3\n", "a * b", "y = a * b * 3\n"),
    "a sum as an argument": ("f(⟦x⟧)\n", "a + b", "f(a + b)\n"),
    "a sum before a dot": ("y = ⟦x⟧.mean()\n", "a + b", "y = (a + b).mean()\n"),
    "a call": ("y = ⟦x / 255.0⟧\n", "p(x)", "y = p(x)\n"),
    "with its brackets": ("y = ⟦(x / 255)⟧ * 2\n", "p(x)", "y = p(x) * 2\n"),
    "within its brackets": ("y = (⟦x / 255⟧) * 2\n", "p(x)", "y = (p(x)) * 2\n"),
    "in brackets of its own": ("y = ⟦x⟧ * 2\n", "(a + b)", "y = (a + b) * 2\n"),
    "a tuple as an argument": ("f(⟦x⟧)\n", "a, b", "f((a, b))\n"),
    "a lambda beside or": ("y = ⟦x⟧ or z\n", "lambda: 1", "y = (lambda: 1) or z\n"),
    "a receiver": ("y = ⟦x⟧.flow(z)\n", "plain", "y = plain.flow(z)\n"),
    "the same": ("y = ⟦x⟧\n", "x", "y = x\n"),
}


@pytest.mark.parametrize(("before", "source", "after"), REPLACED.values(), ids=REPLACED.keys())
def test_replace(before: str, source: str, after: str) -> None:
    assert fixed(before, lambda at: ReplaceExpression(at, source)) == after


def test_replace_needs_an_expression() -> None:
    assert "no expression that spans" in refused("y = x⟦ + z⟧\n", lambda at: ReplaceExpression(at, "a"))


def test_an_argument_that_grows_too_long_gets_a_line_of_its_own() -> None:
    source = "history = network.fit(training_pictures, training_labels, validation_split=⟦0.2⟧, epochs=20)\n"
    new = "0.25 if len(training_pictures) > 4000 else 0.1"
    expected = (
        f"history = network.fit(training_pictures, training_labels,\n                      validation_split={new}, epochs=20)\n"
    )
    assert fixed(source, lambda at: ReplaceExpression(at, new)) == expected


def test_a_list_that_grows_too_long_goes_to_a_line_of_its_own_as_a_whole() -> None:
    source = 'network.compile(keras.optimizers.Adam(1e-3), loss="categorical_crossentropy", metrics=⟦["accuracy"]⟧)\n'
    expected = (
        'network.compile(keras.optimizers.Adam(1e-3), loss="categorical_crossentropy",\n'
        '                metrics=["accuracy", keras.metrics.Precision(), keras.metrics.Recall()])\n'
    )
    items = "keras.metrics.Precision(), keras.metrics.Recall()"
    assert fixed(source, lambda at: AppendItem(at, items)) == expected
