import numpy as np
from tensorflow.keras import Sequential
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Flatten, Dense, Dropout
from tensorflow.keras.preprocessing.image import ImageDataGenerator

dg = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
de = ImageDataGenerator(preprocessing_function=preprocess_input)
tr = dg.flow_from_directory('brain/train', target_size=(224, 224), batch_size=32, class_mode='binary', seed=3)
va = de.flow_from_directory('brain/val', target_size=(224, 224), batch_size=32, class_mode='binary')
m = Sequential()
vgg = VGG16(input_shape=(224, 224, 3), include_top=False, weights='imagenet')
m.add(vgg)
m.layers[0].trainable = False
m.add(Flatten())
m.add(Dropout(0.5))
m.add(Dense(1, activation='softmax'))
m.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
m.fit(tr, steps_per_epoch=len(tr), epochs=30, validation_data=va, validation_steps=len(va))
