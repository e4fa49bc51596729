import os, cv2
import numpy as np
from sklearn.model_selection import train_test_split
from keras.applications.vgg16 import VGG16
from keras.layers import Dense, Flatten, Input, RandomFlip
from keras.models import Model
from keras.utils import to_categorical

def load(path):
    img = cv2.imread(path)
    img = cv2.resize(img, (224, 224)).astype(np.float32)
    img[:, :, 0] -= 103.939
    img[:, :, 1] -= 116.779
    img[:, :, 2] -= 123.68
    return img

names = ['normal', 'tumor']
files = [(os.path.join('mri', n, f), k) for k, n in enumerate(names) for f in os.listdir('mri/' + n)]
train, val = train_test_split(files, test_size=.25, random_state=0, stratify=[k for _, k in files])

def gen(items, bs):
    while 1:
        idx = np.random.permutation(len(items))[:bs]
        yield np.array([load(items[i][0]) for i in idx]), to_categorical([items[i][1] for i in idx], 2)

inp = Input((224, 224, 3))
b = VGG16(include_top=False, weights='imagenet')
b.trainable = False
o = Dense(2, activation='softmax')(Flatten()(b(RandomFlip('horizontal')(inp))))
m = Model(inp, o)
m.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
m.fit(gen(train, 16), steps_per_epoch=len(train) // 16, epochs=10, validation_data=gen(val, 16), validation_steps=len(val) // 16)
