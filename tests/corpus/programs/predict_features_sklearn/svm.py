import os
import numpy as np
from keras.applications import InceptionV3
from keras.applications.inception_v3 import preprocess_input
from keras.utils import load_img, img_to_array
from sklearn.svm import SVC
from sklearn.model_selection import cross_val_score

net = InceptionV3(include_top=False, pooling="avg")
X, y = [], []
for label in sorted(os.listdir("tiles")):
    for name in os.listdir(os.path.join("tiles", label)):
        im = img_to_array(load_img(os.path.join("tiles", label, name), target_size=(299, 299)))
        X.append(net.predict(preprocess_input(im[None]), verbose=0)[0])
        y.append(label)
print(cross_val_score(SVC(C=10), np.array(X), y, cv=5).mean())
