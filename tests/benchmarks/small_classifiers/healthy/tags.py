"""What is in the scene? Any of six things may be at once: one sigmoid unit for each."""

import sys

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(int(sys.argv[1]))
THINGS = ["car", "tree", "dog", "house", "lamp", "boat"]


def scenes(count, seed):
    """Measurements (count, 30) of the scene, standardised, and what is in it (count, 6) of 0 and 1."""
    rng = np.random.default_rng(seed)
    present = (rng.random((count, len(THINGS))) < [0.5, 0.4, 0.3, 0.5, 0.25, 0.35]).astype("float32")
    mixing = np.random.default_rng(0).normal(0, 1, (len(THINGS), 30))
    seen = np.tanh(present @ mixing) + rng.normal(0, 0.5, (count, 30))
    return ((seen - seen.mean(axis=0)) / seen.std(axis=0)).astype("float32"), present


class Tagger(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(64, activation="gelu")
        self.second = layers.Dense(64, activation="gelu")
        self.tags = layers.Dense(len(THINGS), activation="sigmoid")

    def call(self, inputs):
        x = self.hidden(inputs)
        x = x + self.second(x)
        return self.tags(x)


x_train, y_train = scenes(3000, seed=1)
x_val, y_val = scenes(800, seed=2)
model = Tagger()
model.compile(
    optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-3),
    loss="binary_crossentropy",
    metrics=["binary_accuracy", keras.metrics.AUC(multi_label=True)],
)
model.fit(x_train, y_train, batch_size=50, epochs=25, validation_data=(x_val, y_val))
found = ops.convert_to_numpy(model(x_val)) > 0.5
print(dict(zip(THINGS, (found == y_val).mean(axis=0), strict=True)))
