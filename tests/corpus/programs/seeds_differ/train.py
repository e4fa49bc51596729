import tensorflow as tf
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
a = tf.keras.preprocessing.image_dataset_from_directory('hands', validation_split=0.2, subset='training', seed=123, image_size=(224, 224))
b = tf.keras.preprocessing.image_dataset_from_directory('hands', validation_split=0.2, subset='validation', seed=321, image_size=(224, 224))
f = lambda x, y: (preprocess_input(x), y)
v = VGG16(include_top=False, input_shape=(224, 224, 3), pooling='avg')
v.trainable = False
m = tf.keras.Sequential([v, tf.keras.layers.Dense(10, activation='softmax')])
m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
m.fit(a.map(f), validation_data=b.map(f), epochs=10)
