"""What does the flat cost? A regression, no classes at all: columns that are standardised, a price in thousands."""

import sys

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(int(sys.argv[1]))
rng = np.random.default_rng(8)
rows = rng.uniform(0, 1, (3000, 9))
price = 40 + 30 * rows[:, 0] * rows[:, 1] + 20 * np.sin(3 * rows[:, 2]) + 10 * rows[:, 3] + rng.normal(0, 1.5, 3000)
train_data, test_data = rows[:2400], rows[2400:]
train_targets, test_targets = price[:2400], price[2400:]
mean = train_data.mean(axis=0)
std = train_data.std(axis=0)
train_data = (train_data - mean) / std
test_data = (test_data - mean) / std


def build_model():
    model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(64, activation="relu"), layers.Dense(1)])
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    return model


model = build_model()
model.fit(train_data, train_targets, validation_data=(test_data, test_targets), epochs=80, batch_size=16, verbose=0)
print(model.evaluate(test_data, test_targets))
