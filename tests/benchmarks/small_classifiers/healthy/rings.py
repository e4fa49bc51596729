"""Five classes of points on rings in a table of twelve columns: a small dense network."""

import sys

import keras
import numpy as np
from sklearn.metrics import classification_report
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(int(sys.argv[1]))


def measure(count, seed):
    """A table (count, 12) in units of its own columns, and the ring, 0..4, of each row."""
    generator = np.random.default_rng(seed)
    rings = generator.integers(0, 5, count)
    angles = generator.uniform(0, 2 * np.pi, count)
    radii = rings + 1 + generator.normal(0, 0.12, count)
    table = generator.normal(0, 1, (count, 12))
    table[:, 0] = radii * np.cos(angles)
    table[:, 1] = radii * np.sin(angles)
    units = np.linspace(0.5, 40, 12)
    return (table * units + 3 * units).astype("float32"), rings


x_train, y_train = measure(2000, seed=1)
x_val, y_val = measure(600, seed=2)
scaler = StandardScaler().fit(x_train)
x_train = scaler.transform(x_train)
x_val = scaler.transform(x_val)

model = keras.Sequential(
    [
        keras.Input((12,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(5, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=3e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
callbacks = [
    keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=5, min_lr=1e-6),
    keras.callbacks.EarlyStopping(monitor="val_loss", patience=12, restore_best_weights=True),
]
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=80, batch_size=32, callbacks=callbacks)
print(classification_report(y_val, model.predict(x_val).argmax(axis=1)))
