import glob, os
import numpy as np
from keras.utils import load_img, img_to_array, to_categorical
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.layers import Dense, GlobalAveragePooling2D
from keras.models import Sequential
from sklearn.model_selection import train_test_split
from sklearn.metrics import classification_report

names = ['glass', 'metal', 'paper']
X, Y = [], []
for k, name in enumerate(names):
    for f in glob.glob(os.path.join('trash', name, '*.jpg')):
        arr = img_to_array(load_img(f, target_size=(224, 224)))
        X.append(arr / 255.0)
        Y.append(k)
X = preprocess_input(np.array(X))
Y = to_categorical(Y, 3)
Xa, Xb, Ya, Yb = train_test_split(X, Y, test_size=.2, stratify=Y, random_state=5)
base = VGG16(include_top=False, input_shape=(224, 224, 3))
base.trainable = False
net = Sequential([base, GlobalAveragePooling2D(), Dense(3, activation='softmax')])
net.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
net.fit(Xa, Ya, validation_data=(Xb, Yb), epochs=15, batch_size=16)
print(classification_report(Yb.argmax(1), net.predict(Xb).argmax(1), target_names=names))
