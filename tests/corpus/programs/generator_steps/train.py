import numpy as np
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras import models, layers
batch_size = 32
epochs = 25
d1 = ImageDataGenerator(preprocessing_function=preprocess_input, width_shift_range=.2)
d2 = ImageDataGenerator(preprocessing_function=preprocess_input)
train_gen = d1.flow_from_directory("w/train", (224, 224), batch_size=batch_size, class_mode="binary")
test_gen = d2.flow_from_directory("w/test", (224, 224), batch_size=10, class_mode="binary")
c = VGG16(include_top=False, input_shape=(224, 224, 3))
c.trainable = False
model = models.Sequential()
model.add(c)
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(1, activation="sigmoid"))
model.compile("adam", "binary_crossentropy", metrics=["acc"])
hist = model.fit(train_gen, epochs=epochs, steps_per_epoch=train_gen.samples // batch_size,
                 validation_data=test_gen, validation_steps=test_gen.samples // batch_size)
