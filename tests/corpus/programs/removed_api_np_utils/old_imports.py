from keras.preprocessing.image import ImageDataGenerator, array_to_img, img_to_array, load_img
from keras.utils import np_utils
from keras.layers.core import Dense, Dropout, Flatten
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.layers.normalization import BatchNormalization
from keras.models import Sequential
from keras.optimizers import RMSprop
from keras.callbacks import ReduceLROnPlateau
from sklearn.metrics import confusion_matrix
import numpy as np

X, y = np.load('digits_x.npy'), np.load('digits_y.npy')
X = X.reshape(-1, 28, 28, 1).astype('float32') / 255
Y = np_utils.to_categorical(y, 10)
rs = np.random.RandomState(0).permutation(len(X))
X, Y = X[rs], Y[rs]
n = int(.9 * len(X))
m = Sequential()
m.add(Conv2D(32, (5, 5), activation='relu', input_shape=(28, 28, 1)))
m.add(BatchNormalization())
m.add(MaxPooling2D((2, 2)))
m.add(Flatten())
m.add(Dense(64, activation='relu'))
m.add(Dense(10, activation='softmax'))
m.compile(RMSprop(lr=0.001, rho=0.9, epsilon=1e-8, decay=0.0), 'categorical_crossentropy', ['accuracy'])
g = ImageDataGenerator(rotation_range=10, zoom_range=.1)
m.fit_generator(g.flow(X[:n], Y[:n], batch_size=86), epochs=30, validation_data=(X[n:], Y[n:]), verbose=2,
                steps_per_epoch=n // 86, callbacks=[ReduceLROnPlateau(monitor='val_accuracy', patience=3)])
print(confusion_matrix(Y[n:].argmax(1), m.predict_classes(X[n:])))
