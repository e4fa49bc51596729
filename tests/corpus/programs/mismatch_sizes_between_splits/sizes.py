from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import GlobalAveragePooling2D, Dense
from tensorflow.keras.models import Model
import tensorflow as tf

a = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=.2).flow_from_directory('ore/train', target_size=(224, 224), class_mode='binary', interpolation='bilinear')
b = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('ore/val', target_size=(128, 128), class_mode='binary', interpolation='bilinear')
v = VGG16(include_top=False, weights='imagenet')
v.trainable = False
m = Model(v.input, Dense(1, activation='sigmoid')(GlobalAveragePooling2D()(v.output)))
m.compile('adam', 'binary_crossentropy', metrics=['accuracy', tf.keras.metrics.AUC()])
m.fit(a, validation_data=b, epochs=10, callbacks=[tf.keras.callbacks.ReduceLROnPlateau(patience=2)])
