import numpy as np, pandas as pd, tensorflow as tf
from tensorflow.keras import layers, Model
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input
df = pd.read_csv("houses.csv")
def gen(frame, bs=16):
    while True:
        part = frame.sample(bs)
        imgs = np.stack([preprocess_input(tf.keras.utils.img_to_array(tf.keras.utils.load_img(p, target_size=(224, 224)))) for p in part["path"]])
        tab = part[["beds", "baths"]].to_numpy("float32") / 10.
        yield (imgs, tab), part["price_class"].to_numpy()
tr = df.sample(frac=.8, random_state=0); va = df.drop(tr.index)
i1, i2 = layers.Input((224, 224, 3)), layers.Input((2,))
b = ResNet50(include_top=False, pooling="avg"); b.trainable = False
h = layers.Concatenate()([b(i1), layers.Dense(16, activation="relu")(i2)])
m = Model([i1, i2], layers.Dense(4, activation="softmax")(h))
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(gen(tr), steps_per_epoch=len(tr) // 16, validation_data=gen(va), validation_steps=len(va) // 16, epochs=10)
