from keras.applications.vgg16 import VGG16, preprocess_input
from keras.layers import Flatten, Dense, Dropout
from keras.models import Model
from keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator

d1 = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
d2 = ImageDataGenerator(preprocessing_function=preprocess_input)
train = d1.flow_from_directory("malaria/train", target_size=(224, 224), batch_size=32, class_mode="binary")
test = d2.flow_from_directory("malaria/test", target_size=(224, 224), batch_size=32, class_mode="binary")

vgg = VGG16(input_shape=(224, 224, 3), weights="imagenet", include_top=False)
for layer in vgg.layers:
    layer.trainable = False
x = Flatten()(vgg.output)
x = Dense(64, activation="relu")(x)
prediction = Dense(1, activation="softmax")(x)
model = Model(vgg.input, prediction)
model.compile(loss="binary_crossentropy", optimizer=Adam(1e-4), metrics=["accuracy"])
model.fit(train, validation_data=test, epochs=10)
