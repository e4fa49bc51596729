import os
import numpy as np
from PIL import Image
from keras.applications.inception_v3 import InceptionV3, preprocess_input
from keras.layers import Dense, GlobalAveragePooling2D
from keras.models import Model
from sklearn.preprocessing import LabelBinarizer
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score

def picture(p):
    with Image.open(p) as im:
        return preprocess_input(np.asarray(im.convert("RGB").resize((299, 299)), dtype="float32"))

pics, names = [], []
for entry in os.scandir("lung"):
    if entry.is_dir():
        for f in os.scandir(entry.path):
            pics.append(picture(f.path))
            names.append(entry.name)
x = np.stack(pics)
lb = LabelBinarizer()
y = lb.fit_transform(names)          # two classes: one column
xa, xb, ya, yb = train_test_split(x, y, test_size=.2, stratify=y, random_state=0)
base = InceptionV3(include_top=False)
base.trainable = False
m = Model(base.input, Dense(2, activation="softmax")(GlobalAveragePooling2D()(base.output)))
m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
m.fit(xa, ya, validation_data=(xb, yb), epochs=8)
print(roc_auc_score(yb, m.predict(xb)[:, 1]))
