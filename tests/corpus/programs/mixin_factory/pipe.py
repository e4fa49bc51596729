from __future__ import annotations
import typing as t
import tensorflow as tf


class Step(t.Protocol):
    def __call__(self, x, y): ...


def compose(*steps):
    def run(x, y):
        for s in steps:
            x, y = s(x, y)
        return x, y
    return run


def resize(side):
    return lambda x, y: (tf.image.resize(x, (side, side)), y)


def flip(x, y):
    return tf.image.random_flip_left_right(x), y


def unit(x, y):
    return x / 255.0, y


def vgg(x, y):
    return tf.keras.applications.vgg16.preprocess_input(x), y


def dataset(folder, *steps, batch=32):
    ds = tf.keras.utils.image_dataset_from_directory(folder, image_size=(256, 256), batch_size=batch)
    return ds.map(compose(*steps)).prefetch(tf.data.AUTOTUNE)
