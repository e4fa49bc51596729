import os
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications import VGG16
from tensorflow.keras import models, layers, optimizers

BASE = os.path.join('.', 'dataset')
train_dir = os.path.join(BASE, 'training_set')
val_dir = os.path.join(BASE, 'test_set')
IMG = 150

def get_base():
    b = VGG16(weights='imagenet', include_top=False, input_shape=(IMG, IMG, 3))
    for l in b.layers:
        l.trainable = False
    return b

datagen = ImageDataGenerator(rescale=1. / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
tdatagen = ImageDataGenerator(rescale=1. / 255)

train = datagen.flow_from_directory(train_dir, target_size=(IMG, IMG), batch_size=32, class_mode='binary')
val = tdatagen.flow_from_directory(val_dir, target_size=(IMG, IMG), batch_size=32, class_mode='binary')

m = models.Sequential()
m.add(get_base())
m.add(layers.Flatten())
m.add(layers.Dense(4096, activation='relu'))
m.add(layers.Dense(4096, activation='relu'))
m.add(layers.Dropout(.5))
m.add(layers.Dense(1, activation='sigmoid'))
m.compile(loss='binary_crossentropy', optimizer=optimizers.Adam(1e-4), metrics=['accuracy'])
h = m.fit(train, epochs=25, validation_data=val)
m.save('catdog.h5')
