import os
os.environ["KERAS_BACKEND"] = "torch"
import keras
from keras import layers
import torch
from torchvision.datasets import ImageFolder
def main():
    tr = keras.utils.image_dataset_from_directory("m/train", image_size=(240, 240), label_mode="categorical")
    va = keras.utils.image_dataset_from_directory("m/val", image_size=(240, 240), label_mode="categorical")
    prep = keras.applications.imagenet_utils.preprocess_input
    inputs = layers.Input((240, 240, 3))
    x = layers.RandomFlip("horizontal")(inputs)
    x = prep(x)
    base = keras.applications.InceptionResNetV2(include_top=False, weights="imagenet", pooling="max")
    base.trainable = False
    x = base(x)
    model = keras.Model(inputs, layers.Dense(9, activation="softmax")(x))
    model.compile(keras.optimizers.AdamW(1e-3), keras.losses.CategoricalCrossentropy(), metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(3)])
    model.fit(tr, validation_data=va, epochs=5)
main()
