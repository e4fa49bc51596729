from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.callbacks import *
from tensorflow.keras import layers, Model
G = lambda **k: ImageDataGenerator(preprocessing_function=preprocess_input, **k)
t = G(horizontal_flip=True, rotation_range=5).flow_from_directory('j/train', target_size=(224, 224))
v = G().flow_from_directory('j/val', target_size=(224, 224))
b = VGG16(include_top=False, input_shape=(224, 224, 3)); b.trainable = False
x = layers.Flatten()(b.output)
x = layers.Dense(128, activation='relu')(x)
m = Model(b.input, layers.Dense(4, activation='softmax')(x))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
cb = [EarlyStopping(patience=3, restore_best_weights=True), ReduceLROnPlateau(patience=5, factor=.2)]
m.fit(t, validation_data=v, epochs=30, callbacks=cb)
