# Gehirntumor-Klassifikation (Praktikum 3)
import os
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras import layers, models, optimizers

BASIS = 'brain_mri'
LERNRATE = 1e-3

erzeuger = ImageDataGenerator(
    rescale=1./255,
    preprocessing_function=preprocess_input,
    rotation_range=20,
    horizontal_flip=True)
erzeuger_test = ImageDataGenerator(rescale=1./255, preprocessing_function=preprocess_input)

train = erzeuger.flow_from_directory(os.path.join(BASIS, 'Training'), target_size=(224, 224), class_mode='categorical')
test = erzeuger_test.flow_from_directory(os.path.join(BASIS, 'Testing'), target_size=(224, 224), class_mode='categorical', shuffle=False)

netz = VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3))
netz.trainable = False
modell = models.Sequential([netz, layers.Flatten(), layers.Dense(128, activation='relu'), layers.Dropout(0.3), layers.Dense(4, activation='softmax')])
modell.compile(optimizer=optimizers.Adam(learning_rate=LERNRATE), loss='categorical_crossentropy', metrics=['accuracy'])
modell.fit(train, validation_data=test, epochs=10)
