import os
from tensorflow.keras.applications.vgg16 import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten, Lambda
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing import image
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from glob import glob

IMAGE_SIZE = [224, 224]
train_path = 'Dataset/Train/'
valid_path = 'Dataset/Test/'
vgg = VGG16(input_shape=IMAGE_SIZE + [3], weights='imagenet', include_top=False)
for layer in vgg.layers:
  layer.trainable = False
folders = glob('Dataset/Train/*')
x = Flatten()(vgg.output)
prediction = Dense(2, activation='softmax')(x)
model = Model(inputs=vgg.input, outputs=prediction)
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])

train_datagen = ImageDataGenerator(rescale=1./255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
test_datagen = ImageDataGenerator(rescale=1./255)
training_set = train_datagen.flow_from_directory(train_path, target_size=(224, 224), batch_size=16, class_mode='binary')
test_set = test_datagen.flow_from_directory(valid_path, target_size=(224, 224), batch_size=16, class_mode='binary')

r = model.fit_generator(training_set, validation_data=test_set, epochs=5,
                        steps_per_epoch=len(training_set), validation_steps=len(test_set))
