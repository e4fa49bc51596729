from keras import layers, Model, Input
from keras.applications import vgg19


def create(n):
    entry = Input(shape=(224, 224, 3))
    x = layers.RandomFlip("horizontal")(entry)
    x = vgg19.preprocess_input(x)
    base = vgg19.VGG19(include_top=False, weights="imagenet")
    base.trainable = False
    x = layers.GlobalAveragePooling2D()(base(x))
    return Model(entry, layers.Dense(n, activation="softmax")(x))
