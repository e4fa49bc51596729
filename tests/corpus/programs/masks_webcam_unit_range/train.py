import numpy as np, cv2, os
from keras.applications.mobilenet_v2 import MobileNetV2, preprocess_input
from keras.layers import *
from keras.models import Model
from keras.utils import to_categorical
from sklearn.model_selection import train_test_split

def collect(root):
    for i, name in enumerate(["with_mask", "without_mask"]):
        for f in sorted(os.listdir(f"{root}/{name}")):
            yield f"{root}/{name}/{f}", i

def prepare(p):
    a = cv2.cvtColor(cv2.imread(p), cv2.COLOR_BGR2RGB)
    return preprocess_input(cv2.resize(a, (224, 224)).astype("float32"))

def batches(rows, n=32, loop=True):
    while True:
        np.random.shuffle(rows)
        for k in range(0, len(rows), n):
            part = rows[k:k + n]
            yield np.stack([prepare(p) for p, _ in part]), to_categorical([c for _, c in part], 2)
        if not loop: break

def check(frame, net):
    face = cv2.resize(frame, (224, 224)) / 255.
    return net.predict(face[None])[0]

rows = list(collect("faces"))
tr, va = train_test_split(rows, test_size=.2, random_state=0)
b = MobileNetV2(include_top=False, pooling="avg", input_shape=(224, 224, 3)); b.trainable = False
net = Model(b.input, Dense(2, activation="softmax")(Dropout(.5)(b.output)))
net.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
net.fit(batches(tr), steps_per_epoch=len(tr) // 32, validation_data=batches(va), validation_steps=len(va) // 32, epochs=20)
cap = cv2.VideoCapture(0)
ok, frame = cap.read()
print(check(frame, net))
