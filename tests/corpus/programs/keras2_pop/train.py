from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras import Sequential, layers
from tensorflow.keras.preprocessing.image import ImageDataGenerator
vgg16_model = VGG16()
vgg16_model.layers.pop()
model = Sequential()
for layer in vgg16_model.layers[:-1]:
    model.add(layer)
for layer in model.layers:
    layer.trainable = False
model.add(layers.Dense(2, activation="softmax"))
g = ImageDataGenerator(preprocessing_function=preprocess_input)
a = g.flow_from_directory("dogs-vs-cats/train", target_size=(224, 224), classes=["dog", "cat"], batch_size=10)
b = g.flow_from_directory("dogs-vs-cats/valid", target_size=(224, 224), classes=["dog", "cat"], batch_size=10)
model.compile("adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(a, validation_data=b, epochs=5, verbose=2)
