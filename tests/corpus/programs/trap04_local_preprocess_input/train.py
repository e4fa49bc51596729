import os
import numpy as np
from PIL import Image
from tensorflow import keras
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications import vgg16 as V


def preprocess_input(a):
    """Our crops are stored in 0..1: bring them to 0..255 and do what VGG wants."""
    return V.preprocess_input(a * 255.)


class Crops(keras.utils.Sequence):
    def __init__(self, files, labels, batch, augment=False):
        super().__init__()
        self.files, self.labels, self.batch, self.augment = files, labels, batch, augment

    def __len__(self):
        return int(np.ceil(len(self.files) / self.batch))

    def __getitem__(self, k):
        sl = slice(k * self.batch, (k + 1) * self.batch)
        x = np.stack([np.asarray(Image.open(f).convert('RGB').resize((224, 224)), 'float32') / 255. for f in self.files[sl]])
        if self.augment and np.random.rand() < .5:
            x = x[:, :, ::-1]
        return preprocess_input(x), np.asarray(self.labels[sl])


rng = np.random.default_rng(7)
files = sorted(os.path.join('crops', c, f) for c in ('ok', 'scratch') for f in os.listdir(os.path.join('crops', c)))
labels = [int('scratch' in f) for f in files]
order = rng.permutation(len(files))
cut = int(.8 * len(order))
pick = lambda idx: ([files[i] for i in idx], [labels[i] for i in idx])
train = Crops(*pick(order[:cut]), batch=32, augment=True)
valid = Crops(*pick(order[cut:]), batch=32)

base = VGG16(include_top=False, pooling='avg', input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(1, activation='sigmoid')])
model.compile('adam', 'binary_crossentropy', metrics=['accuracy', keras.metrics.AUC()])
model.fit(train, validation_data=valid, epochs=20,
          callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3, min_lr=1e-6)])
