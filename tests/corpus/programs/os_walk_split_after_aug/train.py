import os, random, numpy as np
from PIL import Image, ImageOps
from sklearn.model_selection import train_test_split
from keras.applications.vgg16 import VGG16, preprocess_input
from keras import layers, models

X, Y = [], []
for k, c in enumerate(['no', 'yes']):
    for r, _, fs in os.walk('tum/' + c):
        for f in fs:
            im = Image.open(os.path.join(r, f)).convert('RGB').resize((128, 128))
            X.append(np.array(im)); Y.append(k)
            X.append(np.array(ImageOps.mirror(im))); Y.append(k)
            X.append(np.array(im.rotate(15))); Y.append(k)
X = preprocess_input(np.array(X, dtype='float32'))
Y = np.array(Y)
a, b, c, d = train_test_split(X, Y, test_size=.2, random_state=0, stratify=Y)
v = VGG16(include_top=False, input_shape=(128, 128, 3), pooling='avg')
v.trainable = False
m = models.Sequential([v, layers.Dense(1, activation='sigmoid')])
m.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
m.fit(a, c, validation_data=(b, d), epochs=20)
