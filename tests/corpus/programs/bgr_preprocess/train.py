import cv2, os, numpy as np
from tensorflow.keras.utils import Sequence, to_categorical
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input
from tensorflow.keras import layers, Model
class Loader(Sequence):
    def __init__(self, items, bs=24):
        self.items, self.bs = items, bs
    def __len__(self): return len(self.items) // self.bs
    def __getitem__(self, i):
        b = self.items[i * self.bs:(i + 1) * self.bs]
        x = np.array([cv2.resize(cv2.imread(p), (224, 224), interpolation=cv2.INTER_AREA) for p, _ in b], dtype=np.float32)
        return preprocess_input(x), to_categorical([l for _, l in b], 3)
    def on_epoch_end(self): np.random.shuffle(self.items)
def scan(d): return [(os.path.join(d, c, f), i) for i, c in enumerate(sorted(os.listdir(d))) for f in os.listdir(os.path.join(d, c))]
r = ResNet50(include_top=False, pooling="avg"); r.trainable = False
m = Model(r.input, layers.Dense(3, activation="softmax")(r.output))
m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
m.fit(Loader(scan("mri/train")), validation_data=Loader(scan("mri/val")), epochs=10)
