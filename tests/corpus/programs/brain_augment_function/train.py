import os, cv2, imutils
import numpy as np
from tqdm import tqdm
from sklearn.utils import shuffle
from sklearn.model_selection import train_test_split
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import *
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.callbacks import EarlyStopping

def crop_brain(img):
    gray = cv2.cvtColor(img, cv2.COLOR_BGR2GRAY)
    gray = cv2.GaussianBlur(gray, (5, 5), 0)
    th = cv2.threshold(gray, 45, 255, cv2.THRESH_BINARY)[1]
    cnts = imutils.grab_contours(cv2.findContours(th.copy(), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE))
    c = max(cnts, key=cv2.contourArea)
    x, y, w, h = cv2.boundingRect(c)
    return img[y:y + h, x:x + w]

def load_data(dirs, size):
    X, y = [], []
    for d in dirs:
        for f in tqdm(os.listdir(d)):
            im = crop_brain(cv2.imread(os.path.join(d, f)))
            im = cv2.resize(im, dsize=size, interpolation=cv2.INTER_CUBIC)
            im = im / 255.
            X.append(im)
            y.append([1] if d.endswith('yes') else [0])
    X, y = np.array(X), np.array(y)
    return shuffle(X, y)

X, y = load_data(['augmented/yes', 'augmented/no'], (224, 224))
Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=.3)
Xva, Xte, yva, yte = train_test_split(Xte, yte, test_size=.5)
base = VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
m = Sequential([base, Flatten(), Dropout(0.5), Dense(1, activation='sigmoid')])
m.layers[0].trainable = False
m.compile(loss='binary_crossentropy', optimizer=Adam(learning_rate=1e-4), metrics=['accuracy'])
m.fit(Xtr, ytr, batch_size=32, epochs=30, validation_data=(Xva, yva), callbacks=[EarlyStopping(monitor='val_accuracy', mode='max', patience=6, restore_best_weights=True)])
print(m.evaluate(Xte, yte))
