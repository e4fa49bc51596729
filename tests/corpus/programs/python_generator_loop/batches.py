import os, random
import numpy as np
from keras.utils import load_img, img_to_array
from keras.applications import vgg16
from keras import layers, models, callbacks

def list_files(folder):
    out = []
    for i, c in enumerate(sorted(os.listdir(folder))):
        out += [(os.path.join(folder, c, f), i) for f in os.listdir(os.path.join(folder, c))]
    return out

def generator(samples, batch_size=32, train=True):
    while True:
        if train:
            random.shuffle(samples)
        for off in range(0, len(samples), batch_size):
            x, y = [], []
            for f, t in samples[off:off + batch_size]:
                a = img_to_array(load_img(f, target_size=(224, 224), interpolation='bilinear')) / 255.
                if train and random.random() < .5:
                    a = a[:, ::-1, :]
                x.append(a)
                y.append(t)
            yield np.array(x), np.array(y)

tr, va = list_files('kitchen/train'), list_files('kitchen/val')
vgg = vgg16.VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3))
vgg.trainable = False
m = models.Sequential([vgg, layers.GlobalAveragePooling2D(), layers.Dense(12, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(generator(tr), steps_per_epoch=len(tr) // 32, epochs=5,
      validation_data=generator(va, train=False), validation_steps=len(va) // 32, callbacks=[callbacks.ReduceLROnPlateau(patience=1)])
