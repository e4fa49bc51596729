from keras.engine import Model
from keras.layers import Flatten, Dense, Input
from keras_vggface.vggface import VGGFace
from keras_vggface import utils

vgg = VGGFace(include_top=False, input_shape=(224, 224, 3), pooling='avg')
x = Dense(512, activation='relu', name='fc6')(vgg.output)
out = Dense(8, activation='softmax', name='fc8')(x)
custom = Model(vgg.input, out)
for l in vgg.layers:
    l.trainable = False
from keras.preprocessing.image import ImageDataGenerator
g = ImageDataGenerator(preprocessing_function=lambda x: utils.preprocess_input(x, version=1), horizontal_flip=True)
gv = ImageDataGenerator(preprocessing_function=lambda x: utils.preprocess_input(x, version=1))
a = g.flow_from_directory('people/train', target_size=(224, 224))
b = gv.flow_from_directory('people/val', target_size=(224, 224))
custom.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
custom.fit_generator(a, steps_per_epoch=len(a), epochs=10, validation_data=b, validation_steps=len(b))
