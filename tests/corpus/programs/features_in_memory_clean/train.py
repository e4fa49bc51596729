import numpy as np
from tensorflow import keras
x = np.load("imgs.npy")  # uint8 RGB
y = np.load("y.npy")
p = np.random.RandomState(1).permutation(len(x))
x, y = x[p], y[p]
x = keras.applications.inception_v3.preprocess_input(x.astype("float32"))
b = keras.applications.InceptionV3(include_top=False, pooling="avg", input_shape=(299, 299, 3))
b.trainable = False
feats = b.predict(x, batch_size=32)
head = keras.Sequential([keras.layers.Input((2048,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dropout(.5), keras.layers.Dense(2, activation="softmax")])
head.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
head.fit(feats, y, validation_split=.2, epochs=30)
