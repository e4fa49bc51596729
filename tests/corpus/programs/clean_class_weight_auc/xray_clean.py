"""Pneumonia: weights from the training labels, AUC, a plain validation generator."""
import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils import class_weight
from tensorflow import keras
from tensorflow.keras.applications.densenet import DenseNet121, preprocess_input

meta = pd.read_csv("meta.csv", dtype={"label": str})
gss = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=4)
i, j = next(gss.split(meta, groups=meta.patient))
mk = keras.preprocessing.image.ImageDataGenerator
common = dict(directory="png", x_col="file", y_col="label", class_mode="binary", target_size=(320, 320), interpolation="bilinear", batch_size=16)
tr = mk(preprocessing_function=preprocess_input, width_shift_range=.05, height_shift_range=.05, rotation_range=5).flow_from_dataframe(meta.iloc[i], **common)
va = mk(preprocessing_function=preprocess_input).flow_from_dataframe(meta.iloc[j], shuffle=False, **common)
w = class_weight.compute_class_weight("balanced", classes=np.unique(tr.labels), y=tr.labels)
base = DenseNet121(include_top=False, pooling="avg", input_shape=(320, 320, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
model.fit(tr, validation_data=va, epochs=15, class_weight={k: float(x) for k, x in enumerate(w)},
          callbacks=[keras.callbacks.ReduceLROnPlateau("val_auc", mode="max", patience=2)])
