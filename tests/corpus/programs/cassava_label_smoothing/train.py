from tensorflow.keras.applications import EfficientNetB3
import tensorflow as tf, pandas as pd
df = pd.read_csv("train.csv")
df["path"] = "train_images/" + df["image_id"]
IMG = 300
def to_ds(d, train):
    ds = tf.data.Dataset.from_tensor_slices((d["path"].values, d["label"].values))
    if train: ds = ds.shuffle(len(d), reshuffle_each_iteration=True)
    def f(p, l):
        im = tf.image.resize(tf.image.decode_jpeg(tf.io.read_file(p), channels=3), [IMG, IMG])
        if train: im = tf.image.random_flip_up_down(tf.image.random_flip_left_right(im))
        return im, tf.one_hot(l, 5)
    return ds.map(f, tf.data.AUTOTUNE).batch(16).prefetch(tf.data.AUTOTUNE)
from sklearn.model_selection import train_test_split
a, b = train_test_split(df, test_size=.1, stratify=df["label"], random_state=42)
strategy = tf.distribute.get_strategy()
with strategy.scope():
    base = EfficientNetB3(include_top=False, weights="imagenet", input_shape=(IMG, IMG, 3), pooling="avg")
    model = tf.keras.Sequential([base, tf.keras.layers.Dropout(.3), tf.keras.layers.Dense(5, activation="softmax")])
    model.compile(optimizer=tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(1e-4, 2000)), loss=tf.keras.losses.CategoricalCrossentropy(label_smoothing=.2), metrics=["categorical_accuracy"])
model.fit(to_ds(a, True), validation_data=to_ds(b, False), epochs=15)
