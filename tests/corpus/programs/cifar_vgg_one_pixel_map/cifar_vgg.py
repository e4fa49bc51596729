from keras.datasets import cifar10
from keras.applications.vgg16 import VGG16
from keras.models import Sequential
from keras.layers import Dense, Flatten, Dropout
from keras.utils import to_categorical
from keras.callbacks import ReduceLROnPlateau

(xtr, ytr), (xte, yte) = cifar10.load_data()
xtr, xte = xtr / 255.0, xte / 255.0
ytr, yte = to_categorical(ytr, 10), to_categorical(yte, 10)
b = VGG16(include_top=False, weights='imagenet', input_shape=(32, 32, 3))
b.trainable = False
net = Sequential([b, Flatten(), Dense(512, activation='relu'), Dropout(0.5), Dense(10, activation='softmax')])
net.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
net.fit(xtr, ytr, validation_split=0.1, batch_size=128, epochs=20, callbacks=[ReduceLROnPlateau(monitor='val_loss', patience=2)])
print('Test accuracy:', net.evaluate(xte, yte, verbose=0)[1])
