# -*- coding: utf-8 -*-
# Projet de fin d'études : reconnaissance de plats
from keras.models import Sequential
from keras.layers import Conv2D, MaxPool2D, Flatten, Dense, Rescaling, Input, RandomFlip
from keras.utils import image_dataset_from_directory

chemin = './plats'
entrainement = image_dataset_from_directory(chemin, validation_split=0.2, subset='training', seed=42, image_size=(128, 128), label_mode='categorical')
validation = image_dataset_from_directory(chemin, validation_split=0.2, subset='validation', seed=42, image_size=(128, 128), label_mode='categorical')

modele = Sequential()
modele.add(Input((128, 128, 3)))
modele.add(RandomFlip('horizontal'))
modele.add(Rescaling(1/255))
for nb in (16, 32, 64):
    modele.add(Conv2D(nb, 3, activation='relu'))
    modele.add(MaxPool2D())
modele.add(Flatten())
modele.add(Dense(64, activation='relu'))
modele.add(Dense(5, activation='softmax'))
modele.compile(optimizer='adam', loss='mean_squared_error', metrics=['accuracy'])
modele.fit(entrainement, validation_data=validation, epochs=20)
