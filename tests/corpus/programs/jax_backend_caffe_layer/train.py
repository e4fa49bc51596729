import os
os.environ["KERAS_BACKEND"] = "jax"
import keras, numpy as np
from keras import ops
x = np.load("x.npy"); y = np.load("y.npy")
class Caffe(keras.layers.Layer):
    def call(self, t):
        t = t[..., ::-1]
        return t - ops.array([103.939, 116.779, 123.68])
b = keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(128, 128, 3))
b.trainable = False
m = keras.Sequential([keras.Input((128, 128, 3)), keras.layers.RandomFlip(), Caffe(), b, keras.layers.Dense(3, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(x, y, validation_split=.2, epochs=10)
