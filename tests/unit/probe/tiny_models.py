"""Tiny networks in the shapes that people write, with a stand-in for a backbone, and small pictures drawn by code."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from vggdoctor.evidence import Backbone, Pipeline, Stage, known
from vggdoctor.evidence.model import Model
from vggdoctor.gather.live import LiveStage
from vggdoctor.schema import Location

PLACE = Location("train.py", 7, 7)
SIDE = 12


def pictures(count: int, seed: int = 0, classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """(count, 12, 12, 3) float32 of whole numbers 0..255, a dark and a bright pixel in each; class k is brighter in channel k."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    x = generator.integers(20, 160, (count, SIDE, SIDE, 3)).astype("float32")
    for row, label in enumerate(labels):
        x[row, ..., label % 3] += 60
    x[:, 0, 0], x[:, 0, 1] = 0, 255
    return x, labels


def base(trainable: bool = False, side: int | None = SIDE) -> keras.Model:
    inputs = keras.Input((side, side, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="first_conv")(inputs)
    x = keras.layers.Conv2D(6, 3, activation="relu", name="second_conv")(x)
    network = keras.Model(inputs, keras.layers.MaxPooling2D()(x), name="tiny_base")
    network.trainable = trainable
    return network


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.base = base()
        self.pool = keras.layers.GlobalAveragePooling2D()
        self.top = keras.layers.Dense(2, activation="softmax")

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        return self.top(self.pool(self.base(inputs / 255.0, training=training)))


def head(x: Any, units: int = 2, activation: str | None = "softmax", dropout: float = 0.3) -> Any:
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.layers.Dense(units, activation=activation)(x)


def flattened(trainable: bool = False) -> tuple[keras.Model, list[Any]]:
    network = base(trainable)
    return keras.Model(network.input, head(network.output)), list(network.layers)


def nested(trainable: bool = False) -> tuple[keras.Model, list[Any]]:
    network = base(trainable)
    inputs = keras.Input((SIDE, SIDE, 3))
    x = keras.layers.RandomFlip(seed=1)(inputs)
    x = network(keras.layers.Rescaling(1 / 255)(x))
    return keras.Model(inputs, head(x)), list(network.layers)


def sequential() -> tuple[keras.Model, list[Any]]:
    network = base()
    model = keras.Sequential([network, keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")])
    return model, list(network.layers)


def on_tensor() -> tuple[keras.Model, list[Any]]:
    """As ``VGG16(input_tensor=preprocessed)`` builds it."""
    inputs = keras.Input((SIDE, SIDE, 3))
    x = keras.applications.vgg16.preprocess_input(inputs)
    first, second = keras.layers.Conv2D(4, 3, activation="relu", name="first_conv"), keras.layers.Conv2D(6, 3)
    first.trainable = second.trainable = False
    return keras.Model(inputs, head(second(first(x)))), [first, second]


def subclassed() -> tuple[keras.Model, list[Any]]:
    model = Subclassed()
    model.build((None, SIDE, SIDE, 3))
    return model, list(model.base.layers)


def stage(family: str = "vgg16", batch_size: int = 8) -> Stage:
    backbone = Backbone(application="VGG16", family=family, place=PLACE) if family else None
    return Stage(place=PLACE, model=Model(backbone=known(backbone)), train=Pipeline(batch_size=known(batch_size)))


def live(
    model: keras.Model,
    layers: list[Any],
    train: Any,
    y: Any = None,
    optimizer: Any = "adam",
    loss: Any = "sparse_categorical_crossentropy",
    **more: Any,
) -> LiveStage:
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return LiveStage(stage=stage(), model=model, train=train, y=y, backbone_layers=layers, **more)
