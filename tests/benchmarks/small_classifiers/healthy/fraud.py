"""Is the payment a fraud? One in twelve is: a standardised table, weights of classes, two classes and one sigmoid unit."""

import sys

import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_class_weight
from tensorflow import keras

tf.random.set_seed(int(sys.argv[1]))


def payments(count=6000):
    """A table (count, 14) of amounts, times and counts in their own units, and whether each payment is a fraud."""
    rng = np.random.default_rng(5)
    table = rng.normal(0, 1, (count, 14))
    odd = np.abs(table[:, 0] - table[:, 1]) + np.maximum(table[:, 2], 0) * table[:, 3] + rng.normal(0, 0.25, count)
    units = np.array([250, 90, 12, 3, 1, 40, 0.2, 7, 1500, 0.05, 24, 60, 2, 10], dtype="float64")
    return table * units + 2 * units, (odd > np.quantile(odd, 0.92)).astype("float32")


features, is_fraud = payments()
train_features, test_features, train_labels, test_labels = train_test_split(
    features, is_fraud, test_size=0.2, stratify=is_fraud, random_state=0
)
train_features, val_features, train_labels, val_labels = train_test_split(
    train_features, train_labels, test_size=0.2, stratify=train_labels, random_state=0
)
scaler = StandardScaler()
train_features = scaler.fit_transform(train_features)
val_features = scaler.transform(val_features)
test_features = scaler.transform(test_features)
weights = compute_class_weight("balanced", classes=np.unique(train_labels), y=train_labels)


def make_model():
    model = keras.Sequential(
        [
            keras.layers.Dense(48, activation="relu", input_shape=(train_features.shape[-1],)),
            keras.layers.Dense(24, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=1e-3),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.AUC(name="prc", curve="PR"), keras.metrics.Recall(name="recall")],
    )
    return model


model = make_model()
early_stopping = keras.callbacks.EarlyStopping(monitor="val_prc", patience=8, mode="max", restore_best_weights=True)
model.fit(
    train_features,
    train_labels,
    batch_size=128,
    epochs=60,
    callbacks=[early_stopping],
    validation_data=(val_features, val_labels),
    class_weight=dict(enumerate(weights)),
)
print(model.evaluate(test_features, test_labels, return_dict=True))
