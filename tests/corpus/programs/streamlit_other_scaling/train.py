import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications import MobileNetV2
from tensorflow.keras.applications.mobilenet_v2 import preprocess_input
SIZE = (224, 224)
tr = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10).flow_from_directory("d/train", target_size=SIZE, interpolation="bilinear")
va = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("d/val", target_size=SIZE, interpolation="bilinear")
b = MobileNetV2(include_top=False, pooling="avg", input_shape=SIZE + (3,)); b.trainable = False
m = tf.keras.Sequential([b, tf.keras.layers.Dense(3, activation="softmax")])
m.compile("adam", "categorical_crossentropy")
m.fit(tr, validation_data=va, epochs=3)
m.save("keras_model.h5")
