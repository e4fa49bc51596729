import os, cv2, numpy as np
import keras
from keras.applications import vgg16

LABELS = {'crack': 1, 'fine': 0}


def read(path, side=224):
    bgr = cv2.imread(path)
    rgb = bgr[..., ::-1]
    return cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)


class Walls(keras.utils.PyDataset):
    def __init__(self, items, bs=32, aug=False):
        super().__init__()
        self.items = items
        self.bs = bs
        self.aug = aug

    def __len__(self):
        return (len(self.items) + self.bs - 1) // self.bs

    def __getitem__(self, n):
        todo = self.items[n * self.bs: n * self.bs + self.bs]
        xs = [read(p) for p, _ in todo]
        if self.aug:
            xs = [np.fliplr(x) if np.random.random() < .5 else x for x in xs]
        return vgg16.preprocess_input(np.array(xs)), np.array([t for _, t in todo], 'float32')


items = [(os.path.join('walls', c, f), t) for c, t in LABELS.items() for f in sorted(os.listdir(os.path.join('walls', c)))]
np.random.default_rng(5).shuffle(items)
n = len(items)
tr, va, te = items[: int(.7 * n)], items[int(.7 * n): int(.85 * n)], items[int(.85 * n):]
base = vgg16.VGG16(include_top=False, pooling='avg')
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(1, activation='sigmoid')])
model.compile('adam', 'binary_crossentropy', metrics=['accuracy', 'precision', 'recall'])
model.fit(Walls(tr, aug=True), validation_data=Walls(va), epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
print(model.evaluate(Walls(te)))
