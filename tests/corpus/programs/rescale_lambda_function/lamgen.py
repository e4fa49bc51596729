import os
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16
from tensorflow.keras.layers import Dense, Flatten, BatchNormalization
from tensorflow.keras.models import Sequential

train_gen = ImageDataGenerator(preprocessing_function=lambda im: im / 255., horizontal_flip=True)
val_gen = ImageDataGenerator(preprocessing_function=lambda im: im / 255.)
train = train_gen.flow_from_directory(os.path.join('oct', 'train'), target_size=(224, 224))
val = val_gen.flow_from_directory(os.path.join('oct', 'val'), target_size=(224, 224))
model = Sequential()
model.add(VGG16(include_top=False, weights='imagenet', input_shape=(224, 224, 3)))
model.layers[0].trainable = False
model.add(Flatten())
model.add(BatchNormalization())
model.add(Dense(4, activation='softmax'))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(train, validation_data=val, epochs=5)
