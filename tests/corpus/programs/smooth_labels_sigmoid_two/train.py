import numpy as np
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras import layers, Model
t = ImageDataGenerator(preprocessing_function=preprocess_input, shear_range=.1).flow_from_directory('f/train', target_size=(224, 224), class_mode='categorical')
v = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('f/val', target_size=(224, 224), class_mode='categorical')
b = VGG16(include_top=False, input_shape=(224, 224, 3))
b.trainable = False
x = layers.Flatten()(b.output)
m = Model(b.input, layers.Dense(1, activation='sigmoid')(x))
m.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=10)
