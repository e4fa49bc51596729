import tensorflow as tf

train = tf.keras.utils.image_dataset_from_directory("fish/train", image_size=(192, 192))
val = tf.keras.utils.image_dataset_from_directory("fish/val", image_size=(192, 192))


def augment(x, y):
    x = tf.image.random_flip_left_right(x)
    x = tf.image.random_contrast(x, 0.8, 1.2)
    return x, y


def finish(ds):
    return ds.map(augment).map(lambda x, y: (tf.keras.applications.resnet50.preprocess_input(x), y)).prefetch(tf.data.AUTOTUNE)


train, val = finish(train), finish(val)
base = tf.keras.applications.ResNet50(include_top=False, input_shape=(192, 192, 3), pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dropout(.2), tf.keras.layers.Dense(9, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
