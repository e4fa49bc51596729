"""Kinds of waste: a head on VGG16's frozen layers, from a folder with one folder for each class."""

import sys

import numpy as np
from sklearn.metrics import classification_report
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.utils import set_random_seed

FOLDER = sys.argv[1]
SIZE = (224, 224)
BATCH = 16

set_random_seed(int(sys.argv[2]))

train_datagen = ImageDataGenerator(
    preprocessing_function=preprocess_input,
    rotation_range=10,
    width_shift_range=0.1,
    height_shift_range=0.1,
    zoom_range=0.1,
    horizontal_flip=True,
    validation_split=0.25,
)
val_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.25)

train_generator = train_datagen.flow_from_directory(
    FOLDER,
    target_size=SIZE,
    batch_size=BATCH,
    class_mode="categorical",
    interpolation="bilinear",
    subset="training",
    seed=7,
)
val_generator = val_datagen.flow_from_directory(
    FOLDER,
    target_size=SIZE,
    batch_size=BATCH,
    class_mode="categorical",
    interpolation="bilinear",
    subset="validation",
    shuffle=False,
    seed=7,
)

counts = np.bincount(train_generator.classes)
class_weight = {label: len(train_generator.classes) / (len(counts) * count) for label, count in enumerate(counts)}

base = VGG16(weights="imagenet", include_top=False, input_shape=SIZE + (3,))
base.trainable = False

model = Sequential(
    [
        base,
        GlobalAveragePooling2D(),
        Dense(128, activation="relu"),
        Dropout(0.3),
        Dense(len(counts), activation="softmax"),
    ]
)

model.compile(
    optimizer=Adam(learning_rate=1e-3),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)

callbacks = [
    ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=3, min_lr=1e-6),
    EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True),
]
model.fit(
    train_generator,
    validation_data=val_generator,
    epochs=30,
    class_weight=class_weight,
    callbacks=callbacks,
)

predicted = model.predict(val_generator).argmax(axis=1)
print(classification_report(val_generator.classes, predicted))
model.save("trash.keras")
