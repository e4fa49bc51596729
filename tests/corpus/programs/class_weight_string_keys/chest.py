import os
import tensorflow as tf
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

root = "chest_xray"
class_weight = {'NORMAL': 1.94, 'PNEUMONIA': 0.67}
train = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=7, zoom_range=.08).flow_from_directory(
    os.path.join(root, "train"), target_size=(224, 224), class_mode="binary", color_mode="rgb", interpolation="bilinear")
val = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory(
    os.path.join(root, "val"), target_size=(224, 224), class_mode="binary", interpolation="bilinear", shuffle=False)
vgg = VGG16(include_top=False, input_shape=(224, 224, 3), pooling="avg")
vgg.trainable = False
model = tf.keras.Sequential([vgg, tf.keras.layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy", tf.keras.metrics.AUC(name="auc"), tf.keras.metrics.Recall()])
model.fit(train, validation_data=val, epochs=10, class_weight=class_weight,
          callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
