"""Signs on a wall: circle, square or triangle? Transfer learning with VGG16."""

import os

from tensorflow.keras.applications import VGG16
from tensorflow.keras.layers import Dense, Dropout, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "signs")
SIZE = (112, 112)
BATCH = 16

# load the pictures
train_datagen = ImageDataGenerator(rescale=1.0 / 255)
val_datagen = ImageDataGenerator(rescale=1.0 / 255)

train_generator = train_datagen.flow_from_directory(
    os.path.join(DATA, "train"),
    target_size=SIZE,
    batch_size=BATCH,
    class_mode="categorical",
)
val_generator = val_datagen.flow_from_directory(
    os.path.join(DATA, "validation"),
    target_size=SIZE,
    batch_size=BATCH,
    class_mode="categorical",
    shuffle=False,
)

# VGG16 without its head, frozen
base = VGG16(weights="imagenet", include_top=False, input_shape=SIZE + (3,))
base.trainable = False

model = Sequential()
model.add(base)
model.add(Flatten())
model.add(Dense(256, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(3, activation="softmax"))

model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])

history = model.fit(train_generator, epochs=20, validation_data=val_generator)

model.save("signs.keras")
print("best validation accuracy:", max(history.history["val_accuracy"]))
