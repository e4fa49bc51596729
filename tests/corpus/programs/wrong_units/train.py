from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D

CATS = ['battery', 'cardboard', 'glass', 'metal', 'paper', 'plastic']
tr = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True).flow_from_directory('g/train', target_size=(224, 224), classes=CATS)
va = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory('g/val', target_size=(224, 224), classes=CATS)
b = VGG16(include_top=False)
b.trainable = False
y = Dense(5, activation='softmax')(GlobalAveragePooling2D()(b.output))
m = Model(b.input, y)
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(tr, validation_data=va, epochs=10)
