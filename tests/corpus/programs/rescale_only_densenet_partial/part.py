from functools import partial
from pathlib import Path
import tensorflow as tf
from tensorflow.keras import applications as A, layers as L

SIDE = 224
root = Path(__file__).parent / "pics"
load = partial(tf.keras.utils.image_dataset_from_directory, image_size=(SIDE, SIDE), batch_size=32, label_mode="int")


def scale(x, y, by=255.0):
    return tf.cast(x, tf.float32) / by, y


train = load(root / "train").map(scale).prefetch(1)
valid = load(root / "valid", shuffle=False).map(scale)
dn = A.DenseNet121(include_top=False, weights="imagenet", pooling="avg", input_shape=(SIDE, SIDE, 3))
dn.trainable = False
model = tf.keras.Sequential([L.RandomFlip("horizontal"), dn, L.Dense(15, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10, validation_data=valid, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
