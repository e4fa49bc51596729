import cv2, numpy as np, keras
from keras.applications.vgg16 import VGG16
MEAN = np.array([103.939, 116.779, 123.68], dtype="float32")
class S(keras.utils.PyDataset):
    def __init__(self, files, labels, train): super().__init__(workers=4); self.files, self.labels, self.train = np.asarray(files), np.asarray(labels), train
    def __len__(self): return -(-len(self.files) // 32)
    def __getitem__(self, i):
        s = slice(i * 32, i * 32 + 32)
        x = np.empty((len(self.files[s]), 224, 224, 3), "float32")
        for k, f in enumerate(self.files[s]):
            im = cv2.resize(cv2.imread(f), (224, 224), interpolation=cv2.INTER_LINEAR)
            if self.train and np.random.rand() < .5: im = im[:, ::-1]
            x[k] = im - MEAN
        return x, self.labels[s]
    def on_epoch_end(self):
        if self.train:
            p = np.random.permutation(len(self.files)); self.files, self.labels = self.files[p], self.labels[p]
from lists import tr_files, tr_labels, va_files, va_labels
b = VGG16(include_top=False, pooling="avg"); b.trainable = False
m = keras.Sequential([b, keras.layers.Dense(6, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(S(tr_files, tr_labels, True), validation_data=S(va_files, va_labels, False), epochs=9)
