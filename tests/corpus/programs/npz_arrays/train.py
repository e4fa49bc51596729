import numpy as np
from tensorflow.keras.applications.vgg16 import VGG16
from tensorflow.keras import layers, models, utils
d = np.load('data.npz')
x_train, y_train, x_val, y_val = d['x_train'], d['y_train'], d['x_val'], d['y_val']
x_train = x_train.astype('float32') / 255
x_val = x_val.astype('float32') / 255
y_train, y_val = utils.to_categorical(y_train), utils.to_categorical(y_val)
b = VGG16(include_top=False, weights='imagenet', input_shape=x_train.shape[1:])
b.trainable = False
m = models.Sequential([b, layers.Flatten(), layers.Dense(y_train.shape[1], activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=10)
