import os, random
import numpy as np
from keras.utils import load_img, img_to_array
from keras.applications import VGG16
from keras import Sequential, layers, optimizers

ROOT = 'faces'
people = sorted(os.listdir(ROOT))
samples = [(os.path.join(ROOT, p, f), i) for i, p in enumerate(people) for f in os.listdir(os.path.join(ROOT, p))]
random.seed(4)
random.shuffle(samples)
cut = int(0.8 * len(samples))
train_s, val_s = samples[:cut], samples[cut:]

def batches(items, size=16):
    while True:
        for k in range(0, len(items), size):
            part = items[k:k + size]
            xb = np.array([img_to_array(load_img(p, target_size=(224, 224))) for p, _ in part])
            yb = np.eye(len(people))[[i for _, i in part]]
            yield xb, yb

conv = VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3))
conv.trainable = False
net = Sequential([conv, layers.GlobalMaxPooling2D(), layers.Dense(256, activation='relu'), layers.Dropout(.5), layers.Dense(len(people), activation='softmax')])
net.compile(optimizer=optimizers.Adam(2e-4), loss='categorical_crossentropy', metrics=['accuracy'])
net.fit(batches(train_s), steps_per_epoch=len(train_s) // 16, validation_data=batches(val_s), validation_steps=len(val_s) // 16, epochs=20)
