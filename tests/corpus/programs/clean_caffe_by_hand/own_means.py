"""Clean: the per-channel mean is subtracted by hand after the channel order was reversed (that is the caffe mode)."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.applications.vgg16 import VGG16

MEAN = np.array([103.939, 116.779, 123.68], dtype="float32")


def vgg_input(image):
    image = image[..., ::-1]
    return image - MEAN


make = lambda **k: tf.keras.preprocessing.image.ImageDataGenerator(preprocessing_function=vgg_input, **k)
train = make(horizontal_flip=True).flow_from_directory("keys/train", target_size=(224, 224), interpolation="bilinear")
val = make().flow_from_directory("keys/val", target_size=(224, 224), interpolation="bilinear")
vgg = VGG16(weights="imagenet", include_top=False, pooling="avg")
vgg.trainable = False
model = tf.keras.Sequential([vgg, tf.keras.layers.Dense(train.num_classes, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy", tf.keras.metrics.Precision(), tf.keras.metrics.Recall()])
model.fit(train, validation_data=val, epochs=5, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=1)])
