import math, os, random
import numpy as np
from PIL import Image
import tensorflow as tf
from tensorflow.keras.utils import Sequence
from tensorflow.keras.applications import VGG16


class DataGen(Sequence):
    'Generates data for Keras'
    def __init__(self, list_IDs, labels, batch_size=32, dim=(224, 224), n_classes=10, shuffle=True):
        super().__init__()
        self.dim = dim
        self.batch_size = batch_size
        self.labels = labels
        self.list_IDs = list_IDs
        self.n_classes = n_classes
        self.shuffle = shuffle
        self.on_epoch_end()

    def __len__(self):
        return int(np.floor(len(self.list_IDs) / self.batch_size))

    def __getitem__(self, index):
        indexes = self.indexes[index*self.batch_size:(index+1)*self.batch_size]
        list_IDs_temp = [self.list_IDs[k] for k in indexes]
        return self.__data_generation(list_IDs_temp)

    def on_epoch_end(self):
        self.indexes = np.arange(len(self.list_IDs))
        if self.shuffle == True:
            np.random.shuffle(self.indexes)

    def __data_generation(self, list_IDs_temp):
        X = np.empty((self.batch_size, *self.dim, 3))
        y = np.empty((self.batch_size), dtype=int)
        for i, ID in enumerate(list_IDs_temp):
            X[i,] = np.array(Image.open('imgs/' + ID).convert('RGB').resize(self.dim))
            y[i] = self.labels[ID]
        return X, tf.keras.utils.to_categorical(y, num_classes=self.n_classes)


labels = {f: int(f.split('_')[0]) for f in os.listdir('imgs')}
ids = list(labels)
random.Random(4).shuffle(ids)
cut = int(len(ids) * .9)
train, val = DataGen(ids[:cut], labels), DataGen(ids[cut:], labels, shuffle=False)
vgg = VGG16(include_top=False, input_shape=(224, 224, 3), pooling='avg')
vgg.trainable = False
model = tf.keras.Sequential([vgg, tf.keras.layers.Dense(10, activation='softmax')])
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(train, validation_data=val, epochs=10)
