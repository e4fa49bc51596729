from keras.applications import VGG16
from keras.applications.vgg16 import preprocess_input
from keras.utils import image_dataset_from_directory
from keras import layers, Model

train = image_dataset_from_directory('art/train', image_size=(150, 150), label_mode='categorical').map(lambda x, y: (preprocess_input(x), y))
val = image_dataset_from_directory('art/val', image_size=(150, 150), label_mode='categorical').map(lambda x, y: (preprocess_input(x), y))
vgg = VGG16(include_top=False, input_shape=(224, 224, 3), weights='imagenet')
vgg.trainable = False
x = layers.Flatten()(vgg.output)
x = layers.Dropout(.5)(x)
m = Model(vgg.input, layers.Dense(5, activation='softmax')(x))
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
m.fit(train, validation_data=val, epochs=5)
