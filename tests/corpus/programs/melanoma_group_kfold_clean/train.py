import os, gc, numpy as np, pandas as pd, tensorflow as tf
from sklearn.model_selection import GroupKFold
from sklearn.metrics import roc_auc_score
AUTO = tf.data.experimental.AUTOTUNE
CONFIG = {"arch": "EfficientNetB4", "img": 380, "bs": 16, "lr": 2e-5, "folds": 4, "epochs": 8}
df = pd.read_csv("../input/melanoma/train.csv")
def decode(path, label=None):
    img = tf.image.decode_jpeg(tf.io.read_file(path), channels=3)
    img = tf.image.resize(img, (CONFIG["img"],) * 2)
    return (img, label) if label is not None else img
def aug(img, label):
    img = tf.image.random_flip_left_right(img, seed=1)
    img = tf.image.random_brightness(img, 20)
    return img, label
def get_ds(frame, train):
    ds = tf.data.Dataset.from_tensor_slices((frame.path.values, frame.target.values.astype("float32")))
    if train: ds = ds.shuffle(len(frame)).repeat()
    ds = ds.map(decode, AUTO)
    if train: ds = ds.map(aug, AUTO)
    return ds.batch(CONFIG["bs"]).prefetch(AUTO)
def build():
    base = getattr(tf.keras.applications, CONFIG["arch"])(include_top=False, weights="imagenet", input_shape=(CONFIG["img"], CONFIG["img"], 3))
    x = tf.keras.layers.GlobalAveragePooling2D()(base.output)
    out = tf.keras.layers.Dense(1, activation="sigmoid")(x)
    m = tf.keras.Model(base.input, out)
    m.compile(tf.keras.optimizers.Adam(CONFIG["lr"]), tf.keras.losses.BinaryCrossentropy(label_smoothing=.05), metrics=["AUC"])
    return m
oof = np.zeros(len(df))
for f, (a, b) in enumerate(GroupKFold(CONFIG["folds"]).split(df, df.target, df.patient_id)):
    tr, va = df.iloc[a], df.iloc[b]
    m = build()
    w = {0: 0.51, 1: 27.8}
    m.fit(get_ds(tr, True), steps_per_epoch=len(tr) // CONFIG["bs"], validation_data=get_ds(va, False), epochs=CONFIG["epochs"], class_weight=w, verbose=2)
    oof[b] = m.predict(get_ds(va, False)).ravel()
    del m; gc.collect()
print(roc_auc_score(df.target, oof))
