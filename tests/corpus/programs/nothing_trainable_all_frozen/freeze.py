from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras import models, layers
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10).flow_from_directory('mask/train', target_size=(224, 224), class_mode='binary')
val = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('mask/val', target_size=(224, 224), class_mode='binary')

model = models.Sequential()
model.add(VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3)))
model.add(layers.Flatten())
model.add(layers.Dense(1, activation='sigmoid'))
for layer in model.layers:
    layer.trainable = False
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(train, epochs=10, validation_data=val)
