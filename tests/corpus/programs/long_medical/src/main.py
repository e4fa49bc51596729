#!/usr/bin/env python
"""Glaucoma screening. Usage: main.py --fundus DIR [--epochs N]"""
import argparse
import logging
import os
import random
import shutil
import sys
from datetime import datetime

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import tensorflow as tf
from sklearn.metrics import auc, classification_report, confusion_matrix, roc_curve
from sklearn.model_selection import train_test_split
from tensorflow.keras import backend as K
from tensorflow.keras.applications import InceptionV3
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.callbacks import CSVLogger, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam, RMSprop
from tensorflow.keras.preprocessing.image import ImageDataGenerator

logging.basicConfig(level=logging.INFO)
SEED = 2021
os.environ["PYTHONHASHSEED"] = str(SEED)
random.seed(SEED); np.random.seed(SEED); tf.random.set_seed(SEED)


def build_frame(folder):
    rows = []
    for label in ("glaucoma", "healthy"):
        for f in os.listdir(os.path.join(folder, label)):
            rows.append({"file": os.path.join(label, f), "label": label})
    return pd.DataFrame(rows)


def build_model(input_size, unfreeze=0, lr=1e-3):
    base = InceptionV3(weights="imagenet", include_top=False, input_shape=(input_size, input_size, 3))
    for layer in base.layers[:len(base.layers) - unfreeze]:
        layer.trainable = False
    x = GlobalAveragePooling2D(name="gap")(base.output)
    x = Dropout(0.5)(x)
    x = Dense(128, activation="relu")(x)
    out = Dense(1, activation="sigmoid", name="out")(x)
    m = Model(base.input, out)
    m.compile(optimizer=Adam(learning_rate=lr), loss="binary_crossentropy",
              metrics=["accuracy", tf.keras.metrics.AUC(name="auc")])
    return m, base


def plot(history, where):
    fig, ax = plt.subplots(1, 2)
    for a, k in zip(ax, ("loss", "auc")):
        a.plot(history.history[k]); a.plot(history.history["val_" + k])
    fig.savefig(os.path.join(where, "history.png"))


def main(argv=None):
    ap = argparse.ArgumentParser()
    ap.add_argument("--fundus", default="fundus")
    ap.add_argument("--epochs", type=int, default=40)
    ap.add_argument("--size", type=int, default=299)
    ap.add_argument("--bs", type=int, default=16)
    a = ap.parse_args(argv)
    out = os.path.join("runs", datetime.now().strftime("%Y%m%d"))
    os.makedirs(out, exist_ok=True)

    frame = build_frame(a.fundus)
    train, rest = train_test_split(frame, test_size=.3, stratify=frame.label, random_state=SEED)
    val, test = train_test_split(rest, test_size=.5, stratify=rest.label, random_state=SEED)
    tg = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=15, horizontal_flip=True)
    eg = ImageDataGenerator(preprocessing_function=preprocess_input)
    common = dict(directory=a.fundus, x_col="file", y_col="label", target_size=(a.size, a.size), class_mode="binary", batch_size=a.bs, interpolation="bilinear")
    g_train = tg.flow_from_dataframe(train, **common)
    g_val = eg.flow_from_dataframe(val, shuffle=False, **common)
    g_test = eg.flow_from_dataframe(test, shuffle=False, **common)

    model, base = build_model(a.size)
    cbs = [EarlyStopping(monitor="val_auc", mode="max", patience=8, restore_best_weights=True),
           ReduceLROnPlateau(monitor="val_loss", factor=.5, patience=3, min_lr=1e-6),
           CSVLogger(os.path.join(out, "log.csv"))]
    h = model.fit(g_train, validation_data=g_val, epochs=a.epochs, callbacks=cbs)
    plot(h, out)

    p = model.predict(g_test).ravel()
    fpr, tpr, _ = roc_curve(g_test.classes, p)
    logging.info("AUC %.3f", auc(fpr, tpr))
    print(confusion_matrix(g_test.classes, p > .5))
    model.save(os.path.join(out, "model.keras"))
    K.clear_session()
    return 0


if __name__ == "__main__":
    sys.exit(main())
