import keras
import keras_tuner as kt
from keras import layers
from keras.applications import vgg16

train = keras.utils.image_dataset_from_directory("r/train", image_size=(224, 224))
val = keras.utils.image_dataset_from_directory("r/val", image_size=(224, 224))


def build(hp):
    i = keras.Input((224, 224, 3))
    x = layers.RandomFlip("horizontal")(i)
    x = vgg16.preprocess_input(x)
    b = vgg16.VGG16(include_top=False, pooling="avg")
    b.trainable = False
    x = layers.Dense(hp.Int("units", 32, 256, step=32), activation="relu")(b(x))
    x = layers.Dropout(hp.Float("drop", 0, 0.5))(x)
    m = keras.Model(i, layers.Dense(4, activation="softmax")(x))
    m.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3, 1e-4])), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


tuner = kt.RandomSearch(build, objective="val_accuracy", max_trials=5)
tuner.search(train, validation_data=val, epochs=5)
best = tuner.get_best_models(1)[0]
best.fit(train, validation_data=val, epochs=20, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3)])
