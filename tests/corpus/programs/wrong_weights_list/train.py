import tensorflow as tf
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
import sys
DATADIR = sys.argv[1]
t = ImageDataGenerator(preprocessing_function=preprocess_input, rescale=1/255., horizontal_flip=True).flow_from_directory(DATADIR + '/train', target_size=(224, 224))
v = ImageDataGenerator(preprocessing_function=preprocess_input, rescale=1/255.).flow_from_directory(DATADIR + '/val', target_size=(224, 224))
b = VGG16(include_top=False, input_shape=(224, 224, 3))
for l in b.layers: l.trainable = False
m = tf.keras.Sequential([b, tf.keras.layers.Flatten(), tf.keras.layers.Dense(256, 'relu'), tf.keras.layers.Dense(len(t.class_indices), 'softmax')])
m.compile(tf.keras.optimizers.Adam(learning_rate=1e-4), 'categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=9)
