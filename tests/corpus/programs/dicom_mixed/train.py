import os, glob
import numpy as np
import pydicom
import cv2
from tensorflow.keras.applications import DenseNet121
from tensorflow.keras.applications.densenet import preprocess_input
from tensorflow.keras import layers, Model, optimizers
from sklearn.model_selection import StratifiedShuffleSplit

def read(path):
    ds = pydicom.dcmread(path)
    a = ds.pixel_array.astype(float)
    a = (np.maximum(a, 0) / a.max()) * 255.0
    a = cv2.resize(a, (224, 224))
    return np.stack([a] * 3, axis=-1)
X = np.array([read(p) for p in sorted(glob.glob("rsna/*/*.dcm"))])
y = np.array([int("pos" in p) for p in sorted(glob.glob("rsna/*/*.dcm"))])
X = preprocess_input(X)
sss = StratifiedShuffleSplit(n_splits=1, test_size=0.2, random_state=1)
for tr, te in sss.split(X, y):
    Xtr, Xte, ytr, yte = X[tr], X[te], y[tr], y[te]
base = DenseNet121(include_top=False, weights="imagenet", input_shape=(224, 224, 3), pooling="avg")
base.trainable = False
out = layers.Dense(1, activation="sigmoid")(base.output)
m = Model(base.input, out)
m.compile(optimizers.Adam(1e-3), "binary_crossentropy", metrics=["AUC"])
m.fit(Xtr, ytr, validation_data=(Xte, yte), epochs=10, batch_size=16)
