import pandas as pd
import tensorflow as tf
from factory import pipeline

make = pipeline(scale=1 / 255)
train, val = make(pd.read_csv("train.csv"), True), make(pd.read_csv("val.csv"), False)
base = tf.keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(8, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=8, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
