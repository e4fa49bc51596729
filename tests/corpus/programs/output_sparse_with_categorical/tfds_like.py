import numpy as np
from tensorflow.keras.applications.mobilenet_v2 import MobileNetV2, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D, Input
from tensorflow.keras.models import Model
from tensorflow.keras.utils import image_dataset_from_directory

ds_train = image_dataset_from_directory("pets/train", label_mode="int", image_size=(160, 160))
ds_valid = image_dataset_from_directory("pets/valid", label_mode="int", image_size=(160, 160))

inp = Input(shape=(160, 160, 3))
base = MobileNetV2(input_shape=(160, 160, 3), include_top=False, weights="imagenet")
base.trainable = False
feat = base(preprocess_input(inp), training=False)
out = Dense(37, activation="softmax")(GlobalAveragePooling2D()(feat))
m = Model(inp, out)
m.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
m.fit(ds_train, validation_data=ds_valid, epochs=8)
