import keras
import tensorflow as tf
from keras import layers

data_aug = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1)])
train = keras.utils.image_dataset_from_directory("bees/train", image_size=(180, 180), batch_size=32, label_mode="binary")
valid = keras.utils.image_dataset_from_directory("bees/valid", image_size=(180, 180), batch_size=32, label_mode="binary")
train = train.map(lambda x, y: (data_aug(x, training=True), y)).cache().shuffle(1000).prefetch(tf.data.AUTOTUNE)
valid = valid.cache().prefetch(tf.data.AUTOTUNE)

inputs = keras.Input((180, 180, 3))
x = keras.applications.vgg16.preprocess_input(inputs)
vgg = keras.applications.VGG16(include_top=False)
vgg.trainable = False
x = layers.GlobalAveragePooling2D()(vgg(x))
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
model.fit(train, validation_data=valid, epochs=12, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
