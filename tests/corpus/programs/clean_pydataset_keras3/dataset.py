import math

import keras
import numpy as np
from keras.applications.resnet import preprocess_input


class PictureFolder(keras.utils.PyDataset):
    """Reads pictures when asked, nothing is kept."""

    def __init__(self, rows, size, batch_size=32, training=False, **kwargs):
        super().__init__(**kwargs)
        self.rows = list(rows)
        self.size = size
        self.batch_size = batch_size
        self.training = training
        self.rng = np.random.default_rng(0)
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.rows) / self.batch_size)

    def __getitem__(self, index):
        chunk = self.rows[index * self.batch_size:(index + 1) * self.batch_size]
        batch = np.stack([self._read(path) for path, _ in chunk])
        return preprocess_input(batch), np.array([label for _, label in chunk])

    def _read(self, path):
        image = keras.utils.img_to_array(keras.utils.load_img(path, target_size=self.size, interpolation="bilinear"))
        return image[:, ::-1] if self.training and self.rng.random() < 0.5 else image

    def on_epoch_end(self):
        if self.training:
            self.rng.shuffle(self.rows)
