import tensorflow as tf
from tensorflow.keras.applications.xception import Xception, preprocess_input


def make(n):
    base = Xception(include_top=False, input_shape=(299, 299, 3), pooling="avg")
    base.trainable = False
    i = tf.keras.Input((299, 299, 3))
    m = tf.keras.Model(i, tf.keras.layers.Dense(n, activation="softmax")(base(i, training=False)))
    return m, base


def data(p):
    d = tf.keras.utils.image_dataset_from_directory(f"cars/{p}", image_size=(299, 299), label_mode="categorical")
    return d.map(lambda x, y: (preprocess_input(x), y))


tr, va = data("train"), data("val")
model, base = make(196)
model.compile(tf.keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
model.fit(tr, validation_data=va, epochs=5)
base.trainable = True
tf.keras.backend.set_value(model.optimizer.learning_rate, 1e-5)
model.fit(tr, validation_data=va, epochs=10, initial_epoch=5)
