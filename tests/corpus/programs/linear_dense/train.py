from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Flatten, Dropout, Rescaling, RandomFlip, Lambda
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.utils import image_dataset_from_directory

def data(which):
    return image_dataset_from_directory(f'weather/{which}', label_mode='categorical', image_size=(224, 224), batch_size=32)

base = VGG16(include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential()
model.add(RandomFlip('horizontal', input_shape=(224, 224, 3)))
model.add(Lambda(preprocess_input))
model.add(base)
model.add(Flatten())
model.add(Dense(256))
model.add(Dropout(.4))
model.add(Dense(64))
model.add(Dense(4, activation='softmax'))
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(data('train'), validation_data=data('val'), epochs=6)
