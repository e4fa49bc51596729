"""Which way do the stripes run? A small convolutional network on pictures drawn by code."""

import sys

import keras
import numpy as np
from keras import layers
from sklearn.metrics import classification_report

keras.utils.set_random_seed(int(sys.argv[1]))


def draw(count, seed):
    """Pictures (count, 24, 24, 3) of 0..255 with stripes in one of four directions, and the directions."""
    generator = np.random.default_rng(seed)
    directions = generator.integers(0, 4, count)
    rows, columns = np.mgrid[0:24, 0:24]
    angles = directions * np.pi / 4 + generator.normal(0, 0.1, count)
    phases = generator.uniform(0, 2 * np.pi, count)
    across = np.cos(angles)[:, None, None] * rows + np.sin(angles)[:, None, None] * columns
    waves = np.sin(0.9 * across + phases[:, None, None])
    colours = generator.uniform(30, 90, (count, 1, 1, 3))
    pictures = 127 + waves[..., None] * colours + generator.normal(0, 25, (count, 24, 24, 3))
    return np.clip(pictures, 0, 255).astype("float32"), directions


x_train, y_train = draw(1200, seed=1)
x_val, y_val = draw(400, seed=2)
x_train = x_train / 255.0
x_val = x_val / 255.0

model = keras.Sequential(
    [
        keras.Input((24, 24, 3)),
        layers.RandomTranslation(0.1, 0.1),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(4, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
callbacks = [
    keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=3, min_lr=1e-6),
    keras.callbacks.EarlyStopping(monitor="val_loss", patience=6, restore_best_weights=True),
]
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=32, callbacks=callbacks)
print(classification_report(y_val, model.predict(x_val).argmax(axis=1)))
