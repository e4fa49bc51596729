"""Which fault has the motor? Vibrations of one second, three kinds, with a convolution over time and tf.data."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model, layers

SEED = int(sys.argv[1])
tf.keras.utils.set_random_seed(SEED)
BATCH = 64
EPOCHS = 40


def record(count, seed):
    """Vibrations (count, 256, 1) about 0, and what is worn: 0 nothing, 1 the bearing, 2 the shaft."""
    rng = np.random.default_rng(seed)
    time = np.arange(256) / 256
    kinds = rng.integers(0, 3, count)
    phase = rng.uniform(0, 2 * np.pi, (count, 3))
    base = np.sin(2 * np.pi * 12 * time + phase[:, :1])
    bearing = 0.6 * np.sin(2 * np.pi * 55 * time + phase[:, 1:2]) * (np.sin(2 * np.pi * 6 * time + phase[:, 2:]) > 0.3)
    shaft = 0.6 * np.sin(2 * np.pi * 24 * time + phase[:, 1:2])
    waves = base + (kinds == 1)[:, None] * bearing + (kinds == 2)[:, None] * shaft
    return (waves + rng.normal(0, 0.5, waves.shape))[..., None].astype("float32"), kinds.astype("int64")


def worn(inputs):
    x = inputs
    for filters in (16, 32, 64):
        x = layers.Conv1D(filters, 7, strides=2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    x = layers.GlobalAveragePooling1D()(x)
    return layers.Dense(3, activation="softmax")(x)


x, y = record(2000, seed=10 + SEED)
x_test, y_test = record(500, seed=20 + SEED)
train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(BATCH).prefetch(2)
test = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(BATCH)

inputs = Input(shape=(256, 1))
model = Model(inputs, worn(inputs))
rate = tf.keras.optimizers.schedules.CosineDecay(0.1, decay_steps=EPOCHS * len(train))
model.compile(
    optimizer=tf.keras.optimizers.SGD(rate, momentum=0.9),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
model.fit(train, validation_data=test, epochs=EPOCHS)
print(model.evaluate(test))
