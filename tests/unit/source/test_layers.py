"""What is read of single layers: how wide the tensors are, how kernels start, what holds them down, and what trains."""

from __future__ import annotations

import pytest
from reading import FROZEN_VGG, GENERATOR, stage, stages

OWN = """
import keras
from keras import layers, regularizers
model = keras.Sequential([{}])
model.compile("adam", "categorical_crossentropy")
"""
FIT = "model.fit(train, epochs=2)"


def own(layers: str) -> list[tuple[str, int | None]]:
    """(kind, weights of a unit) of each layer of a network of the user's own."""
    found = stage(GENERATOR, OWN.format(layers), FIT).model
    return [(layer.kind, layer.inputs.value) for layer in found.layers if layer.kind in ("Dense", "Conv2D")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("layers.Conv2D(8, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(2)", [27, 111 * 111 * 8]),
        ('layers.Conv2D(8, (5, 3), strides=2, padding="same"), layers.Flatten(), layers.Dense(2)', [45, 112 * 112 * 8]),
        ("layers.Conv2D(8, 3), layers.GlobalAveragePooling2D(), layers.Dense(4), layers.Dense(2)", [27, 8, 4]),
        ("layers.MaxPooling2D(3, strides=2), layers.Flatten(), layers.Dense(2)", [111 * 111 * 3]),
        ("layers.Conv2D(8, size), layers.Flatten(), layers.Dense(2)", [None, None]),
        ("layers.Permute((2, 1, 3)), layers.Flatten(), layers.Dense(2)", [None]),
    ],
)
def test_the_weights_of_a_unit_follow_from_what_comes_before(body: str, expected: list[int | None]) -> None:
    assert [inputs for _, inputs in own("layers.Input((224, 224, 3)), " + body)] == expected


def test_a_backbone_gives_its_features() -> None:
    model = stage(GENERATOR, FROZEN_VGG.replace("GlobalAveragePooling2D()", "Flatten(), Dense(64)"), FIT).model
    assert [layer.inputs.value for layer in model.layers] == [None, 25088, 64]
    assert model.in_line.is_(True)


def test_branches_are_not_in_line() -> None:
    branched = """
    x = keras.Input((32, 32, 3))
    a = layers.Conv2D(8, 3, padding="same")(x)
    y = layers.Dense(2)(layers.Flatten()(layers.Add()([a, layers.Conv2D(8, 1)(x)])))
    model = keras.Model(x, y)
    model.compile("adam", "categorical_crossentropy")
    """
    model = stage(GENERATOR, "import keras\nfrom keras import layers", branched, FIT).model
    assert model.in_line.is_(False)
    assert {layer.inputs.known for layer in model.layers} == {False}


@pytest.mark.parametrize(
    ("given", "l1", "l2"),
    [
        ("regularizers.l2(0.001)", 0.0, 0.001),
        ("'l2'", 0.0, 0.01),
        ("regularizers.L1(l1=0.5)", 0.5, 0.0),
        ("regularizers.l1_l2(0.1, 0.2)", 0.1, 0.2),
        ("regularizers.L1L2(l2=0.2)", 0.0, 0.2),
        ("None", 0.0, 0.0),
        ("chosen", None, None),
    ],
)
def test_penalties_of_the_kernel(given: str, l1: float | None, l2: float | None) -> None:
    model = stage(GENERATOR, OWN.format(f"layers.Flatten(), layers.Dense(2, kernel_regularizer={given})"), FIT).model
    assert (model.layers[-1].l1.value, model.layers[-1].l2.value) == (l1, l2)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "glorot_uniform"),
        (", kernel_initializer='zeros'", "zeros"),
        (", kernel_initializer=keras.initializers.HeNormal()", "he_normal"),
    ],
)
def test_initializers_of_the_kernel(given: str, expected: str) -> None:
    model = stage(GENERATOR, OWN.format(f"layers.Flatten(), layers.Dense(2{given})"), FIT).model
    assert model.layers[-1].initializer.value == expected


@pytest.mark.parametrize(
    ("policy", "layer", "expected"),
    [
        ("", "layers.Dense(2)", "float32"),
        ("keras.mixed_precision.set_global_policy('mixed_float16')", "layers.Dense(2)", "float16"),
        ("keras.mixed_precision.set_global_policy('mixed_float16')", "layers.Dense(2, dtype='float32')", "float32"),
        ("keras.config.set_dtype_policy('mixed_bfloat16')", "layers.Dense(2)", "bfloat16"),
        ("if fast: keras.mixed_precision.set_global_policy('mixed_float16')", "layers.Dense(2)", None),
    ],
)
def test_what_the_output_computes_in(policy: str, layer: str, expected: str | None) -> None:
    program = OWN.replace("model =", policy + "\nmodel =", 1).format(f"layers.Flatten(), {layer}")
    assert stage(GENERATOR, program, FIT).model.output.dtype.value == expected


@pytest.mark.parametrize(
    ("between", "changed"),
    [
        ("base.trainable = True", True),
        ("for layer in base.layers[-4:]:\n    layer.trainable = True", True),
        ("base.trainable = True\nmodel.compile('adam', 'categorical_crossentropy')", False),
        ("base.trainable = False", False),
        ("if late: base.trainable = True", None),
    ],
)
def test_what_changed_after_the_first_fit(between: str, changed: bool | None) -> None:
    first, second = stages(GENERATOR, FROZEN_VGG, FIT, between, "model.fit(train, epochs=4)")
    assert first.model.trainable_changed.is_(False)
    assert second.model.trainable_changed.value is changed


def test_weights_of_the_whole_network() -> None:
    assert stage(GENERATOR, FROZEN_VGG, FIT).model.weights_from.is_(None)
    assert stage(GENERATOR, FROZEN_VGG, "model.load_weights('best.h5')", FIT).model.weights_from.value == "best.h5"
    assert not stage(GENERATOR, FROZEN_VGG, "model.set_weights(other)", FIT).model.weights_from.known
