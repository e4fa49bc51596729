"""A small VGG16 whose random weights pass for the published ones, and small pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
from PIL import Image

SIDE = 32


def vgg16(home: Path) -> Any:
    """A frozen VGG16 without top. Its first kernel lies in a weights file below ``home``/keras, where KERAS_HOME must point."""
    network = keras.applications.VGG16(weights=None, include_top=False, input_shape=(SIDE, SIDE, 3))
    network.trainable = False
    models = home / "keras" / "models"
    models.mkdir(parents=True)
    with h5py.File(models / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", "w") as file:
        file["block1_conv1/kernel"] = network.get_layer("block1_conv1").kernel.numpy()
    return network


def classifier(network: Any, classes: int = 2) -> Any:
    model = keras.Sequential([network, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(classes, activation="softmax")])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def class_folders(folder: Path, counts: dict[str, int]) -> None:
    """PNG pictures of ``SIDE`` pixels with a black and a white corner; each class is brighter in a channel of its own."""
    draw = np.random.default_rng(0)
    for channel, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            pixels = draw.integers(0, 160, (SIDE, SIDE, 3))
            pixels[..., channel % 3] += 90
            pixels[:4, :4], pixels[-4:, -4:] = 0, 255
            Image.fromarray(pixels.astype("uint8")).save(folder / name / f"{index}.png")
