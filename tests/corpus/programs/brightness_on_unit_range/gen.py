import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models
from tensorflow.keras.preprocessing.image import ImageDataGenerator

x = np.load('x_train.npy').astype('float32') / 255.   # (n, 96, 96, 3)
y = np.load('y_train.npy')
xv = np.load('x_val.npy').astype('float32') / 255.
yv = np.load('y_val.npy')

gen = ImageDataGenerator(brightness_range=[0.6, 1.4], horizontal_flip=True)
cnn = models.Sequential([
    layers.Conv2D(16, 3, activation='relu', input_shape=(96, 96, 3)), layers.MaxPooling2D(),
    layers.Conv2D(32, 3, activation='relu'), layers.MaxPooling2D(),
    layers.GlobalAveragePooling2D(), layers.Dense(4, activation='softmax')])
cnn.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
cnn.fit(gen.flow(x, y, batch_size=32), validation_data=(xv, yv), epochs=30,
        callbacks=[tf.keras.callbacks.ReduceLROnPlateau()])
