import json
import numpy as np
import keras
from keras import layers

meta = json.load(open("meta.json"))
X = np.memmap("x.dat", dtype="uint8", mode="r", shape=(meta["n"], 128, 128, 3))
y = np.load("y.npy")


class Rows(keras.utils.PyDataset):
    def __init__(self, idx, bs=64, aug=False):
        super().__init__()
        self.idx, self.bs, self.aug = idx, bs, aug

    def __len__(self):
        return int(np.ceil(len(self.idx) / self.bs))

    def __getitem__(self, i):
        rows = np.sort(self.idx[i * self.bs:(i + 1) * self.bs])
        x = X[rows].astype("float32")
        if self.aug and np.random.rand() < 0.5:
            x = x[:, :, ::-1]
        return x / 127.5 - 1.0, y[rows]


p = np.random.default_rng(0).permutation(meta["n"])
k = int(0.9 * len(p))
net = keras.applications.MobileNetV2(include_top=False, pooling="avg", input_shape=(128, 128, 3))
net.trainable = False
m = keras.Sequential([net, layers.Dense(20, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy()])
m.fit(Rows(p[:k], aug=True), validation_data=Rows(p[k:]), epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=1)])
