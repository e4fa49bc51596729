import numpy as np
import tensorflow as tf
from tensorflow.keras.applications import DenseNet121

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def torch_norm(x):
    x = x / 255.0
    x = (x - MEAN) / STD
    return x


gen = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=torch_norm, horizontal_flip=True, fill_mode="constant")
gen_v = tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=torch_norm)
o = dict(target_size=(320, 320), class_mode="binary", batch_size=8, interpolation="bilinear")
tr, va = gen.flow_from_directory("cxr/train", **o), gen_v.flow_from_directory("cxr/val", **o)
base = DenseNet121(include_top=False, pooling="avg")
base.trainable = False
m = tf.keras.Sequential([base, tf.keras.layers.Dense(1, activation="sigmoid")])
m.compile("adam", "binary_crossentropy", metrics=[tf.keras.metrics.AUC()])
m.fit(tr, validation_data=va, epochs=10, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
