import keras
from keras import layers
from keras.applications import DenseNet121, densenet
import pandas as pd, numpy as np
from keras.utils import load_img, img_to_array, PyDataset


class Pairs(PyDataset):
    def __init__(self, frame, batch=16):
        super().__init__()
        self.frame, self.batch = frame, batch

    def __len__(self):
        return -(-len(self.frame) // self.batch)

    def __getitem__(self, k):
        rows = self.frame.iloc[k * self.batch:(k + 1) * self.batch]
        pics = np.stack([img_to_array(load_img(p, target_size=(224, 224), interpolation="bilinear")) for p in rows.path])
        return {"picture": densenet.preprocess_input(pics), "age": rows[["age"]].to_numpy("float32")}, rows.label.to_numpy()


df = pd.read_csv("patients.csv").sample(frac=1, random_state=0)
n = int(.8 * len(df))
pic, age = keras.Input((224, 224, 3), name="picture"), keras.Input((1,), name="age")
base = DenseNet121(include_top=False, pooling="avg")
base.trainable = False
h = layers.Concatenate()([base(pic, training=False), layers.Normalization()(age)])
out = layers.Dense(1, activation="sigmoid")(layers.Dense(64, activation="relu")(h))
model = keras.Model([pic, age], out)
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC()])
model.fit(Pairs(df[:n]), validation_data=Pairs(df[n:]), epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
