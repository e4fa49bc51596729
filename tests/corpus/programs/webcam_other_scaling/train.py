import numpy as np, glob, os, cv2
from keras.applications.vgg16 import VGG16, preprocess_input
from keras import layers, models
from sklearn.model_selection import train_test_split
X, Y = [], []
for i, c in enumerate(["mask", "nomask"]):
    for f in glob.glob(os.path.join("faces", c, "*.jpg")):
        im = cv2.imread(f)
        if im is None:
            continue
        im = cv2.cvtColor(im, cv2.COLOR_BGR2RGB)
        im = cv2.resize(im, (128, 128))
        X.append(im); Y.append(i)
X = preprocess_input(np.array(X, "float32")); Y = np.array(Y)
xtr, xte, ytr, yte = train_test_split(X, Y, stratify=Y, random_state=0)
base = VGG16(include_top=False, input_shape=(128, 128, 3), pooling="avg"); base.trainable = False
model = models.Sequential([base, layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(xtr, ytr, validation_data=(xte, yte), epochs=4)
model.save("weights/mask.h5")
