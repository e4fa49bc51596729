import keras
from keras.layers import Dense, Flatten, Dropout, Conv2D, MaxPooling2D, Input, Rescaling
from keras.models import Sequential

tr = keras.utils.image_dataset_from_directory('objects/train', image_size=(64, 64), color_mode='rgb', label_mode='categorical')
va = keras.utils.image_dataset_from_directory('objects/valid', image_size=(64, 64), color_mode='rgb', label_mode='categorical')
m = Sequential([
    Input((64, 64, 3)), Rescaling(1./255),
    Conv2D(32, 3, activation='relu'), MaxPooling2D(2),
    Conv2D(64, 3),
    Conv2D(64, 3, activation='relu'), MaxPooling2D(2),
    Flatten(), Dense(128), Dropout(.4), Dense(20, activation='softmax')])
m.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=25)
