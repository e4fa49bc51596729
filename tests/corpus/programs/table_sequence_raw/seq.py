import math, numpy as np
from tensorflow.keras.utils import Sequence
from common.io import read_rgb


class Pictures(Sequence):
    def __init__(self, table, size=(224, 224), batch=32, flip=False):
        self.table, self.size, self.batch, self.flip = table, size, batch, flip

    def __len__(self):
        return math.ceil(len(self.table) / self.batch)

    def __getitem__(self, i):
        rows = self.table.iloc[i * self.batch:(i + 1) * self.batch]
        x = np.stack([read_rgb(p, self.size) for p in rows["path"]])
        if self.flip and np.random.rand() > 0.5:
            x = x[:, :, ::-1, :]
        return x, rows["label"].to_numpy()
