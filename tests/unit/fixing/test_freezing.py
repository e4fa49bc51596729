"""A part of a network is frozen instead of all of it."""

from __future__ import annotations

import pytest
from marked import fixed, refused

from vggdoctor.schema import FreezeLess

PART = {
    "the network": ("model.trainable = ⟦False⟧\n", "base.trainable = False\n"),
    "its layers, one by one": (
        "for layer in model.layers:\n    layer.trainable = ⟦False⟧\n",
        "for layer in base.layers:\n    layer.trainable = False\n",
    ),
    "frozen already": ("base.trainable = False\nmodel.trainable = ⟦False⟧  # all\nfit()\n", "base.trainable = False\nfit()\n"),
    "frozen already, in a loop": (
        "base.trainable = False\nfor l in model.layers: l.trainable = ⟦False⟧\n",
        "base.trainable = False\n",
    ),
    "a loop that does more": (
        "base.trainable = False\nfor l in model.layers:\n    print(l)\n    l.trainable = ⟦False⟧\n",
        "base.trainable = False\nfor l in model.layers:\n    print(l)\n",
    ),
    "in a function, where another one freezes a base of its own": (
        "def a(base):\n    base.trainable = False\ndef b(base, model):\n    model.trainable = ⟦False⟧\n",
        "def a(base):\n    base.trainable = False\ndef b(base, model):\n    base.trainable = False\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), PART.values(), ids=PART.keys())
def test_the_pretrained_part_alone(before: str, after: str) -> None:
    assert fixed("base, model = make()\n" + before, lambda at: FreezeLess(at, "base")) == "base, model = make()\n" + after


def test_all_but_the_last_layers() -> None:
    before = "for layer in net.layers:\n    layer.trainable = ⟦False⟧\n"
    assert fixed(before, lambda at: FreezeLess(at, kept=2)) == "for layer in net.layers[:-2]:\n    layer.trainable = False\n"


UNCLEAR = {
    "nothing is named": ("model.trainable = ⟦False⟧\n", "has no name"),
    "a part of the layers": ("for l in model.layers[:4]:\n    l.trainable = ⟦False⟧\n", "not through the layers"),
    "a flag": ("model.trainable = ⟦flag⟧\n", "does not set trainable"),
}


@pytest.mark.parametrize(("before", "reason"), UNCLEAR.values(), ids=UNCLEAR.keys())
def test_nothing_is_guessed(before: str, reason: str) -> None:
    assert reason in refused(before, lambda at: FreezeLess(at, kept=2))
