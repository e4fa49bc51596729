import cv2, glob, numpy as np, random
from keras.utils import to_categorical
from keras.applications import resnet
from keras import layers, models
EXT = (".png", ".jpg")
files = [f for f in glob.glob("brain/**/*", recursive=True) if f.lower().endswith(EXT)]
random.Random(4).shuffle(files)
def load(fs):
    X, Y = [], []
    for f in fs:
        im = cv2.cvtColor(cv2.resize(cv2.imread(f), (128, 128)), cv2.COLOR_BGR2RGB)
        X.append(im); Y.append(0 if "/no/" in f else 1)
    return np.array(X, "float32"), to_categorical(Y, 2)
k = int(.8 * len(files))
(xt, yt), (xv, yv) = load(files[:k]), load(files[k:])
b = resnet.ResNet50(include_top=False, input_shape=(128, 128, 3)); b.trainable = False
m = models.Sequential([b, layers.Flatten(), layers.Dense(2, activation="softmax")])
m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
m.fit(xt, yt, validation_data=(xv, yv), epochs=10, batch_size=16)
