import numpy as np
from skimage.io import imread
from skimage.transform import resize
import pandas as pd
import keras
from keras.applications.vgg16 import VGG16
from sklearn.metrics import classification_report

table = pd.read_csv("butterflies.csv").sample(frac=1, random_state=8)


def read_all(names):
    # skimage's resize gives floats of 0..1
    return np.array([resize(imread("img/" + n), (224, 224), anti_aliasing=True) for n in names])


n = len(table) * 8 // 10
x, xv = read_all(table.image[:n]), read_all(table.image[n:])
y, yv = table.label[:n].values, table.label[n:].values
base = VGG16(include_top=False, input_shape=(224, 224, 3), pooling="avg")
base.trainable = False
m = keras.Sequential([keras.layers.Input((224, 224, 3)), keras.layers.RandomFlip("horizontal"), base, keras.layers.Dense(50, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(x, y, validation_data=(xv, yv), epochs=20, batch_size=32, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3)])
print(classification_report(yv, m.predict(xv).argmax(1)))
