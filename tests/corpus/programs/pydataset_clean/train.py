import math, os
import keras, numpy as np
from keras.applications.resnet_v2 import preprocess_input, ResNet101V2


class Batches(keras.utils.PyDataset):
    def __init__(self, rows, size, training=False, **kw):
        super().__init__(**kw)
        self.rows, self.size, self.training = list(rows), size, training
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.rows) / self.size)

    def on_epoch_end(self):
        if self.training:
            np.random.shuffle(self.rows)

    def __getitem__(self, k):
        chunk = self.rows[k * self.size:(k + 1) * self.size]
        x = np.stack([self._read(p) for p, _ in chunk])
        y = keras.utils.to_categorical([c for _, c in chunk], 7)
        return preprocess_input(x), y

    def _read(self, path):
        a = keras.utils.img_to_array(keras.utils.load_img(path, target_size=(224, 224), interpolation="bilinear"))
        if self.training and np.random.rand() < .5:
            a = a[:, ::-1]
        return a


def listing(split):
    for c, name in enumerate(sorted(os.listdir(f"emotions/{split}"))):
        for f in os.listdir(f"emotions/{split}/{name}"):
            yield f"emotions/{split}/{name}/{f}", c


backbone = ResNet101V2(include_top=False, pooling="avg", input_shape=(224, 224, 3))
backbone.trainable = False
model = keras.Sequential([backbone, keras.layers.Dense(7, activation="softmax")])
model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy", keras.metrics.F1Score(average="macro")])
model.fit(Batches(listing("train"), 32, training=True), validation_data=Batches(listing("test"), 32), epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
