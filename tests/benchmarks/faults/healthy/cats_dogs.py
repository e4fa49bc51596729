"""Cats or dogs: a head on VGG16's frozen layers, from a folder with train/ and validation/."""

import sys

import keras
import tensorflow as tf

FOLDER = sys.argv[1]
SIZE = (224, 224)
BATCH = 16

keras.utils.set_random_seed(int(sys.argv[2]))

train = keras.utils.image_dataset_from_directory(
    FOLDER + "/train",
    label_mode="binary",
    image_size=SIZE,
    batch_size=BATCH,
    crop_to_aspect_ratio=True,
    seed=1,
)
validation = keras.utils.image_dataset_from_directory(
    FOLDER + "/validation",
    label_mode="binary",
    image_size=SIZE,
    batch_size=BATCH,
    crop_to_aspect_ratio=True,
    shuffle=False,
)

augment = keras.Sequential(
    [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomRotation(0.05),
        keras.layers.RandomZoom(0.1),
    ]
)


def prepare_train(images, labels):
    images = augment(images, training=True)
    return keras.applications.vgg16.preprocess_input(images), labels


def prepare_validation(images, labels):
    return keras.applications.vgg16.preprocess_input(images), labels


train = train.map(prepare_train, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
validation = validation.map(prepare_validation, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)

base = keras.applications.VGG16(weights="imagenet", include_top=False, input_shape=SIZE + (3,))
base.trainable = False

inputs = keras.Input(SIZE + (3,))
x = base(inputs, training=False)
x = keras.layers.GlobalAveragePooling2D()(x)
x = keras.layers.Dense(128, activation="relu")(x)
x = keras.layers.Dropout(0.3)(x)
outputs = keras.layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    loss="binary_crossentropy",
    metrics=["accuracy", keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.AUC()],
)

callbacks = [
    keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=3, min_lr=1e-6),
    keras.callbacks.EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True),
]
model.fit(train, validation_data=validation, epochs=30, callbacks=callbacks)
model.save("cats_dogs.keras")
