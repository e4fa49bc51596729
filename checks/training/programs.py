"""Beginnings of programs that the cases of several checks share; sound as far as they go."""

GENERATORS = """\
from tensorflow.keras import Sequential
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D
from tensorflow.keras.preprocessing.image import ImageDataGenerator

augmenting = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, rotation_range=15)
plain = ImageDataGenerator(preprocessing_function=preprocess_input)
train = augmenting.flow_from_directory("birds/train", target_size=(224, 224), batch_size=32)
val = plain.flow_from_directory("birds/validation", target_size=(224, 224), batch_size=32)

base = VGG16(include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, GlobalAveragePooling2D(), Dropout(0.3), Dense(12, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
"""
"""Two generators and a frozen VGG16, compiled; 15 lines."""

DATASETS = """\
import tensorflow as tf

train = tf.keras.utils.image_dataset_from_directory("shells/train", image_size=(224, 224), batch_size=32)
val = tf.keras.utils.image_dataset_from_directory("shells/val", image_size=(224, 224), batch_size=32)

inputs = tf.keras.Input((224, 224, 3))
x = tf.keras.layers.RandomFlip("horizontal")(inputs)
x = tf.keras.applications.vgg16.preprocess_input(x)
base = tf.keras.applications.VGG16(include_top=False, pooling="avg")
base.trainable = False
model = tf.keras.Model(inputs, tf.keras.layers.Dense(5, activation="softmax")(base(x)))
"""
"""Two datasets and a frozen VGG16 with its preprocessing inside, not compiled; 11 lines."""

ARRAYS = """\
from tensorflow import keras

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0

model = keras.Sequential([
    keras.Input(shape=(32, 32, 3)),
    keras.layers.RandomFlip("horizontal"),
    keras.layers.Conv2D(32, 3, activation="relu"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
"""
"""CIFAR-10 as arrays and a network from scratch, compiled; 13 lines."""
