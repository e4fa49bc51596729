import keras
from keras import layers
from keras.applications import vgg16


def build(n_classes, size=180):
    augment = keras.Sequential([
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.2),
    ])
    conv_base = vgg16.VGG16(weights="imagenet", include_top=False)
    conv_base.trainable = False
    inputs = keras.Input(shape=(size, size, 3))
    x = augment(inputs)
    x = vgg16.preprocess_input(x)
    x = conv_base(x)
    x = layers.Flatten()(x)
    x = layers.Dense(256)(x)
    x = layers.Dropout(0.5)(x)
    outputs = layers.Dense(n_classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)
