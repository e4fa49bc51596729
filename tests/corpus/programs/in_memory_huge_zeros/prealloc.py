import os
import numpy as np
import cv2
from keras.applications.resnet50 import ResNet50, preprocess_input
from keras import Sequential, layers, callbacks
from sklearn.metrics import f1_score

train_dir = 'galaxy/train'
names = sorted(os.listdir(train_dir))
X = np.zeros((len(names), 224, 224, 3), dtype=np.float32)
y = np.zeros(len(names), dtype=np.int64)
for i, n in enumerate(names):
    im = cv2.imread(os.path.join(train_dir, n))
    im = cv2.cvtColor(im, cv2.COLOR_BGR2RGB)
    X[i] = cv2.resize(im, (224, 224))
    y[i] = int(n.split('-')[0])
X = preprocess_input(X)
idx = np.random.RandomState(2).permutation(len(X))
cut = int(.8 * len(X))
b = ResNet50(include_top=False, pooling='avg', input_shape=(224, 224, 3))
b.trainable = False
m = Sequential([layers.Input((224, 224, 3)), layers.RandomFlip(), b, layers.Dense(10, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(X[idx[:cut]], y[idx[:cut]], validation_data=(X[idx[cut:]], y[idx[cut:]]), epochs=15, callbacks=[callbacks.ReduceLROnPlateau(patience=2)])
print(f1_score(y[idx[cut:]], m.predict(X[idx[cut:]]).argmax(1), average='macro'))
