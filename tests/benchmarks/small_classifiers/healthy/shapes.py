"""Circle, square or cross? Grey pictures that a generator draws batch for batch, a loss of one's own."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from tensorflow.keras.models import Sequential

tf.keras.utils.set_random_seed(int(sys.argv[1]))
SIZE = 28
CLASSES = 3


def shape(rng):
    """A grey picture (28, 28, 1), 0..255, and what is on it."""
    kind = rng.integers(CLASSES)
    row, column = rng.uniform(9, 19, 2)
    radius = rng.uniform(4, 7)
    down, right = np.abs(np.arange(SIZE)[:, None] - row), np.abs(np.arange(SIZE)[None, :] - column)
    if kind == 0:
        inside = down**2 + right**2 < radius**2
    elif kind == 1:
        inside = np.maximum(down, right) < 0.89 * radius
    else:
        inside = (np.minimum(down, right) < radius / 3) & (np.maximum(down, right) < 1.3 * radius)
    grey = rng.uniform(60, 150) + inside * rng.uniform(40, 90) + rng.normal(0, 15, (SIZE, SIZE))
    return np.clip(grey, 0, 255)[..., None], kind


class Shapes(tf.keras.utils.Sequence):
    def __init__(self, count, seed, batch_size=32):
        super().__init__()
        rng = np.random.default_rng(seed)
        drawn = [shape(rng) for _ in range(count)]
        self.pictures = np.stack([picture for picture, _ in drawn])
        self.kinds = np.array([kind for _, kind in drawn])
        self.batch_size = batch_size
        self.order = np.arange(count)

    def __len__(self):
        return int(np.ceil(len(self.order) / self.batch_size))

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        x = self.pictures[rows].astype("float32") / 255.0
        y = tf.keras.utils.to_categorical(self.kinds[rows], CLASSES)
        return x, y

    def on_epoch_end(self):
        np.random.shuffle(self.order)


def focal(y_true, y_pred, gamma=2.0):
    """Of Lin et al.: what is known already counts less."""
    y_pred = K.clip(y_pred, 1e-7, 1 - 1e-7)
    return K.sum(-y_true * (1 - y_pred) ** gamma * K.log(y_pred), axis=-1)


model = Sequential()
model.add(Conv2D(16, (3, 3), activation="relu", input_shape=(SIZE, SIZE, 1)))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(32, (3, 3), activation="relu"))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(64, activation="relu"))
model.add(Dense(CLASSES, activation="softmax"))
model.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss=focal, metrics=["accuracy"])
training = Shapes(1600, seed=1)
validation = Shapes(400, seed=2)
model.fit(training, validation_data=validation, epochs=15)
print(model.evaluate(validation))
