from tensorflow.keras.applications.xception import Xception, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
import tensorflow as tf

train = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=.1).flow_from_directory('buildings/train', target_size=(299, 299), class_mode='categorical', interpolation='bilinear')
val = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('buildings/val', target_size=(299, 299), class_mode='categorical', interpolation='bilinear')
b = Xception(include_top=False, pooling='avg', input_shape=(299, 299, 3))
b.trainable = False
net = tf.keras.Sequential([b, tf.keras.layers.Dense(6, activation='softmax')])
net.compile('adam', tf.keras.losses.SparseCategoricalCrossentropy(), metrics=['accuracy', tf.keras.metrics.TopKCategoricalAccuracy(3)])
net.fit(train, validation_data=val, epochs=5, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=1)])
