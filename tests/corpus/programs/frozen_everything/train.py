from keras.applications import VGG16
from keras.applications.vgg16 import preprocess_input
from keras import layers, Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator
t = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=.1).flow_from_directory('e/train', target_size=(224, 224))
v = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('e/val', target_size=(224, 224))
m = Sequential([VGG16(include_top=False, input_shape=(224, 224, 3)), layers.Flatten(), layers.Dense(5, activation='softmax')])
for layer in m.layers:
    layer.trainable = False
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(t, validation_data=v, epochs=5)
