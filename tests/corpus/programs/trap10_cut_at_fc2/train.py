from keras.applications.vgg16 import VGG16, preprocess_input
from keras.models import Model
from keras.layers import Dense
from tensorflow.keras.preprocessing.image import ImageDataGenerator

full = VGG16()                      # with its classifier
for layer in full.layers:
    layer.trainable = False
out = Dense(6, activation="softmax", name="scenes")(full.get_layer("fc2").output)
model = Model(inputs=full.input, outputs=out)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])

tr = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, zoom_range=0.1)
te = ImageDataGenerator(preprocessing_function=preprocess_input)
a = tr.flow_from_directory("seg_train", target_size=(224, 224), class_mode="categorical", batch_size=64)
b = te.flow_from_directory("seg_test", target_size=(224, 224), class_mode="categorical", batch_size=64)
model.fit(a, validation_data=b, epochs=5)
