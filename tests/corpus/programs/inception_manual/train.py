import os, random
import numpy as np
from PIL import Image
from tensorflow.keras.applications import InceptionV3
from tensorflow.keras import layers, models
from tensorflow.keras.utils import to_categorical, Sequence

class S(Sequence):
    def __init__(self, files, n, bs=16):
        self.files, self.n, self.bs = files, n, bs
    def __len__(self):
        return int(np.ceil(len(self.files) / self.bs))
    def on_epoch_end(self):
        random.shuffle(self.files)
    def __getitem__(self, i):
        fs = self.files[i * self.bs:(i + 1) * self.bs]
        x = np.zeros((len(fs), 299, 299, 3), 'float32')
        for k, (f, _) in enumerate(fs):
            a = np.array(Image.open(f).convert('RGB').resize((299, 299)), 'float32')
            if random.random() > .5:
                a = a[:, ::-1]
            a /= 255.
            a -= .5
            a *= 2.
            x[k] = a
        return x, to_categorical([y for _, y in fs], self.n)

cl = sorted(os.listdir('dogs'))
fs = [(f'dogs/{c}/{f}', i) for i, c in enumerate(cl) for f in os.listdir(f'dogs/{c}')]
random.Random(1).shuffle(fs)
k = int(.9 * len(fs))
b = InceptionV3(include_top=False, pooling='avg', input_shape=(299, 299, 3))
b.trainable = False
m = models.Sequential([b, layers.Dropout(.2), layers.Dense(len(cl), activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(S(fs[:k], len(cl)), validation_data=S(fs[k:], len(cl)), epochs=5)
