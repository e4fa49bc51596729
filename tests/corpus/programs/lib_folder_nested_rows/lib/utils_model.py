from tensorflow.keras.applications import VGG19
from tensorflow.keras import layers, models


def get_model(shape, n):
    base = VGG19(weights='imagenet', include_top=False, input_shape=shape)
    for l in base.layers:
        l.trainable = False
    m = models.Sequential()
    m.add(base)
    m.add(layers.Flatten())
    m.add(layers.Dense(256, activation='relu'))
    m.add(layers.Dense(n, activation='softmax'))
    m.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return m
