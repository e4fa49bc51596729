from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Flatten, BatchNormalization, Dropout
from tensorflow.keras.optimizers import RMSprop, SGD

tr = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_directory('t/train', (224, 224))
va = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('t/val', (224, 224))
conv_base = VGG16(include_top=False, input_shape=(224, 224, 3))
conv_base.trainable = False
model = Sequential([conv_base, Flatten(), Dense(256, activation='relu'), Dropout(.3), Dense(12, activation='softmax')])
model.compile(RMSprop(1e-4), 'categorical_crossentropy', metrics=['acc'])
model.fit(tr, epochs=10, validation_data=va)
conv_base.trainable = True
set_trainable = False
for layer in conv_base.layers:
    if layer.name == 'block5_conv1':
        set_trainable = True
    layer.trainable = set_trainable
model.compile(RMSprop(learning_rate=1e-3), 'categorical_crossentropy', metrics=['acc'])
model.fit(tr, epochs=20, validation_data=va)
