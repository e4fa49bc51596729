import pickle
import time
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Dropout, Activation, Flatten, Conv2D, MaxPooling2D
from tensorflow.keras.callbacks import TensorBoard

NAME = "Cats-vs-dogs-CNN-{}".format(int(time.time()))
pickle_in = open("X.pickle", "rb")
X = pickle.load(pickle_in)
pickle_in = open("y.pickle", "rb")
y = pickle.load(pickle_in)
X = X / 255.0

for dense_layer in [0, 1]:
    for layer_size in [32, 64]:
        model = Sequential()
        model.add(Conv2D(layer_size, (3, 3), input_shape=X.shape[1:]))
        model.add(Activation('relu'))
        model.add(MaxPooling2D(pool_size=(2, 2)))
        model.add(Conv2D(layer_size, (3, 3)))
        model.add(Activation('relu'))
        model.add(MaxPooling2D(pool_size=(2, 2)))
        model.add(Flatten())
        for _ in range(dense_layer):
            model.add(Dense(layer_size))
            model.add(Activation('relu'))
        model.add(Dense(1))
        model.add(Activation('sigmoid'))
        tensorboard = TensorBoard(log_dir="logs/{}".format(NAME))
        model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
        model.fit(X, y, batch_size=32, epochs=10, validation_split=0.3, callbacks=[tensorboard])
