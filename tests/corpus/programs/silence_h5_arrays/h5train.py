import h5py
import numpy as np
from tensorflow.keras.applications import ResNet50
from tensorflow.keras import layers, models, callbacks
from sklearn.metrics import classification_report

with h5py.File("patches.h5") as f:
    x_train, y_train = f["x_train"][()], f["y_train"][()]
    x_val, y_val = f["x_val"][()], f["y_val"][()]
    x_test, y_test = f["x_test"][()], f["y_test"][()]
base = ResNet50(include_top=False, pooling="avg", input_shape=(96, 96, 3))
base.trainable = False
m = models.Sequential([layers.Input((96, 96, 3)), layers.RandomFlip(), base, layers.Dense(2, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=5, callbacks=[callbacks.ReduceLROnPlateau(patience=1)])
print(classification_report(y_test, m.predict(x_test).argmax(1)))
