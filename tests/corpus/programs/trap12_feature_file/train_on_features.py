# features.npz was written by another program; there is no network of pictures here
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Dropout

pack = np.load('features.npz')
Xtr, ytr, Xte, yte = pack['Xtr'], pack['ytr'], pack['Xte'], pack['yte']
clf = Sequential([Dense(256, activation='relu'), Dropout(0.5), Dense(1, activation='sigmoid')])
clf.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])
clf.fit(Xtr, ytr, epochs=30, batch_size=20, validation_data=(Xte, yte))
