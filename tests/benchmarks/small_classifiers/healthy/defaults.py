"""Who will not pay back? Two classes in a table of eight columns, with one sigmoid unit."""

import sys

import numpy as np
import tensorflow as tf
from sklearn.metrics import classification_report
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import Adam

tf.keras.utils.set_random_seed(int(sys.argv[1]))


def collect(count, seed):
    """A table (count, 8) of standardised columns, and whether each row defaults."""
    generator = np.random.default_rng(seed)
    table = generator.normal(0, 1, (count, 8))
    score = table[:, 0] * table[:, 1] + np.sin(2 * table[:, 2]) + 0.5 * table[:, 3] + generator.normal(0, 0.3, count)
    return table.astype("float32"), (score > 0).astype("int32")


x_train, y_train = collect(2400, seed=1)
x_val, y_val = collect(800, seed=2)

model = Sequential()
model.add(Dense(64, activation="relu", input_shape=(8,)))
model.add(Dropout(0.2))
model.add(Dense(32, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer=Adam(learning_rate=1e-3), loss="binary_crossentropy", metrics=["accuracy"])
callbacks = [
    ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=5, min_lr=1e-6),
    EarlyStopping(monitor="val_loss", patience=12, restore_best_weights=True),
]
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=100, batch_size=32, callbacks=callbacks)
print(classification_report(y_val, (model.predict(x_val) > 0.5).astype(int)))
