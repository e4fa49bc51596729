import albumentations as A
import cv2, numpy as np
from tensorflow import keras
from keras.applications.efficientnet import preprocess_input as eff_pre
T = A.Compose([A.HorizontalFlip(p=.5), A.RandomBrightnessContrast(p=.3), A.Resize(224, 224)])
V = A.Compose([A.Resize(224, 224)])
class Seq(keras.utils.Sequence):
    def __init__(s, rows, aug, bs=16): s.rows, s.aug, s.bs = rows, aug, bs
    def __len__(s): return int(np.ceil(len(s.rows) / s.bs))
    def __getitem__(s, k):
        xs, ys = [], []
        for p, c in s.rows[k * s.bs:(k + 1) * s.bs]:
            im = cv2.cvtColor(cv2.imread(p), cv2.COLOR_BGR2RGB)
            xs.append(eff_pre(s.aug(image=im)["image"].astype("float32")))
            ys.append(c)
        return np.array(xs), np.array(ys)
from data import train_rows, val_rows
b = keras.applications.MobileNetV2(include_top=False, pooling="avg", input_shape=(224, 224, 3))
b.trainable = False
m = keras.Sequential([b, keras.layers.Dense(10, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(Seq(train_rows, T), validation_data=Seq(val_rows, V), epochs=5)
