import tensorflow as tf
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_directory(
    "apples/train", target_size=(224, 224), class_mode="binary", classes=["bad", "good"], interpolation="bilinear")
val = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory(
    "apples/val", target_size=(224, 224), class_mode="binary", classes=["bad", "good"], interpolation="bilinear")
base = VGG16(include_top=False, input_shape=(224, 224, 3), pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy", tf.keras.metrics.AUC()])
model.fit(train, validation_data=val, epochs=10, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
model.save("apples.keras")
