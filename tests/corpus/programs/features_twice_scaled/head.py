import numpy as np
from tensorflow.keras import Sequential, layers
x, y = np.load("x_train.npy"), np.load("y_train.npy")
xv, yv = np.load("x_val.npy"), np.load("y_val.npy")
m = Sequential([layers.Dense(128, activation="relu"), layers.Dropout(.5), layers.Dense(7, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(x, y, validation_data=(xv, yv), epochs=30)
