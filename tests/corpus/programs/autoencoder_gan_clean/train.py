import numpy as np
from tensorflow.keras import layers, models
from tensorflow.keras.datasets import mnist
(x_train, _), _ = mnist.load_data()
x_train = (x_train.astype("float32") - 127.5) / 127.5
x_train = x_train[..., None]
def gen():
    m = models.Sequential([layers.Dense(7 * 7 * 64, input_dim=100), layers.Reshape((7, 7, 64)), layers.Conv2DTranspose(32, 3, 2, "same", activation="relu"), layers.Conv2DTranspose(1, 3, 2, "same", activation="tanh")])
    return m
def disc():
    m = models.Sequential([layers.Conv2D(32, 3, 2, "same", input_shape=(28, 28, 1)), layers.LeakyReLU(.2), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    m.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return m
d, g = disc(), gen()
d.trainable = False
z = layers.Input((100,))
gan = models.Model(z, d(g(z)))
gan.compile("adam", "binary_crossentropy")
for step in range(10000):
    idx = np.random.randint(0, len(x_train), 64)
    fake = g.predict(np.random.normal(size=(64, 100)))
    d.train_on_batch(x_train[idx], np.ones((64, 1)))
    d.train_on_batch(fake, np.zeros((64, 1)))
    gan.train_on_batch(np.random.normal(size=(64, 100)), np.ones((64, 1)))
