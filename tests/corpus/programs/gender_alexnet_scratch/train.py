import keras
from keras.models import Sequential
from keras.layers import Dense, Conv2D, MaxPooling2D, Flatten, Dropout, BatchNormalization
from keras_preprocessing.image import ImageDataGenerator

tr = ImageDataGenerator(rescale=1./255, horizontal_flip=True).flow_from_directory('g/Training', target_size=(227, 227), batch_size=64, class_mode='binary')
va = ImageDataGenerator(rescale=1./255).flow_from_directory('g/Validation', target_size=(227, 227), batch_size=64, class_mode='binary')
model = Sequential()
model.add(Conv2D(96, (11, 11), strides=4, activation='relu', input_shape=(227, 227, 3)))
model.add(BatchNormalization())
model.add(MaxPooling2D(3, 2))
model.add(Conv2D(256, (5, 5), padding='same', activation='relu'))
model.add(BatchNormalization())
model.add(MaxPooling2D(3, 2))
model.add(Flatten())
model.add(Dense(512, activation='relu'))
model.add(Dropout(.4))
model.add(Dense(1, activation='sigmoid'))
model.compile(keras.optimizers.Adam(1e-4), loss='binary_crossentropy', metrics=['accuracy'])
model.fit(tr, validation_data=va, epochs=20)
