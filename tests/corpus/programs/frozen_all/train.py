from keras.applications import VGG16
from keras.applications.vgg16 import preprocess_input
from keras import layers, Sequential
from keras.utils import image_dataset_from_directory
t = image_dataset_from_directory("x/train", image_size=(224, 224)).map(lambda a, b: (preprocess_input(a), b))
v = image_dataset_from_directory("x/val", image_size=(224, 224)).map(lambda a, b: (preprocess_input(a), b))
m = Sequential([VGG16(include_top=False, input_shape=(224, 224, 3)), layers.GlobalMaxPooling2D(), layers.Dense(9, activation="softmax")])
for l in m.layers:
    l.trainable = False
m.summary()
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(t, validation_data=v, epochs=3)
