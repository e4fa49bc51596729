"""What is seen of the kernels of live layers."""

from __future__ import annotations

import pytest

from vggdoctor.evidence import Layer

keras = pytest.importorskip("keras")


def observed(layer: object, shape: tuple[int | None, ...]) -> Layer:
    from vggdoctor.gather.capture.observe_model import _layer

    layer.build(shape)  # type: ignore[attr-defined]
    return _layer(layer)


def test_size_start_and_penalty_of_a_dense() -> None:
    layer = observed(
        keras.layers.Dense(4, kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(0.5)), (None, 6)
    )
    assert (layer.inputs.value, layer.initializer.value, layer.l1.value, layer.l2.value) == (6, "he_normal", 0.0, 0.5)


def test_a_convolution_counts_its_window() -> None:
    layer = observed(keras.layers.Conv2D(8, (3, 5)), (None, 16, 16, 2))
    assert (layer.inputs.value, layer.initializer.value, layer.l2.value) == (30, "glorot_uniform", 0.0)


def test_a_layer_without_a_kernel_has_none() -> None:
    assert not observed(keras.layers.Flatten(), (None, 4, 4, 2)).inputs.known
