import numpy as np
from tensorflow.keras.datasets import cifar100
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import layers, Sequential
(x, y), (xt, yt) = cifar100.load_data()
x = x / 255.0
xt = xt / 255.0
gen = ImageDataGenerator(brightness_range=(0.7, 1.3), horizontal_flip=True)
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(128, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(100, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(gen.flow(x, y, batch_size=64), validation_data=(xt, yt), epochs=30)
